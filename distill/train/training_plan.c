// distill/train/training_plan.c - the memory of a run, counted before anything large is allocated.
#include "distill/train/training_plan.h"

#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/threads.h"

#include <math.h>
#include <stdio.h>

// Enough rows to use the cores well; more would not fit into the caches with a small model, and
// take memory.
enum { MOST_MICRO_TOKENS = 2048, LEAST_MICRO_TOKENS = 512 };

static const double GIB = 1024.0 * 1024 * 1024;

void distill_training_plan_optimizer(distill_trainer_settings *s, const distill_trainer_options *o,
                                     uint64_t seed)
{
    s->formats = (distill_optimizer_formats){
        .dtype = o->precision,
        .kind = o->optimizer == DISTILL_OPTIMIZER_ADAMW ? DISTILL_ADAMW : DISTILL_ADAMW_8BIT,
        .seed = seed};
    s->adamw = (distill_adamw){o->adam_beta1, o->adam_beta2, o->adam_eps, o->weight_decay};
    s->max_grad_norm = o->max_grad_norm;
    s->save_every = o->save_every;
    s->keep = o->keep;
}

// The products of a large model are efficient with fewer rows than those of a small one.
static distill_status usual_micro_tokens(distill_trainer_settings *s, const distill_layout *layout)
{
    distill_status status = DISTILL_OK;
    distill_trainer_plan plan;
    s->recomputed = 0;
    for (s->micro_tokens = MOST_MICRO_TOKENS; s->micro_tokens > LEAST_MICRO_TOKENS;
         s->micro_tokens /= 2) {
        TRY(distill_trainer_bytes(&plan, layout, s));
        if (s->micro_tokens == MOST_MICRO_TOKENS && (double)plan.activations < GIB / 2)
            break;
        if (plan.activations < (plan.weights + plan.gradients + plan.moments) / 6)
            break;
    }
done:
    return status;
}

distill_status distill_training_plan_micro_tokens(distill_trainer_settings *s,
                                                  const distill_trainer_options *o,
                                                  const distill_layout *layout, size_t longest,
                                                  size_t most)
{
    distill_status status = DISTILL_OK;
    s->micro_tokens = o->micro_batch_tokens;
    if (o->micro_batch_tokens == 0)
        TRY(usual_micro_tokens(s, layout));
    if (s->micro_tokens > most)
        s->micro_tokens = most;
    if (s->micro_tokens < longest)
        s->micro_tokens = longest;
done:
    return status;
}

static distill_schedule_kind schedule_kind(distill_lr_option option)
{
    static const distill_schedule_kind KINDS[] = {
        [DISTILL_LR_COSINE] = DISTILL_COSINE,
        [DISTILL_LR_LINEAR] = DISTILL_LINEAR,
        [DISTILL_LR_CONSTANT] = DISTILL_CONSTANT,
        [DISTILL_LR_COSINE_WITH_MIN_LR] = DISTILL_COSINE,
        [DISTILL_LR_CONSTANT_WITH_WARMUP] = DISTILL_CONSTANT,
    };
    return KINDS[option];
}

distill_status distill_training_plan_steps(distill_trainer_settings *s,
                                           const distill_trainer_options *o, double steps)
{
    if (!(steps >= 1 && steps < 1e15))
        return distill_fail(DISTILL_LIMIT, "%g optimizer steps: expected 1 to 1e15", steps);
    s->schedule = (distill_schedule){.kind = schedule_kind(o->lr_schedule),
                                     .peak = o->learning_rate,
                                     .min_ratio = o->min_lr_ratio,
                                     .total = (uint64_t)steps};
    s->schedule.warmup =
        o->warmup_steps > 0 ? o->warmup_steps : (uint64_t)ceil(o->warmup_ratio * steps - 1e-9);
    if (s->schedule.warmup > s->schedule.total)
        s->schedule.warmup = s->schedule.total;
    return DISTILL_OK;
}

static size_t sum_of(const distill_trainer_plan *plan)
{
    return plan->weights + plan->gradients + plan->moments + plan->activations;
}

/// Bytes that training may take beyond what the process holds already.
static size_t allowed_bytes(const distill_trainer_options *o)
{
    size_t available = distill_memory_available(), held = distill_memory_resident();
    size_t most = (size_t)(o->max_memory * GIB);
    if (most > 0 && most < available + held)
        available = most > held ? most - held : 0;
    return available;
}

static distill_status refuse_memory(const distill_trainer_plan *plan, size_t allowed,
                                    const distill_trainer_settings *s)
{
    char need[32], have[32], state[32], activations[32];
    distill_format_bytes(need, sizeof need, (double)sum_of(plan));
    distill_format_bytes(have, sizeof have, (double)allowed);
    distill_format_bytes(state, sizeof state,
                         (double)(plan->weights + plan->gradients + plan->moments));
    distill_format_bytes(activations, sizeof activations, (double)plan->activations);
    return distill_fail(DISTILL_LIMIT,
                        "training needs %s (weights, gradients and optimizer %s, activations of "
                        "%zu tokens %s), but only %s are available; use a smaller model, "
                        "--micro-batch-tokens or --max-seq-len, or --precision bf16 and "
                        "--optimizer adamw8bit",
                        need, state, s->micro_tokens, activations, have);
}

distill_status distill_training_plan_memory(distill_trainer_settings *s,
                                            const distill_trainer_options *o,
                                            const distill_layout *layout)
{
    distill_status status = DISTILL_OK;
    distill_trainer_plan plan;
    const size_t allowed = allowed_bytes(o), L = layout->config.L;
    bool always = o->gradient_checkpointing || o->activation_checkpointing == DISTILL_RECOMPUTE_ON;
    bool may = always || o->activation_checkpointing == DISTILL_RECOMPUTE_AUTO;
    s->recomputed = always ? L : 0;
    TRY(distill_trainer_bytes(&plan, layout, s));
    while (sum_of(&plan) > allowed && may && s->recomputed < L) {
        s->recomputed++;
        TRY(distill_trainer_bytes(&plan, layout, s));
    }
    if (sum_of(&plan) > allowed)
        TRY(refuse_memory(&plan, allowed, s));
done:
    return status;
}

static void print_memory(const distill_trainer_settings *s, const distill_trainer_plan *plan,
                         size_t L)
{
    char weights[32], moments[32], activations[32], held[32], total[32], have[32];
    char recomputed[64] = "";
    size_t now = distill_memory_resident();
    distill_format_bytes(weights, sizeof weights, (double)(plan->weights + plan->gradients));
    distill_format_bytes(moments, sizeof moments, (double)plan->moments);
    distill_format_bytes(activations, sizeof activations, (double)plan->activations);
    distill_format_bytes(held, sizeof held, (double)now);
    distill_format_bytes(total, sizeof total, (double)(sum_of(plan) + now));
    distill_format_bytes(have, sizeof have, (double)(distill_memory_available() + now));
    if (s->recomputed > 0)
        snprintf(recomputed, sizeof recomputed, " (%zu of %zu layers recomputed)", s->recomputed,
                 L);
    distill_note("plan: weights and gradients %s%s, optimizer %s%s, activations %s%s, program and "
                 "data %s: %s of %s",
                 weights, s->formats.dtype == DISTILL_BF16 ? " (bf16)" : "", moments,
                 s->formats.kind == DISTILL_ADAMW ? "" : " (8 bits)", activations, recomputed, held,
                 total, have);
}

void distill_training_plan_print(const distill_trainer_settings *s, const distill_layout *layout)
{
    char parameters[32];
    distill_trainer_plan plan;
    if (distill_trainer_bytes(&plan, layout, s) != DISTILL_OK)
        return; // distill_training_plan_memory has reported it
    distill_format_count(parameters, sizeof parameters, layout->parameters);
    distill_note("plan: %s parameters (%s), %llu steps, %llu of them warmup, at most %zu tokens a "
                 "forward pass, %d threads",
                 parameters, layout->config.model_type, (unsigned long long)s->schedule.total,
                 (unsigned long long)s->schedule.warmup, s->micro_tokens, distill_threads());
    print_memory(s, &plan, layout->config.L);
}

distill_dtype distill_training_plan_dtype(const distill_trainer_options *o, distill_dtype start)
{
    switch (o->save_dtype) {
    case DISTILL_SAVE_F32:
        return DISTILL_F32;
    case DISTILL_SAVE_BF16:
        return DISTILL_BF16;
    case DISTILL_SAVE_F16:
        return DISTILL_F16;
    default:
        return o->precision == DISTILL_BF16 ? DISTILL_BF16 : start;
    }
}
