// distill/generate/score.c - prefills one text in chunks, with the logits of every token.
#include "distill/generate/score.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"
#include "distill/tensor/portable_math.h"

enum { ROWS = 64 }; // tokens of a chunk

struct distill_scorer {
    distill_inference_decoder *decoder;
    distill_kv_cache *cache;
    const decode_kernels *kernels;
    size_t V, context;
};

static distill_status check_memory(const distill_config *config, const distill_inference_plan *plan)
{
    char need[32], have[32];
    size_t available = distill_memory_available();
    size_t bytes = distill_inference_weight_bytes(config, plan->weights) +
                   distill_inference_scratch_bytes(config, plan);
    if (bytes <= available)
        return DISTILL_OK;
    return distill_fail(DISTILL_LIMIT, "the model needs %s with %s weights and %s are free",
                        distill_format_bytes(need, sizeof need, (double)bytes),
                        distill_weights_name(plan->weights),
                        distill_format_bytes(have, sizeof have, (double)available));
}

distill_status distill_scorer_create(distill_scorer **out, const distill_checkpoint *ckpt,
                                     distill_weights weights)
{
    distill_status status = DISTILL_OK;
    distill_scorer *scorer = NULL;
    const distill_config *config = distill_checkpoint_config(ckpt);
    distill_inference_plan plan = {
        .rows = ROWS, .logits = ROWS, .context = config->max_positions, .weights = weights};
    distill_kv_plan kv = {
        .sequences = 1, .context = plan.context, .pages = distill_kv_pages_for(plan.context)};
    distill_tensor_views views = distill_checkpoint_views(ckpt);
    *out = NULL;
    TRY(check_memory(config, &plan));
    TRY(DISTILL_NEW(&scorer, 1));
    scorer->kernels = kernel_set_chosen()->decode;
    scorer->V = config->V;
    scorer->context = plan.context;
    TRY(distill_inference_decoder_create(&scorer->decoder, &views, &plan));
    TRY(distill_kv_cache_create(&scorer->cache, config, &kv));
    *out = scorer;
    scorer = NULL;
done:
    distill_scorer_free(scorer);
    return status;
}

void distill_scorer_free(distill_scorer *scorer)
{
    if (scorer == NULL)
        return;
    distill_inference_decoder_free(scorer->decoder);
    distill_kv_cache_free(scorer->cache);
    distill_free(scorer);
}

/// A chunk: the logits of row i are those of next[i].
typedef struct score_job {
    distill_scorer *scorer;
    const int32_t *next;
    float *nll;
} score_job;

static void score_rows(void *context, size_t begin, size_t end, int worker)
{
    const score_job *job = context;
    const decode_kernels *kernels = job->scorer->kernels;
    size_t V = job->scorer->V;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        float *logits = distill_inference_decoder_logits(job->scorer->decoder, i);
        float largest = kernels->maximum(logits, V), logit = logits[job->next[i]];
        double sum = kernels->exp_sum(logits, logits, V, largest, 1);
        job->nll[i] = (float)((double)largest + portable_log(sum) - (double)logit);
    }
}

distill_status distill_score(float *nll, distill_scorer *scorer, const int32_t *tokens,
                             size_t count)
{
    if (count == 0)
        return DISTILL_OK;
    distill_kv_release(scorer->cache, 0);
    if (count > scorer->context || !distill_kv_reserve(scorer->cache, 0, count))
        return distill_fail(DISTILL_LIMIT, "a text of %zu tokens; the model has %zu positions",
                            count, scorer->context);
    nll[0] = 0;
    for (size_t at = 0; at + 1 < count; at += ROWS) {
        size_t n = count - 1 - at < ROWS ? count - 1 - at : ROWS;
        distill_decode_span span = {.sequence = 0,
                                    .position = at,
                                    .tokens = tokens + at,
                                    .count = n,
                                    .logits = true,
                                    .every = true};
        score_job job = {scorer, tokens + at + 1, nll + at + 1};
        distill_inference_decoder_forward(scorer->decoder, scorer->cache, &span, 1);
        distill_parallel_for(score_rows, &job, n, 1);
    }
    return DISTILL_OK;
}
