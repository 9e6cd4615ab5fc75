// distill/generate/sampler.c - partial ranking of the vocabulary and the draw.
#include "distill/generate/sampler.h"

#include "distill/tensor/cpu/kernel_set.h"

#include <math.h>
#include <string.h>

// vLLM draws greedily below this temperature too: the exponent would overflow.
#define GREEDY_BELOW 1e-5

typedef struct candidate {
    float logit;
    int32_t id;
} candidate;

// Up to FEW tokens are ranked to find where the filters cut. Where more may be needed (a flat
// distribution), tokens are thrown into buckets by their distance from the largest logit, in steps
// of temperature / 128, and only the buckets that decide are ranked.
enum { FEW = 1024, BUCKETS = 4096, BUCKETS_A_UNIT = 128 };

struct distill_sampler {
    const decode_kernels *kernels;
    size_t V;
    float *weights;    // [V] exp((logit - top) / temperature)
    int32_t *places;   // [V] of gathered tokens
    candidate *ranked; // [V] gathered tokens, best first
    size_t count;
    bool all;                               // every token was gathered
    double mass[HISTOGRAM_PARTS * BUCKETS]; // of the buckets: weights, or numbers of tokens
};

/// The logits of a draw, as far as tokens may be drawn.
typedef struct field {
    const float *logits;
    size_t allowed;
    float largest;
    float step;         // of a bucket, in logits
    float steps_a_unit; // 1 / step
} field;

distill_status distill_sampler_create(distill_sampler **out, size_t V)
{
    distill_status status = DISTILL_OK;
    distill_sampler *sampler = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&sampler, 1));
    sampler->kernels = kernel_set_chosen()->decode;
    sampler->V = V;
    TRY(DISTILL_NEW(&sampler->weights, V));
    TRY(DISTILL_NEW(&sampler->places, V));
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
    distill_free(sampler->places);
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

/// Moves the entry at `root` of a heap with its worst candidate on top to where it belongs.
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

/// Heap sort, best first: no allocation, no bad case. Equal logits come in order.
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

/// Falls as the logit grows; the last one takes all that is far down.
static size_t bucket_of(const field *f, float logit)
{
    float depth = (f->largest - logit) * f->steps_a_unit;
    return depth < BUCKETS - 1 ? (size_t)(int32_t)depth : BUCKETS - 1;
}

static void take_places(distill_sampler *sampler, const field *f, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int32_t id = sampler->places[i];
        sampler->ranked[i] = (candidate){f->logits[id], id};
    }
    sampler->count = count;
    sampler->all = count == f->allowed;
}

/// Ranks all tokens within `reach` logits of the largest; false if they are more than `most`.
static bool gather(distill_sampler *sampler, const field *f, float reach, size_t most)
{
    float low = reach < 1e4f ? f->largest - reach : -INFINITY;
    size_t count =
        sampler->kernels->find(sampler->places, f->logits, f->allowed, low, INFINITY, most);
    if (count > most)
        return false;
    take_places(sampler, f, count);
    rank(sampler->ranked, count);
    return true;
}

/// Ranks the tokens of one bucket.
static void gather_bucket(distill_sampler *sampler, const field *f, size_t bucket)
{
    float high = f->largest - ((float)bucket - 0.5f) * f->step; // a little wide: rounding
    float low = f->largest - ((float)bucket + 1.5f) * f->step;
    if (bucket == BUCKETS - 1)
        low = -INFINITY;
    size_t count = sampler->kernels->find(sampler->places, f->logits, f->allowed, low, high,
                                          f->allowed),
           kept = 0;
    for (size_t i = 0; i < count; i++)
        if (bucket_of(f, f->logits[sampler->places[i]]) == bucket)
            sampler->places[kept++] = sampler->places[i];
    take_places(sampler, f, kept);
    rank(sampler->ranked, sampler->count);
}

/// Ranks the `wanted` best tokens, and with them no more than share a bucket with the last.
static void gather_best(distill_sampler *sampler, const field *f, size_t wanted)
{
    size_t bucket = 0, count = 0;
    float reach = 2 * BUCKETS_A_UNIT * f->step;
    while (gather(sampler, f, reach, FEW)) {
        if (sampler->count >= wanted || sampler->all)
            return;
        reach *= 2;
    }
    sampler->kernels->histogram(sampler->mass, BUCKETS, f->logits, NULL, f->allowed, f->largest,
                                f->steps_a_unit);
    while (bucket < BUCKETS - 1 && (count += (size_t)sampler->mass[bucket]) < wanted)
        bucket++;
    reach = bucket < BUCKETS - 1 ? ((float)bucket + 1.5f) * f->step : INFINITY;
    bool found = gather(sampler, f, reach, f->allowed);
    (void)found; // there are not more
}

static void write_top(distill_sampler *sampler, const distill_sampler_top *top, const field *f,
                      double log_sum)
{
    gather_best(sampler, f, top->K);
    for (size_t i = 0; i < top->K; i++) {
        top->ids[i] = sampler->ranked[i].id;
        top->logprobs[i] = (float)((double)sampler->ranked[i].logit - log_sum);
    }
}

/// Walks down the ranking to where the filters cut it. Sets *kept and *mass (the weight of those
/// kept); false if the cut lies below what was gathered.
static bool cut(size_t *kept, double *mass, const distill_sampler *sampler,
                const distill_sampling *rules, double total)
{
    const float *weights = sampler->weights;
    size_t most = sampler->count;
    if (rules->top_k > 0 && rules->top_k <= most) {
        most = rules->top_k;
        total = 0;
        for (size_t i = 0; i < most; i++)
            total += (double)weights[sampler->ranked[i].id];
    } else if (rules->top_k > 0 && !sampler->all) {
        return false;
    }
    double wanted = rules->top_p < 1 ? rules->top_p * total : INFINITY;
    double least = rules->min_p * (double)weights[sampler->ranked[0].id];
    size_t n = 0;
    for (*mass = 0; n < most; n++) {
        double weight = (double)weights[sampler->ranked[n].id];
        if (n > 0 && (*mass >= wanted || weight < least))
            break;
        *mass += weight;
    }
    *kept = n;
    return n < sampler->count || sampler->all || *mass >= wanted || rules->top_k == n;
}

/// First token, from the best down, at which the running weight passes `target`.
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

/// Weight of tokens first … last-1, in four chains.
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

/// A draw without filters, in the order of ids: the block first, then the token in it.
static int32_t pick_any(const distill_sampler *sampler, const field *f, double u)
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

/// Finds the bucket in which top-p or min-p cuts, leaving it ranked with *kept of it; returns it.
/// Sets *mass to the weight of all that is kept.
static size_t cut_buckets(size_t *kept, double *mass, distill_sampler *sampler, const field *f,
                          const distill_sampling *rules, double total)
{
    double wanted = rules->top_p < 1 ? rules->top_p * total : INFINITY;
    double least = rules->min_p; // the best weighs 1
    size_t bucket = 0;
    for (*mass = 0;; bucket++) {
        bool last = bucket == BUCKETS - 1;
        bool thin = exp(-((double)bucket + 2) / BUCKETS_A_UNIT) < rules->min_p;
        if (!last && !thin && *mass + sampler->mass[bucket] < wanted) {
            *mass += sampler->mass[bucket];
            continue;
        }
        gather_bucket(sampler, f, bucket);
        for (*kept = 0; *kept < sampler->count; (*kept)++) {
            double weight = (double)sampler->weights[sampler->ranked[*kept].id];
            if (*mass > 0 && (*mass >= wanted || weight < least))
                return bucket;
            *mass += weight;
        }
        if (last || *mass >= wanted)
            return bucket;
    }
}

/// A draw from a distribution so flat that the filters may keep most of the vocabulary.
static int32_t draw_by_buckets(distill_sampler *sampler, const field *f,
                               const distill_sampling *rules, double total, double u)
{
    double mass, sum = 0;
    size_t kept, bucket = 0;
    sampler->kernels->histogram(sampler->mass, BUCKETS, f->logits, sampler->weights, f->allowed,
                                f->largest, f->steps_a_unit);
    size_t end = cut_buckets(&kept, &mass, sampler, f, rules, total);
    while (bucket < end && sum + sampler->mass[bucket] <= u * mass)
        sum += sampler->mass[bucket++];
    while (bucket == end && kept == 0) // rounding only: nothing is left in the last one
        for (bucket--; sampler->mass[bucket] <= 0; bucket--)
            continue;
    if (bucket != end) {
        gather_bucket(sampler, f, bucket);
        kept = sampler->count;
    }
    return pick_ranked(sampler, kept, u * mass - sum);
}

static int32_t draw_id(distill_sampler *sampler, const field *f, const distill_sampling *rules,
                       double u)
{
    float temperature = (float)rules->temperature;
    double mass, total;
    size_t kept;
    if (rules->temperature < GREEDY_BELOW) {
        size_t first =
            sampler->kernels->find(sampler->places, f->logits, f->allowed, f->largest, INFINITY, 0);
        return first > 0 ? sampler->places[0] : -1;
    }
    total = sampler->kernels->exp_sum(sampler->weights, f->logits, f->allowed, f->largest,
                                      1 / temperature);
    if (rules->top_k == 0 && rules->top_p >= 1 && rules->min_p <= 0)
        return pick_any(sampler, f, u);
    if (rules->top_k > 0) {
        gather_best(sampler, f, rules->top_k);
        bool found = cut(&kept, &mass, sampler, rules, total);
        (void)found; // top_k tokens were ranked, or all
        return pick_ranked(sampler, kept, u * mass);
    }
    for (float reach = 4 * temperature; gather(sampler, f, reach, FEW); reach *= 2)
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
    double log_sum = (double)largest + log(sum);
    if (!isfinite(log_sum))
        return (distill_draw){.id = -1};
    for (size_t i = 0; i < mask->hole_count; i++)
        logits[mask->holes[i]] = -INFINITY;
    if (mask->hole_count > 0 || mask->allowed < sampler->V)
        largest = kernels->maximum(logits, mask->allowed);
    if (!isfinite(largest))
        return (distill_draw){.id = -1};
    float unit = rules->temperature < GREEDY_BELOW ? 1 : (float)rules->temperature;
    field f = {logits, mask->allowed, largest, unit / BUCKETS_A_UNIT, BUCKETS_A_UNIT / unit};
    if (top != NULL && top->K > 0)
        write_top(sampler, top, &f, log_sum);
    int32_t id = draw_id(sampler, &f, rules, u);
    return (distill_draw){.id = id, .logprob = (float)((double)logits[id] - log_sum)};
}
