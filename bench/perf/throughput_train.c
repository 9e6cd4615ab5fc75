// bench/perf/throughput_train.c - whole optimizer steps of the trainer, as distill-train runs them,
// on random tokens.
#include "bench/perf/throughput_train.h"

#include "bench/perf/throughput_model.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/train/trainer.h"

#include <math.h>
#include <stdio.h>

enum { MOST_STEPS = 4096, WARM_UP_TOKENS = 16 };
static const size_t WARM_UP_LENGTH = WARM_UP_TOKENS;

/// The same documents of random tokens in each step. begin_step records the time and ends the run
/// when its time is over. The first step is short: it touches every page of memory.
typedef struct random_documents {
    int32_t *tokens;
    size_t *lengths, documents, count; // count: tokens of all documents
    distill_cross_entropy_loss loss;
    double begun_s[MOST_STEPS + 2]; // when step i began; [0] unused
    uint64_t steps;                 // completed
    double seconds;                 // limit, after at least two steps
    bool over, warm_up;
} random_documents;

static distill_status begin_step(void *context, uint64_t step, distill_step_plan *plan)
{
    random_documents *r = context;
    size_t targets = r->count - r->documents;
    r->begun_s[step] = distill_now_s();
    r->steps = step - 1;
    r->warm_up = step == 1;
    r->over = step > MOST_STEPS || (step > 2 && r->begun_s[step] - r->begun_s[1] > r->seconds);
    if (r->over)
        return distill_fail(DISTILL_LIMIT, "the time is over after %llu steps",
                            (unsigned long long)r->steps);
    *plan = (distill_step_plan){.micro_batches = 1,
                                .target_weight = (double)targets,
                                .targets = targets,
                                .tokens = r->count};
    return DISTILL_OK;
}

static distill_status micro_batch(void *context, size_t index, distill_packed_batch *batch)
{
    random_documents *r = context;
    (void)index;
    if (r->warm_up) {
        *batch = (distill_packed_batch){.tokens = r->tokens,
                                        .count = WARM_UP_TOKENS,
                                        .lengths = &WARM_UP_LENGTH,
                                        .documents = 1};
        return DISTILL_OK;
    }
    *batch = (distill_packed_batch){
        .tokens = r->tokens, .count = r->count, .lengths = r->lengths, .documents = r->documents};
    return DISTILL_OK;
}

static distill_logits_loss loss_of(void *context)
{
    random_documents *r = context;
    return distill_decoder_cross_entropy(&r->loss);
}

static distill_status make_documents(random_documents *r, const throughput_part *part, size_t V)
{
    distill_status status = DISTILL_OK;
    r->documents = part->documents;
    r->count = part->documents * part->tokens;
    TRY(DISTILL_NEW(&r->tokens, r->count));
    TRY(DISTILL_NEW(&r->lengths, r->documents));
    for (size_t i = 0; i < r->count; i++)
        r->tokens[i] = (int32_t)((i * UINT64_C(0x9E3779B97F4A7C15) >> 33) % V);
    for (size_t d = 0; d < r->documents; d++)
        r->lengths[d] = part->tokens;
done:
    return status;
}

/// Seconds of the fastest step after the warm-up.
static double best_step(const random_documents *r)
{
    double best = r->begun_s[3] - r->begun_s[2];
    for (uint64_t i = 2; i <= r->steps; i++) {
        double taken_s = r->begun_s[i + 1] - r->begun_s[i];
        best = taken_s < best ? taken_s : best;
    }
    return best;
}

static const char *precision_name(const throughput_part *part)
{
    return part->precision == DISTILL_BF16 ? "bf16" : "fp32";
}

static const char *optimizer_name(const throughput_part *part)
{
    return part->optimizer == DISTILL_ADAMW ? "adamw" : "adamw8bit";
}

static void report(throughput_row *row, const throughput_part *part, const throughput_setup *setup,
                   const distill_config *config, const random_documents *r)
{
    double step_s = best_step(r),
           flop = throughput_train_flop(config, part->documents, part->tokens);
    row->seconds = step_s;
    row->value = (double)r->count / step_s;
    throughput_row_limit(row, setup->ceilings.fp32_flops / flop * (double)r->count, "fp32");
    snprintf(row->unit, sizeof row->unit, "tok/s");
    snprintf(row->what, sizeof row->what, "%s %zux%zu, %s, %s, %.1f GFLOP/s", part->shape,
             part->documents, part->tokens, precision_name(part), optimizer_name(part),
             flop / step_s * 1e-9);
}

static distill_optimizer_formats formats_of(const throughput_part *part)
{
    return (distill_optimizer_formats){.dtype = part->precision, .kind = part->optimizer};
}

static distill_status train(random_documents *r, const throughput_part *part,
                            distill_checkpoint *ckpt, const char *output)
{
    distill_status status = DISTILL_OK;
    distill_layout *layout = NULL;
    distill_trainer *trainer = NULL;
    distill_objective objective = {.name = "random",
                                   .begin_step = begin_step,
                                   .micro_batch = micro_batch,
                                   .loss = loss_of,
                                   .context = r};
    distill_trainer_settings settings = {
        .schedule = {DISTILL_CONSTANT, 1e-6, 1, 0, MOST_STEPS + 2},
        .adamw = {0.9, 0.95, 1e-8, 0.1},
        .max_grad_norm = 1,
        .micro_tokens = part->documents * part->tokens,
        .output = output,
        .formats = formats_of(part),
        .recomputed = part->recomputed,
    };
    TRY(distill_layout_create(&layout, distill_checkpoint_config(ckpt)));
    TRY(make_documents(r, part, layout->config.V));
    TRY(distill_trainer_create(&trainer, layout, &settings));
    distill_block_sink to = distill_train_weights_sink(distill_trainer_weights(trainer));
    TRY(distill_checkpoint_load_into(&to, layout, ckpt));
    status = distill_trainer_run(trainer, &objective, NULL);
    if (r->over)
        status = DISTILL_OK;
done:
    distill_trainer_free(trainer);
    distill_layout_free(layout);
    return status;
}

// ---- the optimizer alone -----------------------------------------------------------------------

/// Bytes that a step must read and write for each parameter: the gradient is read twice, for its
/// norm and for the update; weight and moments are read and written.
static double bytes_a_parameter(const distill_optimizer_formats *formats)
{
    double gradient = (double)distill_dtype_bytes(formats->dtype);
    double weight = formats->dtype == DISTILL_F32 ? 4 : 3;
    double moments = formats->kind == DISTILL_ADAMW ? 8 : 2 + 8.0 / DISTILL_MOMENT_BLOCK;
    return 2 * gradient + 2 * (weight + moments);
}

distill_status throughput_optimizer(const throughput_part *part, const throughput_setup *setup,
                                    throughput_rows *rows)
{
    enum { TIMES = 8 };
    distill_status status = DISTILL_OK;
    distill_text json = {0};
    distill_config config;
    distill_layout *layout = NULL;
    distill_optimizer_state o = {0};
    const distill_optimizer_formats formats = formats_of(part);
    const distill_adamw rule = {0.9, 0.95, 1e-8, 0.1};
    double best_s = INFINITY;
    TRY(throughput_shape_config(&json, part->shape));
    TRY(distill_config_parse(&config, json.bytes, json.length, part->shape));
    TRY(distill_layout_create(&layout, &config));
    TRY(distill_optimizer_create(&o, layout, &formats));
    for (uint64_t step = 1; step <= TIMES; step++) {
        double begun_s = distill_now_s(), norm = distill_optimizer_norm(&o);
        distill_optimizer_step(&o, &rule, 1e-3, distill_clip_factor(norm, 1), step);
        best_s = fmin(best_s, distill_now_s() - begun_s);
    }
    throughput_row *row = throughput_row_add(rows, part, setup);
    row->seconds = best_s;
    row->value = bytes_a_parameter(&formats) * (double)layout->total / best_s * 1e-9;
    throughput_row_limit(row, setup->ceilings.memory_bytes * 1e-9, "memory");
    snprintf(row->unit, sizeof row->unit, "GB/s");
    snprintf(row->what, sizeof row->what, "%s, %s, %s: norm and update, %.1f bytes a parameter",
             part->shape, precision_name(part), optimizer_name(part), bytes_a_parameter(&formats));
done:
    distill_optimizer_free(&o);
    distill_layout_free(layout);
    distill_text_free(&json);
    return status;
}

// ---- whole steps -------------------------------------------------------------------------------

distill_status throughput_train(const throughput_part *part, const throughput_setup *setup,
                                throughput_rows *rows)
{
    distill_status status = DISTILL_OK;
    distill_text dir = {0}, output = {0};
    distill_checkpoint *ckpt = NULL;
    random_documents r = {.seconds = setup->seconds};
    TRY(throughput_checkpoint(&dir, setup->folder, part->shape));
    TRY(distill_checkpoint_open(&ckpt, dir.bytes));
    TRY(distill_path_join(&output, setup->folder, "trained"));
    TRY(distill_remove_all(output.bytes));
    TRY(distill_make_directory(output.bytes));
    TRY(train(&r, part, ckpt, output.bytes));
    report(throughput_row_add(rows, part, setup), part, setup, distill_checkpoint_config(ckpt), &r);
done:
    distill_free(r.lengths);
    distill_free(r.tokens);
    distill_checkpoint_close(ckpt);
    distill_text_free(&output);
    distill_text_free(&dir);
    return status;
}
