// distill/generate/local_generator.c - plans memory, loads a checkpoint, and runs the engine on it.
//
// The plan takes nine tenths of the available memory. The KV cache gets what the weights and the
// scratch memory leave, at most what all sequences need at full length. A batch size of 0 is
// replaced by the number of sequences of usual length that fit in the cache.
#include "distill/generate/local_generator.h"

#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/threads.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/generate/engine.h"
#include "distill/tensor/cpu/kernel_set.h"

#include <string.h>

enum {
    MAX_BATCH = 64,      // a larger batch does not raise the throughput of a step's products
    USUAL_TOKENS = 2048, // prompt and reply of a usual sequence
    MAX_CACHE_PAGES = 1 << 24
};

typedef struct local_generator {
    distill_generator base;
    distill_engine *engine;
} local_generator;

// ---- plan ---------------------------------------------------------------------------------------

static void plan_scratch(distill_local_plan *plan, const distill_config *c)
{
    distill_inference_plan decoder = distill_engine_decoder_plan(plan->batch_size, plan->context);
    decoder.weights = plan->weights;
    size_t sampler = (size_t)distill_threads() * c->V * 12;
    plan->scratch_bytes = distill_inference_scratch_bytes(c, &decoder) + sampler;
}

/// How many sequences of usual length fit into `bytes` of cache and scratch memory.
static size_t choose_batch(const distill_config *c, size_t context, size_t bytes)
{
    size_t usual = context < USUAL_TOKENS ? context : USUAL_TOKENS;
    size_t each =
        distill_kv_pages_for(usual) * distill_kv_page_bytes(c) + (c->V + c->D) * sizeof(float);
    size_t count = bytes / each;
    return count < 1 ? 1 : count > MAX_BATCH ? MAX_BATCH : count;
}

static distill_status refuse(const distill_local_plan *plan, size_t needed, size_t available)
{
    char all[32], weights[32], have[32];
    return distill_fail(
        DISTILL_LIMIT,
        "the model does not fit in memory: %s needed (%s of %s weights, the rest for a "
        "context of %zu tokens), %s available; use a smaller model or context, or a machine with "
        "more memory",
        distill_format_bytes(all, sizeof all, (double)needed),
        distill_format_bytes(weights, sizeof weights, (double)plan->weight_bytes),
        distill_weights_name(plan->weights), plan->context,
        distill_format_bytes(have, sizeof have, (double)available));
}

distill_status distill_local_plan_make(distill_local_plan *plan, const distill_config *config,
                                       const distill_local_options *options, size_t available)
{
    *plan = (distill_local_plan){.context = config->max_positions, .weights = options->weights};
    if (options->context > 0 && options->context < plan->context)
        plan->context = options->context;
    if (plan->context < 2)
        return distill_fail(DISTILL_USAGE, "a context of %zu tokens has no room for a reply",
                            plan->context);
    plan->weight_bytes = distill_inference_weight_bytes(config, plan->weights);
    size_t page = distill_kv_page_bytes(config), usable = available / 10 * 9;
    size_t left = usable > plan->weight_bytes ? usable - plan->weight_bytes : 0;
    plan->batch_size =
        options->batch_size > 0 ? options->batch_size : choose_batch(config, plan->context, left);
    plan_scratch(plan, config);
    left = left > plan->scratch_bytes ? left - plan->scratch_bytes : 0;
    size_t min_pages = distill_engine_min_pages(plan->context);
    size_t max_pages = plan->batch_size * min_pages + min_pages; // all replies, and a shared prompt
    plan->cache_pages = left / page < max_pages ? left / page : max_pages;
    if (plan->cache_pages > MAX_CACHE_PAGES)
        plan->cache_pages = MAX_CACHE_PAGES;
    plan->cache_bytes = plan->cache_pages * page;
    if (plan->cache_pages < min_pages)
        return refuse(plan, plan->weight_bytes + plan->scratch_bytes + min_pages * page, available);
    return DISTILL_OK;
}

/// ", rounded from " if weights of type `stored` lose precision, else "".
static const char *rounding(distill_weights weights, distill_dtype stored)
{
    bool exact = weights == DISTILL_WEIGHTS_FP32 ||
                 (weights == DISTILL_WEIGHTS_BF16 && stored == DISTILL_BF16);
    return exact ? "" : ", rounded from ";
}

static void note_plan(const distill_local_plan *plan, distill_dtype stored, size_t available)
{
    char weights[32], cache[32], scratch[32], have[32];
    const char *rounded = rounding(plan->weights, stored);
    distill_note(
        "plan: %d threads (%s), weights %s (%s%s%s), KV cache up to %s (%zu sequences of up to %zu "
        "tokens), scratch %s; %s available",
        distill_threads(), kernel_set_chosen()->decode->name,
        distill_format_bytes(weights, sizeof weights, (double)plan->weight_bytes),
        distill_weights_name(plan->weights), rounded,
        rounded[0] != '\0' ? distill_dtype_torch_name(stored) : "",
        distill_format_bytes(cache, sizeof cache, (double)plan->cache_bytes), plan->batch_size,
        plan->context, distill_format_bytes(scratch, sizeof scratch, (double)plan->scratch_bytes),
        distill_format_bytes(have, sizeof have, (double)available));
}

// ---- open and run -------------------------------------------------------------------------------

/// Appends an id unless it is -1 or in the list already.
static distill_status add_stop_id(distill_ids *ids, int32_t id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (ids->at[i] == id)
            return DISTILL_OK;
    return id < 0 ? DISTILL_OK : distill_ids_append(ids, id);
}

static distill_status gather_stop_ids(distill_ids *ids, const distill_config *config,
                                      const distill_tokenizer *tok,
                                      const distill_local_options *options)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < config->eos_count; i++)
        TRY(add_stop_id(ids, config->eos_ids[i]));
    if (tok != NULL)
        TRY(add_stop_id(ids, distill_tokenizer_eos(tok)));
    for (size_t i = 0; i < options->stop_id_count; i++)
        TRY(add_stop_id(ids, options->stop_ids[i]));
done:
    return status;
}

static distill_status open_engine(distill_engine **out, const distill_checkpoint *ckpt,
                                  const distill_tokenizer *tok, const distill_ids *stop_ids,
                                  const distill_local_plan *plan)
{
    distill_status status = DISTILL_OK;
    distill_inference_decoder *decoder = NULL; // owned by the engine later
    distill_inference_plan packed = distill_engine_decoder_plan(plan->batch_size, plan->context);
    distill_tensor_views weights = distill_checkpoint_views(ckpt);
    packed.weights = plan->weights;
    distill_engine_options options = {.batch_size = plan->batch_size,
                                      .context = plan->context,
                                      .pages = plan->cache_pages,
                                      .tok = tok,
                                      .stop_ids = stop_ids->at,
                                      .stop_id_count = stop_ids->count};
    TRY(distill_inference_decoder_create(&decoder, &weights, &packed));
    TRY(distill_engine_create(out, decoder, &options));
done:
    return status;
}

static distill_status run(distill_generator *generator, const distill_sampling *sampling,
                          const distill_generator_calls *calls)
{
    return distill_engine_run(((local_generator *)generator)->engine, sampling, calls);
}

static void close_local(distill_generator *generator)
{
    distill_engine_free(((local_generator *)generator)->engine);
    distill_free(generator);
}

distill_status distill_local_generator_open(distill_generator **out, const char *dir,
                                            const distill_tokenizer *tok,
                                            const distill_local_options *options)
{
    static const distill_generator_methods METHODS = {.run = run, .close = close_local};
    distill_status status = DISTILL_OK;
    local_generator *local = NULL;
    distill_checkpoint *ckpt = NULL;
    distill_ids stop_ids = {0};
    distill_local_plan plan;
    size_t available = distill_memory_available();
    *out = NULL;
    TRY(distill_checkpoint_open(&ckpt, dir));
    const distill_config *config = distill_checkpoint_config(ckpt);
    status = distill_local_plan_make(&plan, config, options, available);
    if (status != DISTILL_OK)
        TRY(distill_fail_context(status, "%s", dir));
    note_plan(&plan, distill_checkpoint_dtype(ckpt), available);
    TRY(gather_stop_ids(&stop_ids, config, tok, options));
    TRY(DISTILL_NEW(&local, 1));
    local->base = (distill_generator){.methods = &METHODS, .tok = tok, .context = plan.context};
    TRY(open_engine(&local->engine, ckpt, tok, &stop_ids, &plan));
    *out = &local->base;
    local = NULL;
done:
    if (local != NULL)
        close_local(&local->base);
    distill_ids_free(&stop_ids);
    distill_checkpoint_close(ckpt);
    return status;
}
