// distill/generate/engine.c - creation, the run loop, and sampling.
//
// A step plans its spans (engine_schedule.c), runs the decoder on all of them at once, and samples
// one token for each reply whose logits were computed. Sampling is parallel over replies; a token
// depends only on the reply's own logits and random number.
#include "distill/generate/engine.h"

#include "distill/base/interrupt.h"
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/base/threads.h"
#include "distill/generate/engine_state.h"

#include <string.h>

// ---- creation -----------------------------------------------------------------------------------

size_t distill_engine_min_pages(size_t context)
{
    return distill_kv_pages_for(context) +
           1; // a shared prompt's last page exists twice while it is copied
}

distill_inference_plan distill_engine_decoder_plan(size_t batch_size, size_t context)
{
    return (distill_inference_plan){
        .rows = batch_size + DISTILL_ENGINE_PREFILL_ROWS, .logits = batch_size, .context = context};
}

/// Excludes rows of the embedding that are no tokens: those beyond the tokenizer's size, and ids
/// below it that are not in use.
static distill_status make_mask(distill_engine *engine)
{
    distill_status status = DISTILL_OK;
    distill_ids excluded = {0};
    engine->mask.allowed = engine->V;
    if (engine->tok == NULL)
        return DISTILL_OK;
    size_t size = distill_tokenizer_size(engine->tok);
    if (size < engine->V)
        engine->mask.allowed = size;
    for (size_t i = 0; i < engine->mask.allowed; i++)
        if (!distill_tokenizer_has(engine->tok, (int32_t)i))
            TRY(distill_ids_append(&excluded, (int32_t)i));
    engine->excluded_ids = excluded.at;
    engine->mask.excluded = excluded.at;
    engine->mask.excluded_count = excluded.count;
done:
    if (status != DISTILL_OK)
        distill_ids_free(&excluded);
    return status;
}

static distill_status allocate_arrays(distill_engine *engine, const distill_engine_options *options)
{
    distill_status status = DISTILL_OK;
    size_t B = options->batch_size, threads = (size_t)distill_threads();
    TRY(DISTILL_NEW(&engine->stop_ids, options->stop_id_count));
    if (options->stop_id_count > 0)
        memcpy(engine->stop_ids, options->stop_ids, options->stop_id_count * sizeof(int32_t));
    engine->stop_id_count = options->stop_id_count;
    TRY(DISTILL_NEW(&engine->slots, B));
    TRY(DISTILL_NEW(&engine->prefixes, B + 1));
    TRY(DISTILL_NEW(&engine->spans, 2 * B + 1));
    TRY(DISTILL_NEW(&engine->sampled, B));
    TRY(DISTILL_NEW(&engine->tops, B));
    TRY(DISTILL_NEW(&engine->draws, B));
    TRY(DISTILL_NEW(&engine->samplers, threads));
    for (size_t i = 0; i < threads; i++)
        TRY(distill_sampler_create(&engine->samplers[i], engine->V));
    for (size_t i = 0; i < B; i++)
        engine->slots[i].sequence = i;
    for (size_t i = 0; i <= B; i++)
        engine->prefixes[i].sequence = B + i;
done:
    return status;
}

distill_status distill_engine_create(distill_engine **out, distill_inference_decoder *decoder,
                                     const distill_engine_options *options)
{
    distill_status status = DISTILL_OK;
    distill_engine *engine = NULL;
    const distill_config *config = distill_inference_decoder_config(decoder);
    *out = NULL;
    TRY(DISTILL_NEW(&engine, 1));
    engine->decoder = decoder;
    decoder = NULL;
    engine->tok = options->tok;
    engine->V = config->V;
    engine->context = options->context;
    engine->batch_size = options->batch_size;
    distill_kv_plan plan = {.sequences = 2 * options->batch_size + 1,
                            .context = options->context,
                            .pages = options->pages};
    TRY(distill_kv_cache_create(&engine->cache, config, &plan));
    TRY(allocate_arrays(engine, options));
    TRY(make_mask(engine));
    *out = engine;
    return DISTILL_OK;
done:
    distill_inference_decoder_free(decoder);
    distill_engine_free(engine);
    return status;
}

void distill_engine_free(distill_engine *engine)
{
    if (engine == NULL)
        return;
    for (size_t i = 0; engine->slots != NULL && i < engine->batch_size; i++)
        reply_free(&engine->slots[i].reply);
    for (size_t i = 0; engine->prefixes != NULL && i <= engine->batch_size; i++)
        distill_ids_free(&engine->prefixes[i].ids);
    for (size_t i = 0; engine->samplers != NULL && i < (size_t)distill_threads(); i++)
        distill_sampler_free(engine->samplers[i]);
    distill_kv_cache_free(engine->cache);
    distill_inference_decoder_free(engine->decoder);
    void *const blocks[] = {engine->stop_ids, engine->excluded_ids, engine->samplers,
                            engine->slots,    engine->prefixes,     engine->spans,
                            engine->sampled,  engine->tops,         engine->draws};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        distill_free(blocks[i]);
    distill_free(engine);
}

// ---- the run ------------------------------------------------------------------------------------

static void sample_range(void *context, size_t begin, size_t end, int worker)
{
    distill_engine *engine = context;
    for (size_t i = begin; i < end; i++) {
        const reply *r = &engine->slots[engine->sampled[i]].reply;
        engine->draws[i] = distill_sampler_draw(
            engine->samplers[worker], &engine->tops[i],
            distill_inference_decoder_logits(engine->decoder, i), &engine->mask,
            engine->rules.sampling, distill_rng_at(r->request.stream, r->ids.count));
    }
}

/// Appends the sampled tokens to their replies, and delivers those that end.
static distill_status accept_draws(distill_engine *engine, const distill_generator_calls *calls)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < engine->sampled_count; i++) {
        engine_slot *s = &engine->slots[engine->sampled[i]];
        distill_completion completion;
        bool finished;
        engine->tokens++;
        TRY(reply_accept(&s->reply, &finished, &completion, &engine->rules, engine->draws[i]));
        if (!finished)
            continue;
        distill_kv_release(engine->cache, s->sequence);
        s->state = SLOT_FREE;
        TRY(calls->done(calls->context, &completion));
    }
done:
    return status;
}

static bool is_idle(const distill_engine *engine)
{
    for (size_t i = 0; i < engine->batch_size; i++)
        if (engine->slots[i].state != SLOT_FREE)
            return false;
    return true;
}

static void clear(distill_engine *engine)
{
    for (size_t i = 0; i < engine->batch_size; i++) {
        distill_kv_release(engine->cache, engine->slots[i].sequence);
        engine->slots[i].state = SLOT_FREE;
    }
    engine_drop_prefixes(engine, true);
}

distill_status distill_engine_run(distill_engine *engine, const distill_sampling *sampling,
                                  const distill_generator_calls *calls)
{
    distill_status status = DISTILL_OK;
    bool more = true;
    engine->rules = (reply_rules){sampling, engine->tok, engine->stop_ids, engine->stop_id_count};
    engine->tokens = 0;
    TRY(distill_sampling_check(sampling, engine->mask.allowed - engine->mask.excluded_count));
    for (;;) {
        TRY(distill_interrupt_check());
        TRY(engine_admit(engine, calls, &more));
        if (is_idle(engine))
            break;
        TRY(engine_plan_step(engine));
        distill_inference_decoder_forward(engine->decoder, engine->cache, engine->spans,
                                          engine->span_count);
        distill_parallel_pieces(sample_range, engine, engine->sampled_count, 1);
        TRY(accept_draws(engine, calls));
        if (calls->tick != NULL)
            calls->tick(calls->context, engine->tokens);
    }
done:
    clear(engine);
    return status;
}
