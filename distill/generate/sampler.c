// distill/generate/sampler.c - partial ranking of the vocabulary and the draw.
#include "distill/generate/sampler.h"

#include "distill/tensor/decode_kernels.h"

#include <math.h>

// vLLM draws greedily below this temperature too: the exponent would overflow.
#define GREEDY_BELOW 1e-5

typedef struct candidate {
    float logit;
    int32_t id;
} candidate;

struct distill_sampler {
    const decode_kernels *kernels;
    size_t V;
    float *weights;    // [V] exp((logit - top) / temperature)
    candidate *ranked; // [V] gathered tokens, best first
    size_t count;
    bool all; // every token was gathered
};

distill_status distill_sampler_create(distill_sampler **out, size_t V)
{
    distill_status status = DISTILL_OK;
    distill_sampler *sampler = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&sampler, 1));
    sampler->kernels = decode_kernels_chosen();
    sampler->V = V;
    TRY(DISTILL_NEW(&sampler->weights, V));
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

/// Heap sort, best first: no allocation, no bad case.
static void rank(candidate *list, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sift(list, i - 1, count);
    for (size_t end = count; end > 1; end--) {
        candidate held = list[0];
        list[0] = list[end - 1];
        list[end - 1] = held;
        sift(list, 0, end - 1);
    }
}

/// Ranks all tokens within `reach` logits of the largest.
static void gather(distill_sampler *sampler, const float *logits, size_t allowed, float largest,
                   float reach)
{
    float threshold = reach < 1e4f ? largest - reach : -INFINITY;
    size_t count = 0;
    for (size_t i = 0; i < allowed; i++)
        if (logits[i] >= threshold)
            sampler->ranked[count++] = (candidate){logits[i], (int32_t)i};
    sampler->count = count;
    sampler->all = count == allowed;
    rank(sampler->ranked, count);
}

static void write_top(distill_sampler *sampler, const distill_sampler_top *top, const float *logits,
                      size_t allowed, float largest, double log_sum)
{
    for (float reach = 2;; reach *= 2) {
        gather(sampler, logits, allowed, largest, reach);
        if (sampler->count >= top->K || sampler->all)
            break;
    }
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

/// The same over the whole vocabulary in the order of ids.
static int32_t pick_any(const distill_sampler *sampler, size_t allowed, double u)
{
    double total = 0, sum = 0;
    int32_t last = 0;
    for (size_t i = 0; i < allowed; i++)
        total += (double)sampler->weights[i];
    for (size_t i = 0; i < allowed; i++) {
        if (sampler->weights[i] <= 0)
            continue;
        sum += (double)sampler->weights[i];
        last = (int32_t)i;
        if (sum > u * total)
            break;
    }
    return last;
}

static int32_t draw_id(distill_sampler *sampler, const float *logits, size_t allowed, float largest,
                       const distill_sampling *rules, double u)
{
    float temperature = (float)rules->temperature;
    double mass, total;
    size_t kept;
    if (rules->temperature < GREEDY_BELOW) {
        gather(sampler, logits, allowed, largest, 0);
        return sampler->ranked[0].id;
    }
    total = sampler->kernels->exp_sum(sampler->weights, logits, allowed, largest, 1 / temperature);
    if (rules->top_k == 0 && rules->top_p >= 1 && rules->min_p <= 0)
        return pick_any(sampler, allowed, u);
    for (float reach = 4 * temperature;; reach *= 2) {
        gather(sampler, logits, allowed, largest, reach);
        if (cut(&kept, &mass, sampler, rules, total))
            return pick_ranked(sampler, kept, u * mass);
    }
}

distill_draw distill_sampler_draw(distill_sampler *sampler, const distill_sampler_top *top,
                                  float *logits, const distill_sampler_mask *mask,
                                  const distill_sampling *rules, double u)
{
    const decode_kernels *kernels = sampler->kernels;
    float largest = kernels->maximum(logits, sampler->V);
    double sum = kernels->exp_sum(sampler->weights, logits, sampler->V, largest, 1);
    double log_sum = (double)largest + log(sum);
    if (!isfinite(log_sum))
        return (distill_draw){.id = -1};
    for (size_t i = 0; i < mask->hole_count; i++)
        logits[mask->holes[i]] = -INFINITY;
    largest = kernels->maximum(logits, mask->allowed);
    if (!isfinite(largest))
        return (distill_draw){.id = -1};
    if (top != NULL && top->K > 0)
        write_top(sampler, top, logits, mask->allowed, largest, log_sum);
    int32_t id = draw_id(sampler, logits, mask->allowed, largest, rules, u);
    return (distill_draw){.id = id, .logprob = (float)((double)logits[id] - log_sum)};
}
