// distill/generate/sampler.c - partial ranking of the vocabulary, and the draw.
//
// The filters keep few tokens of most distributions. So the tokens within some distance of the
// largest logit are collected and ranked, and the distance is doubled until the filters cut within
// them. Where that takes more than MAX_RANKED tokens (a flat distribution), all tokens are counted
// in buckets by their distance, and only the buckets that decide are ranked.
#include "distill/generate/sampler.h"

#include "distill/tensor/cpu/kernel_set.h"
#include "distill/tensor/portable_math.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// Below this temperature the exponent would overflow; vLLM samples greedily there too.
#define GREEDY_BELOW 1e-5

typedef struct candidate {
    float logit;
    int32_t id;
} candidate;

// A bucket is temperature / BUCKETS_A_UNIT wide.
enum { MAX_RANKED = 1024, BUCKETS = 4096, BUCKETS_A_UNIT = 128 };

struct distill_sampler {
    const decode_kernels *kernels;
    size_t V;
    float *weights;                         // [V] exp((logit - top) / temperature)
    int32_t *found;                         // [V] ids of collected tokens
    candidate *ranked;                      // [V] collected tokens, best first
    size_t count;                           // of them
    bool all;                               // every token is collected
    double mass[HISTOGRAM_PARTS * BUCKETS]; // of the buckets: weights, or numbers of tokens
};

/// The logits of the tokens that may be drawn.
typedef struct logit_range {
    const float *logits;
    size_t allowed;
    float largest;
    float step;         // width of a bucket, in logits
    float steps_a_unit; // 1 / step
} logit_range;

distill_status distill_sampler_create(distill_sampler **out, size_t V)
{
    distill_status status = DISTILL_OK;
    distill_sampler *sampler = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&sampler, 1));
    sampler->kernels = kernel_set_chosen()->decode;
    sampler->V = V;
    TRY(DISTILL_NEW(&sampler->weights, V));
    TRY(DISTILL_NEW(&sampler->found, V));
    TRY(DISTILL_NEW(&sampler->ranked, V));
    *out = sampler;
    return DISTILL_OK;
done:
    distill_sampler_free(sampler);
    return status;
}

void distill_sampler_free(distill_sampler *sampler)
{
    if (sampler == NULL)
        return;
    distill_free(sampler->weights);
    distill_free(sampler->found);
    distill_free(sampler->ranked);
    distill_free(sampler);
}

distill_status distill_sampling_check(const distill_sampling *rules, size_t allowed)
{
    if (!(rules->temperature >= 0) || rules->temperature > 100)
        return distill_fail(DISTILL_USAGE, "temperature: %g is not between 0 and 100",
                            rules->temperature);
    if (!(rules->top_p > 0) || rules->top_p > 1)
        return distill_fail(DISTILL_USAGE, "top-p: %g is not above 0 and at most 1", rules->top_p);
    if (!(rules->min_p >= 0) || rules->min_p > 1)
        return distill_fail(DISTILL_USAGE, "min-p: %g is not between 0 and 1", rules->min_p);
    if (rules->logprobs > allowed)
        return distill_fail(DISTILL_USAGE, "logprobs: %zu are more than the %zu tokens there are",
                            rules->logprobs, allowed);
    for (size_t i = 0; i < rules->stop_count; i++)
        if (rules->stop[i][0] == '\0')
            return distill_fail(DISTILL_USAGE, "stop: an empty string stops every reply");
    return DISTILL_OK;
}

static bool before(candidate a, candidate b)
{
    return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

/// Restores the order of a heap, with its worst candidate on top, whose entry at `root` is out of
/// order.
static void sift(candidate *heap, size_t root, size_t count)
{
    candidate held = heap[root];
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && before(heap[child], heap[child + 1]))
            child++;
        if (!before(held, heap[child]))
            break;
        heap[root] = heap[child];
    }
    heap[root] = held;
}

static bool is_ranked(const candidate *list, size_t count)
{
    size_t i = 1;
    while (i < count && before(list[i - 1], list[i]))
        i++;
    return i >= count;
}

/// Heap sort, best first: O(n log n) in every case, without allocation.
static void rank(candidate *list, size_t count)
{
    if (is_ranked(list, count))
        return;
    for (size_t i = count / 2; i > 0; i--)
        sift(list, i - 1, count);
    for (size_t end = count; end > 1; end--) {
        candidate held = list[0];
        list[0] = list[end - 1];
        list[end - 1] = held;
        sift(list, 0, end - 1);
    }
}

/// The bucket of a logit: 0 for the largest, the last one for all that are far below it.
static size_t bucket_of(const logit_range *f, float logit)
{
    float depth = (f->largest - logit) * f->steps_a_unit;
    return depth < BUCKETS - 1 ? (size_t)(int32_t)depth : BUCKETS - 1;
}

static void take_found(distill_sampler *sampler, const logit_range *f, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int32_t id = sampler->found[i];
        sampler->ranked[i] = (candidate){f->logits[id], id};
    }
    sampler->count = count;
    sampler->all = count == f->allowed;
}

/// Ranks all tokens within `reach` logits of the largest; false if they are more than `limit`.
static bool collect(distill_sampler *sampler, const logit_range *f, float reach, size_t limit)
{
    float low = reach < 1e4f ? f->largest - reach : -INFINITY;
    size_t count =
        sampler->kernels->find(sampler->found, f->logits, f->allowed, low, INFINITY, limit);
    if (count > limit)
        return false;
    take_found(sampler, f, count);
    rank(sampler->ranked, count);
    return true;
}

/// Ranks the tokens of one bucket.
static void collect_bucket(distill_sampler *sampler, const logit_range *f, size_t bucket)
{
    float high = f->largest - ((float)bucket - 0.5f) * f->step; // wider, because of rounding
    float low = f->largest - ((float)bucket + 1.5f) * f->step;
    if (bucket == BUCKETS - 1)
        low = -INFINITY;
    size_t count =
               sampler->kernels->find(sampler->found, f->logits, f->allowed, low, high, f->allowed),
           kept = 0;
    for (size_t i = 0; i < count; i++)
        if (bucket_of(f, f->logits[sampler->found[i]]) == bucket)
            sampler->found[kept++] = sampler->found[i];
    take_found(sampler, f, kept);
    rank(sampler->ranked, sampler->count);
}

/// Ranks at least the `n` best tokens.
static void collect_best(distill_sampler *sampler, const logit_range *f, size_t n)
{
    size_t bucket = 0, count = 0;
    float reach = 2 * BUCKETS_A_UNIT * f->step;
    while (collect(sampler, f, reach, MAX_RANKED)) {
        if (sampler->count >= n || sampler->all)
            return;
        reach *= 2;
    }
    sampler->kernels->histogram(sampler->mass, BUCKETS, f->logits, NULL, f->allowed, f->largest,
                                f->steps_a_unit);
    while (bucket < BUCKETS - 1 && (count += (size_t)sampler->mass[bucket]) < n)
        bucket++;
    reach = bucket < BUCKETS - 1 ? ((float)bucket + 1.5f) * f->step : INFINITY;
    bool found = collect(sampler, f, reach, f->allowed);
    (void)found; // the limit is the number of all tokens
}

static void write_top(distill_sampler *sampler, const distill_sampler_top *top,
                      const logit_range *f, double log_sum)
{
    collect_best(sampler, f, top->K);
    for (size_t i = 0; i < top->K; i++) {
        top->ids[i] = sampler->ranked[i].id;
        top->logprobs[i] = (float)((double)sampler->ranked[i].logit - log_sum);
    }
}

/// Applies the filters to the ranked tokens. Sets *kept, and *mass to the weight of those kept;
/// false if the filters may keep tokens that are not collected.
static bool cut(size_t *kept, double *mass, const distill_sampler *sampler,
                const distill_sampling *rules, double total)
{
    const float *weights = sampler->weights;
    size_t limit = sampler->count;
    if (rules->top_k > 0 && rules->top_k <= limit) {
        limit = rules->top_k;
        total = 0;
        for (size_t i = 0; i < limit; i++)
            total += (double)weights[sampler->ranked[i].id];
    } else if (rules->top_k > 0 && !sampler->all) {
        return false;
    }
    double min_mass = rules->top_p < 1 ? rules->top_p * total : INFINITY;
    double min_weight = rules->min_p * (double)weights[sampler->ranked[0].id];
    size_t n = 0;
    for (*mass = 0; n < limit; n++) {
        double weight = (double)weights[sampler->ranked[n].id];
        if (n > 0 && (*mass >= min_mass || weight < min_weight))
            break;
        *mass += weight;
    }
    *kept = n;
    return n < sampler->count || sampler->all || *mass >= min_mass || rules->top_k == n;
}

/// The first token, from the best on, at which the running sum of weights exceeds `target`.
static int32_t pick_ranked(const distill_sampler *sampler, size_t kept, double target)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < kept; i++) {
        sum += (double)sampler->weights[sampler->ranked[i].id];
        if (sum > target)
            return sampler->ranked[i].id;
    }
    return sampler->ranked[kept - 1].id;
}

/// Weight of tokens first … last-1, as four interleaved sums.
static double add_weights(const float *weights, size_t first, size_t last)
{
    double sums[4] = {0};
    size_t i = first;
    for (; i + 4 <= last; i += 4)
        for (size_t j = 0; j < 4; j++)
            sums[j] += (double)weights[i + j];
    for (; i < last; i++)
        sums[0] += (double)weights[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// Draws without filters, in the order of ids: first the block, then the token in it.
static int32_t pick_any(const distill_sampler *sampler, const logit_range *f, double u)
{
    enum { BLOCK = 1024 };
    double total = 0, sum = 0, block = 0;
    size_t first = 0, size;
    int32_t last = 0;
    for (size_t i = 0; i < f->allowed; i += size) {
        size = f->allowed - i < BLOCK ? f->allowed - i : BLOCK;
        total += add_weights(sampler->weights, i, i + size);
    }
    for (;; first += size, sum += block) {
        size = f->allowed - first < BLOCK ? f->allowed - first : BLOCK;
        block = add_weights(sampler->weights, first, first + size);
        if (sum + block > u * total || first + size == f->allowed)
            break;
    }
    for (size_t i = first; i < first + size; i++) {
        if (sampler->weights[i] <= 0)
            continue;
        sum += (double)sampler->weights[i];
        last = (int32_t)i;
        if (sum > u * total)
            break;
    }
    return last;
}

/// Returns the bucket in which top-p or min-p cuts. It is left ranked; *kept of its tokens are
/// kept, and
/// *mass is the weight of all tokens that are.
static size_t cut_buckets(size_t *kept, double *mass, distill_sampler *sampler,
                          const logit_range *f, const distill_sampling *rules, double total)
{
    double min_mass = rules->top_p < 1 ? rules->top_p * total : INFINITY;
    double min_weight = rules->min_p; // the best weighs 1
    size_t bucket = 0;
    for (*mass = 0;; bucket++) {
        bool last = bucket == BUCKETS - 1;
        bool thin = portable_exp(-((double)bucket + 2) / BUCKETS_A_UNIT) < rules->min_p;
        if (!last && !thin && *mass + sampler->mass[bucket] < min_mass) {
            *mass += sampler->mass[bucket];
            continue;
        }
        collect_bucket(sampler, f, bucket);
        for (*kept = 0; *kept < sampler->count; (*kept)++) {
            double weight = (double)sampler->weights[sampler->ranked[*kept].id];
            if (*mass > 0 && (*mass >= min_mass || weight < min_weight))
                return bucket;
            *mass += weight;
        }
        if (last || *mass >= min_mass)
            return bucket;
    }
}

/// Draws from a flat distribution, of which the filters may keep most of the vocabulary.
static int32_t draw_by_buckets(distill_sampler *sampler, const logit_range *f,
                               const distill_sampling *rules, double total, double u)
{
    double mass, sum = 0;
    size_t kept, bucket = 0;
    sampler->kernels->histogram(sampler->mass, BUCKETS, f->logits, sampler->weights, f->allowed,
                                f->largest, f->steps_a_unit);
    size_t end = cut_buckets(&kept, &mass, sampler, f, rules, total);
    while (bucket < end && sum + sampler->mass[bucket] <= u * mass)
        sum += sampler->mass[bucket++];
    while (bucket == end && kept == 0) // by rounding: nothing is left in the last bucket
        for (bucket--; sampler->mass[bucket] <= 0; bucket--)
            continue;
    if (bucket != end) {
        collect_bucket(sampler, f, bucket);
        kept = sampler->count;
    }
    return pick_ranked(sampler, kept, u * mass - sum);
}

static int32_t draw_id(distill_sampler *sampler, const logit_range *f,
                       const distill_sampling *rules, double u)
{
    float temperature = (float)rules->temperature;
    double mass, total;
    size_t kept;
    if (rules->temperature < GREEDY_BELOW) {
        size_t first =
            sampler->kernels->find(sampler->found, f->logits, f->allowed, f->largest, INFINITY, 0);
        return first > 0 ? sampler->found[0] : -1;
    }
    total = sampler->kernels->exp_sum(sampler->weights, f->logits, f->allowed, f->largest,
                                      1 / temperature);
    if (rules->top_k == 0 && rules->top_p >= 1 && rules->min_p <= 0)
        return pick_any(sampler, f, u);
    if (rules->top_k > 0) {
        collect_best(sampler, f, rules->top_k);
        bool found = cut(&kept, &mass, sampler, rules, total);
        assert(found); // top_k tokens are ranked, or all
        (void)found;
        return pick_ranked(sampler, kept, u * mass);
    }
    for (float reach = 4 * temperature; collect(sampler, f, reach, MAX_RANKED); reach *= 2)
        if (cut(&kept, &mass, sampler, rules, total))
            return pick_ranked(sampler, kept, u * mass);
    return draw_by_buckets(sampler, f, rules, total, u);
}

distill_draw distill_sampler_draw(distill_sampler *sampler, const distill_sampler_top *top,
                                  float *logits, const distill_sampler_mask *mask,
                                  const distill_sampling *rules, double u)
{
    const decode_kernels *kernels = sampler->kernels;
    float largest = kernels->maximum(logits, sampler->V);
    double sum = kernels->exp_sum(NULL, logits, sampler->V, largest, 1);
    double log_sum = (double)largest + portable_log(sum);
    if (!isfinite(log_sum))
        return (distill_draw){.id = -1};
    for (size_t i = 0; i < mask->excluded_count; i++)
        logits[mask->excluded[i]] = -INFINITY;
    if (mask->excluded_count > 0 || mask->allowed < sampler->V)
        largest = kernels->maximum(logits, mask->allowed);
    if (!isfinite(largest))
        return (distill_draw){.id = -1};
    float unit = rules->temperature < GREEDY_BELOW ? 1 : (float)rules->temperature;
    logit_range f = {logits, mask->allowed, largest, unit / BUCKETS_A_UNIT, BUCKETS_A_UNIT / unit};
    if (top != NULL && top->K > 0)
        write_top(sampler, top, &f, log_sum);
    int32_t id = draw_id(sampler, &f, rules, u);
    return (distill_draw){.id = id, .logprob = (float)((double)logits[id] - log_sum)};
}
