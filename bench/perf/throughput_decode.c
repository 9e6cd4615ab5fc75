// bench/perf/throughput_decode.c - runs the generator of a local checkpoint on random tokens, as
// distill-gen does.
#include "bench/perf/throughput_decode.h"

#include "bench/perf/throughput_model.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/checkpoint/hf_config.h"
#include "distill/generate/local_generator.h"
#include "distill/tensor/panel_matrix.h"

#include <stdio.h>

enum { PROMPT_TOKENS = 128, REPLY_TOKENS = 33 }; // the prefill gives the first token

/// `count` replies to one prompt, all of the same length, and the times that are measured.
typedef struct replies {
    int32_t *prompt;
    size_t prompt_tokens, count, requested;
    size_t reply_tokens;
    double opened_s, first_s,
        last_s; // when the model is open, all replies have a token, all have ended
} replies;

static distill_status next_reply(void *context, distill_request *request, bool *more)
{
    replies *r = context;
    *more = r->requested < r->count;
    if (*more)
        *request = (distill_request){.prompt = r->prompt,
                                     .prompt_count = r->prompt_tokens,
                                     .prompt_key = r->count > 1,
                                     .stream = r->requested,
                                     .max_tokens = r->reply_tokens};
    r->requested += *more;
    return DISTILL_OK;
}

static distill_status reply_done(void *context, const distill_completion *completion)
{
    replies *r = context;
    r->last_s = distill_now_s();
    if (completion->sampled != r->reply_tokens)
        return distill_fail(DISTILL_INTERNAL, "a reply ended after %zu of %zu tokens",
                            completion->sampled, r->reply_tokens);
    return DISTILL_OK;
}

static void tick(void *context, uint64_t tokens)
{
    replies *r = context;
    if (r->first_s == 0 && tokens >= r->count)
        r->first_s = distill_now_s();
}

/// Opens the checkpoint of the part with memory for its replies and runs `r` on it; sets *config to
/// that of the checkpoint and *opened_s to the seconds that opening took.
static distill_status run(replies *r, distill_config *config, const throughput_part *part,
                          const throughput_setup *setup, double *opened_s)
{
    distill_status status = DISTILL_OK;
    distill_text dir = {0};
    distill_generator *generator = NULL;
    distill_sampling sampling = DISTILL_SAMPLING_DEFAULTS;
    distill_generator_calls calls = {next_reply, reply_done, tick, r};
    distill_local_options options = {.batch_size = r->count,
                                     .context = r->prompt_tokens + r->reply_tokens,
                                     .weights = part->weights};
    TRY(throughput_checkpoint(&dir, setup->folder, part->shape));
    TRY(distill_hf_config_read(config, dir.bytes));
    TRY(DISTILL_NEW(&r->prompt, r->prompt_tokens));
    for (size_t i = 0; i < r->prompt_tokens; i++)
        r->prompt[i] = (int32_t)((i * UINT64_C(0x9E3779B97F4A7C15) >> 33) % config->V);
    double begun_s = distill_now_s();
    TRY(distill_local_generator_open(&generator, dir.bytes, NULL, &options));
    r->opened_s = distill_now_s();
    *opened_s = r->opened_s - begun_s;
    TRY(distill_generator_run(generator, &sampling, &calls));
done:
    distill_generator_close(generator);
    distill_free(r->prompt);
    r->prompt = NULL;
    distill_text_free(&dir);
    return status;
}

static double weight_bytes(distill_weights weights)
{
    return weights == DISTILL_WEIGHTS_FP32 ? 4 : weights == DISTILL_WEIGHTS_BF16 ? 2 : 1;
}

distill_status throughput_prefill(const throughput_part *part, const throughput_setup *setup,
                                  throughput_rows *rows)
{
    distill_status status = DISTILL_OK;
    distill_config config;
    double opened_s;
    replies r = {.prompt_tokens = part->tokens, .count = 1, .reply_tokens = 1};
    TRY(run(&r, &config, part, setup, &opened_s));
    double flop = throughput_prefill_flop(&config, part->tokens);
    throughput_row *row = throughput_row_add(rows, part, setup);
    row->seconds = r.last_s - r.opened_s;
    row->value = (double)part->tokens / row->seconds;
    snprintf(row->unit, sizeof row->unit, "tok/s");
    snprintf(row->what, sizeof row->what, "%s, %s weights, a prompt of %zu tokens, %.1f GFLOP/s",
             part->shape, distill_weights_name(part->weights), part->tokens,
             flop / row->seconds * 1e-9);
    bool int8 = part->weights == DISTILL_WEIGHTS_INT8;
    double peak = int8 ? setup->ceilings.int8_ops : setup->ceilings.fp32_flops;
    throughput_row_limit(row, peak / flop * (double)part->tokens, int8 ? "int8" : "fp32");
done:
    return status;
}

distill_status throughput_decode(const throughput_part *part, const throughput_setup *setup,
                                 throughput_rows *rows)
{
    distill_status status = DISTILL_OK;
    distill_config config;
    double opened_s;
    replies r = {
        .prompt_tokens = PROMPT_TOKENS, .count = part->batch, .reply_tokens = REPLY_TOKENS};
    TRY(run(&r, &config, part, setup, &opened_s));
    const throughput_ceilings *c = &setup->ceilings;
    bool int8 = part->weights == DISTILL_WEIGHTS_INT8;
    double N = throughput_parameters(&config), bytes = N * weight_bytes(part->weights);
    bool cached = bytes <= THROUGHPUT_CACHE_BLOCK_BYTES;
    double reading = (double)part->batch * (cached ? c->cache_bytes : c->memory_bytes) / bytes;
    double computing = (int8 ? c->int8_ops : c->fp32_flops) / (2 * N);
    throughput_row *row = throughput_row_add(rows, part, setup);
    row->seconds = (r.last_s - r.first_s) / (REPLY_TOKENS - 1);
    row->value = (double)part->batch / row->seconds;
    snprintf(row->unit, sizeof row->unit, "tok/s");
    snprintf(row->what, sizeof row->what, "%s, %s weights, %zu replies of %d tokens after %d",
             part->shape, distill_weights_name(part->weights), part->batch, REPLY_TOKENS - 1,
             PROMPT_TOKENS);
    if (reading < computing)
        throughput_row_limit(row, reading, cached ? "cache" : "memory");
    else
        throughput_row_limit(row, computing, int8 ? "int8" : "fp32");
done:
    return status;
}

distill_status throughput_start(const throughput_part *part, const throughput_setup *setup,
                                throughput_rows *rows)
{
    distill_status status = DISTILL_OK;
    distill_config config;
    double opened_s;
    replies r = {.prompt_tokens = 16, .count = 1, .reply_tokens = 1};
    TRY(run(&r, &config, part, setup, &opened_s)); // afterwards the file is in the page cache
    r = (replies){.prompt_tokens = 16, .count = 1, .reply_tokens = 1};
    double begun_s = distill_now_s();
    TRY(run(&r, &config, part, setup, &opened_s));
    throughput_row *row = throughput_row_add(rows, part, setup);
    row->seconds = row->value = r.last_s - begun_s;
    snprintf(row->unit, sizeof row->unit, "s");
    snprintf(row->what, sizeof row->what, "%s from its file to the first token; %.2f s to open it",
             part->shape, opened_s);
done:
    return status;
}
