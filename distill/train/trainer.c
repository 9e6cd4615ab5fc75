// distill/train/trainer.c - the loop of a training run: gradients of micro-batches, the step, its
// line of metrics, evaluations and checkpoints.
#include "distill/train/trainer.h"

#include "distill/base/file.h"
#include "distill/base/interrupt.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/base/threads.h"
#include "distill/train/metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct distill_trainer {
    const distill_layout *layout;
    distill_trainer_settings settings;
    distill_optimizer_state optimizer;
    distill_decoder *decoder;
    distill_metrics *metrics;
    distill_train_state state;
};

static distill_decoder_plan plan_of(const distill_trainer_settings *settings)
{
    return (distill_decoder_plan){.max_tokens = settings->micro_tokens,
                                  .backward = true,
                                  .recomputed = settings->recomputed,
                                  .dtype = settings->formats.dtype};
}

distill_status distill_trainer_bytes(distill_trainer_plan *plan, const distill_layout *layout,
                                     const distill_trainer_settings *settings)
{
    distill_decoder_plan decoder = plan_of(settings);
    distill_optimizer_plan blocks = distill_optimizer_bytes(layout, &settings->formats);
    *plan = (distill_trainer_plan){
        .weights = blocks.weights, .gradients = blocks.gradients, .moments = blocks.moments};
    return distill_decoder_bytes(&plan->activations, layout, &decoder);
}

distill_status distill_trainer_create(distill_trainer **out, const distill_layout *layout,
                                      const distill_trainer_settings *settings)
{
    distill_status status = DISTILL_OK;
    distill_trainer *t = NULL;
    distill_decoder_plan plan = plan_of(settings);
    *out = NULL;
    TRY(DISTILL_NEW(&t, 1));
    t->layout = layout;
    t->settings = *settings;
    t->state.threads = distill_threads();
    snprintf(t->state.data_sha256, sizeof t->state.data_sha256, "%s",
             settings->data_sha256 != NULL ? settings->data_sha256 : "");
    TRY(distill_optimizer_create(&t->optimizer, layout, &settings->formats));
    TRY(distill_decoder_create(&t->decoder, layout, &plan));
    *out = t;
    t = NULL;
done:
    distill_trainer_free(t);
    return status;
}

void distill_trainer_free(distill_trainer *t)
{
    if (t == NULL)
        return;
    distill_metrics_close(t->metrics);
    distill_decoder_free(t->decoder);
    distill_optimizer_free(&t->optimizer);
    distill_free(t);
}

distill_train_weights *distill_trainer_weights(distill_trainer *t)
{
    return &t->optimizer.weights;
}

uint64_t distill_trainer_step(const distill_trainer *t)
{
    return t->state.step;
}

// -------------------------------------------------------------------------------- saving, resuming

static distill_train_blocks blocks_of(distill_trainer *t)
{
    return (distill_train_blocks){t->layout, &t->optimizer.weights, &t->optimizer.moments};
}

distill_status distill_trainer_save(distill_trainer *t)
{
    distill_train_blocks blocks = blocks_of(t);
    distill_status status = distill_metrics_sync(t->metrics);
    if (status != DISTILL_OK)
        return status;
    return distill_train_checkpoint_save(t->settings.output, &t->state, &blocks,
                                         &t->settings.origin, t->settings.keep);
}

distill_status distill_trainer_resume(distill_trainer *t)
{
    distill_status status = DISTILL_OK;
    distill_text dir = {0};
    distill_train_state state = {0};
    distill_train_blocks blocks = blocks_of(t);
    TRY(distill_train_checkpoint_latest(&dir, t->settings.output));
    if (dir.length == 0)
        goto done;
    TRY(distill_train_checkpoint_load(&state, &blocks, dir.bytes));
    if (strcmp(state.data_sha256, t->state.data_sha256) != 0)
        TRY(distill_fail(DISTILL_MISMATCH,
                         "%s was made with other training data; restore them, or "
                         "pass --overwrite to start afresh",
                         dir.bytes));
    if (state.threads != t->state.threads)
        distill_warn("%s was made with %d threads, now there are %d: the result will be equal only "
                     "up to rounding",
                     dir.bytes, state.threads, t->state.threads);
    state.threads = t->state.threads;
    t->state = state;
    distill_note("resuming at step %llu from %s", (unsigned long long)state.step, dir.bytes);
done:
    distill_text_free(&dir);
    return status;
}

// ---------------------------------------------------------------------------------------- one step

// Sums the gradients of the whole step; *loss becomes the mean over its targets.
static distill_status accumulate(distill_trainer *t, const distill_objective *objective,
                                 const distill_step_plan *plan, double *loss)
{
    distill_status status = DISTILL_OK;
    const float scale = (float)(1 / plan->target_weight);
    const void *params = distill_train_weights_block(&t->optimizer.weights);
    void *grads = t->optimizer.grads;
    double sum = 0;
    distill_decoder_set_gradients(t->decoder);
    for (size_t i = 0; i < plan->micro_batches; i++) {
        distill_packed_batch batch = {0};
        TRY(distill_interrupt_check());
        TRY(objective->micro_batch(objective->context, i, &batch));
        TRY(distill_decoder_check(t->decoder, &batch));
        TRY(distill_decoder_forward(t->decoder, params, &batch));
        distill_logits_loss logits_loss = objective->loss(objective->context);
        TRY(distill_decoder_loss(t->decoder, grads, params, &batch, &logits_loss, scale, &sum));
        TRY(distill_decoder_backward(t->decoder, grads, params, &batch));
    }
    *loss = sum / plan->target_weight;
done:
    return status;
}

static distill_status evaluate(distill_trainer *t, const distill_objective *evaluation,
                               double *loss)
{
    distill_status status = DISTILL_OK;
    distill_step_plan plan;
    const void *params = distill_train_weights_block(&t->optimizer.weights);
    double sum = 0;
    TRY(evaluation->begin_step(evaluation->context, 1, &plan));
    for (size_t i = 0; i < plan.micro_batches; i++) {
        distill_packed_batch batch = {0};
        TRY(distill_interrupt_check());
        TRY(evaluation->micro_batch(evaluation->context, i, &batch));
        TRY(distill_decoder_check(t->decoder, &batch));
        TRY(distill_decoder_forward(t->decoder, params, &batch));
        distill_logits_loss logits_loss = evaluation->loss(evaluation->context);
        TRY(distill_decoder_loss(t->decoder, NULL, params, &batch, &logits_loss, 1, &sum));
    }
    *loss = sum / plan.target_weight;
done:
    return status;
}

static distill_status train_step(distill_trainer *t, const distill_objective *objective,
                                 distill_metrics_row *row)
{
    distill_status status = DISTILL_OK;
    distill_step_plan plan = {0};
    const uint64_t step = t->state.step + 1;
    const double begun_s = distill_now_s();
    TRY(objective->begin_step(objective->context, step, &plan));
    TRY(accumulate(t, objective, &plan, &row->loss));
    row->grad_norm = distill_optimizer_norm(&t->optimizer);
    if (!isfinite(row->loss) || !isfinite(row->grad_norm))
        TRY(distill_fail(DISTILL_NUMERIC,
                         "step %llu of %s: loss %g, gradient norm %g; lower --learning-rate or "
                         "check the data (earlier checkpoints are kept)",
                         (unsigned long long)step, objective->name, row->loss, row->grad_norm));
    row->lr = distill_schedule_at(&t->settings.schedule, step);
    distill_optimizer_step(&t->optimizer, &t->settings.adamw, row->lr,
                           distill_clip_factor(row->grad_norm, t->settings.max_grad_norm), step);
    t->state.step = step;
    t->state.tokens += plan.tokens;
    row->step = step;
    row->epoch = plan.epoch;
    row->tokens = t->state.tokens;
    row->step_tokens = plan.tokens;
    row->step_targets = plan.targets;
    row->seconds = distill_now_s() - begun_s;
    row->tokens_per_s = row->seconds > 0 ? (double)plan.tokens / row->seconds : 0;
done:
    return status;
}

static bool due(uint64_t step, uint64_t every)
{
    return every > 0 && step % every == 0;
}

static void log_step(const distill_metrics_row *row)
{
    distill_event event;
    if (distill_event_begin(&event, "train.step")) {
        distill_json_add_uint(&event.json, "step", row->step);
        distill_json_add_rounded(&event.json, "loss_nats", row->loss, 7);
        distill_json_add_rounded(&event.json, "grad_norm", row->grad_norm, 5);
        distill_json_add_rounded(&event.json, "lr", row->lr, 6);
        distill_json_add_fixed(&event.json, "tokens_per_s", row->tokens_per_s, 1);
        distill_event_end(&event);
    }
    if (row->has_eval && distill_event_begin(&event, "train.eval")) {
        distill_json_add_uint(&event.json, "step", row->step);
        distill_json_add_rounded(&event.json, "loss_nats", row->eval_loss, 7);
        distill_event_end(&event);
    }
}

static distill_status after_step(distill_trainer *t, const distill_objective *objective,
                                 const distill_objective *evaluation, distill_metrics_row *row)
{
    distill_status status = DISTILL_OK;
    const uint64_t last = t->settings.schedule.total;
    row->has_eval =
        evaluation != NULL && (row->step == last || due(row->step, t->settings.eval_every));
    distill_status evaluated =
        row->has_eval ? evaluate(t, evaluation, &row->eval_loss) : DISTILL_OK;
    row->has_eval = row->has_eval && evaluated == DISTILL_OK;
    // the step is done, even if the evaluation is not
    TRY(distill_metrics_add(t->metrics, row, objective->report, objective->context));
    TRY(evaluated);
    log_step(row);
    if (due(row->step, t->settings.save_every))
        TRY(distill_trainer_save(t));
done:
    return status;
}

static void show_progress(distill_progress *bar, const distill_metrics_row *row)
{
    if (row->has_eval)
        distill_progress_update(bar, row->step, "loss %.4f  eval %.4f  lr %.2e  %.0f tok/s",
                                row->loss, row->eval_loss, row->lr, row->tokens_per_s);
    else
        distill_progress_update(bar, row->step, "loss %.4f  lr %.2e  %.0f tok/s", row->loss,
                                row->lr, row->tokens_per_s);
}

static distill_status open_metrics(distill_trainer *t)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    TRY(distill_path_join(&path, t->settings.output, "metrics.jsonl"));
    TRY(distill_metrics_open(&t->metrics, path.bytes, t->state.step));
done:
    distill_text_free(&path);
    return status;
}

// Saving must not overwrite the pending message of the interruption.
static distill_status save_interrupted(distill_trainer *t)
{
    char message[DISTILL_ERROR_CAPACITY];
    distill_error_take(message, sizeof message);
    distill_status status = distill_trainer_save(t);
    if (status != DISTILL_OK)
        return status;
    distill_error_put(message);
    return DISTILL_INTERRUPTED;
}

distill_status distill_trainer_run(distill_trainer *t, const distill_objective *objective,
                                   const distill_objective *evaluation)
{
    distill_status status = DISTILL_OK;
    distill_progress bar;
    const uint64_t last = t->settings.schedule.total;
    TRY(open_metrics(t));
    distill_progress_start(&bar, "training", "steps", last, t->state.step);
    while (t->state.step < last && status == DISTILL_OK) {
        distill_metrics_row row = {0};
        status = train_step(t, objective, &row);
        if (status == DISTILL_OK)
            status = after_step(t, objective, evaluation, &row);
        if (status == DISTILL_OK)
            show_progress(&bar, &row);
    }
    distill_progress_finish(&bar);
    if (status == DISTILL_INTERRUPTED && t->state.step > 0)
        status = save_interrupted(t);
done:
    return status;
}
