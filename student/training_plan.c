#include "student/training_plan.h"

#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/threads.h"

#include <math.h>
#include <string.h>

// Enough rows to use the cores well; more would leave the caches of small models and take memory.
enum { MICRO_TOKENS = 2048 };

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t training_plan_micro_tokens(const train_options *o, const training_data *data,
                                  const training_data *eval_data)
{
    size_t longest = larger(training_data_longest(data), training_data_longest(eval_data));
    size_t all = larger(training_data_tokens(data), training_data_tokens(eval_data));
    size_t wanted = o->micro_batch_tokens > 0 ? o->micro_batch_tokens : MICRO_TOKENS;
    if (!o->packing)
        wanted = longest;
    if (wanted > all)
        wanted = all;
    return larger(wanted, longest);
}

packing_settings training_plan_packing(const train_options *o, size_t micro_tokens)
{
    packing_settings p = {.seed = o->common.seed,
                          .batch_documents = o->batch_size,
                          .batch_tokens = o->batch_tokens,
                          .bin_tokens = micro_tokens,
                          .bin_documents = o->packing ? 0 : 1};
    if (o->device_batch_size > 0 || o->accumulation_steps > 0) {
        size_t device = larger(o->device_batch_size, 1), passes = larger(o->accumulation_steps, 1);
        p.batch_documents = device * passes;
        p.bin_documents = o->packing ? device : 1;
    }
    return p;
}

static distill_schedule_kind kind_of(const char *name)
{
    return strncmp(name, "cosine", 6) == 0 ? DISTILL_COSINE
           : strcmp(name, "linear") == 0   ? DISTILL_LINEAR
                                           : DISTILL_CONSTANT;
}

distill_status training_plan_steps(distill_trainer_settings *s, const train_options *o,
                                   size_t steps_per_epoch)
{
    double steps =
        o->max_steps > 0 ? (double)o->max_steps : ceil(o->epochs * (double)steps_per_epoch - 1e-9);
    if (!(steps >= 1 && steps < 1e15))
        return distill_fail(DISTILL_LIMIT, "%g optimizer steps: check --epochs and --max-steps",
                            steps);
    s->schedule = (distill_schedule){.kind = kind_of(o->lr_schedule),
                                     .peak = o->learning_rate,
                                     .min_ratio = o->min_lr_ratio,
                                     .total = (uint64_t)steps};
    s->schedule.warmup =
        o->warmup_steps > 0 ? o->warmup_steps : (uint64_t)ceil(o->warmup_ratio * steps - 1e-9);
    if (s->schedule.warmup > s->schedule.total)
        s->schedule.warmup = s->schedule.total;
    s->adamw = (distill_adamw){o->adam_beta1, o->adam_beta2, o->adam_eps, o->weight_decay};
    s->max_grad_norm = o->max_grad_norm;
    s->save_every = o->save_every;
    s->keep = o->keep;
    s->eval_every = o->eval_every > 0 ? o->eval_every : steps_per_epoch;
    return DISTILL_OK;
}

static size_t sum_of(const distill_trainer_plan *plan)
{
    return plan->weights + plan->gradients + plan->moments + plan->activations;
}

static distill_status refuse_memory(const distill_trainer_plan *plan, size_t available,
                                    const distill_trainer_settings *s)
{
    char need[32], have[32], state[32], activations[32];
    distill_format_bytes(need, sizeof need, (double)sum_of(plan));
    distill_format_bytes(have, sizeof have, (double)available);
    distill_format_bytes(state, sizeof state,
                         (double)(plan->weights + plan->gradients + plan->moments));
    distill_format_bytes(activations, sizeof activations, (double)plan->activations);
    return distill_fail(DISTILL_LIMIT,
                        "training needs %s (weights, gradients and optimizer %s, activations of "
                        "%zu tokens %s), but only %s are available; use a smaller model, "
                        "--micro-batch-tokens or --max-seq-len",
                        need, state, s->micro_tokens, activations, have);
}

distill_status training_plan_memory(distill_trainer_settings *s, const train_options *o,
                                    const distill_layout *layout)
{
    distill_status status = DISTILL_OK;
    distill_trainer_plan plan;
    const size_t available = distill_memory_available();
    bool always = o->gradient_checkpointing || strcmp(o->activation_checkpointing, "on") == 0;
    bool may = always || strcmp(o->activation_checkpointing, "auto") == 0;
    s->recomputed = always ? layout->config.L : 0;
    TRY(distill_trainer_bytes(&plan, layout, s));
    if (sum_of(&plan) > available && may && !always) {
        s->recomputed = layout->config.L;
        TRY(distill_trainer_bytes(&plan, layout, s));
    }
    if (sum_of(&plan) > available)
        TRY(refuse_memory(&plan, available, s));
done:
    return status;
}

void training_plan_print(const distill_trainer_settings *s, const distill_layout *layout,
                         const training_data *data, const packing *pack, size_t longest_allowed)
{
    char parameters[32], tokens[32], weights[32], moments[32], activations[32], total[32], have[32];
    distill_trainer_plan plan;
    if (distill_trainer_bytes(&plan, layout, s) != DISTILL_OK)
        return; // training_plan_memory has already said why
    distill_format_count(parameters, sizeof parameters, layout->parameters);
    distill_format_count(tokens, sizeof tokens, training_data_tokens(data));
    distill_format_bytes(weights, sizeof weights, (double)(plan.weights + plan.gradients));
    distill_format_bytes(moments, sizeof moments, (double)plan.moments);
    distill_format_bytes(activations, sizeof activations, (double)plan.activations);
    distill_format_bytes(total, sizeof total, (double)sum_of(&plan));
    distill_format_bytes(have, sizeof have, (double)distill_memory_available());
    distill_note("data: %zu documents, %s tokens, the longest %zu (at most %zu); %zu documents and "
                 "%zu steps an epoch",
                 data->count, tokens, training_data_longest(data), longest_allowed,
                 packing_documents(pack), packing_steps(pack));
    distill_note("plan: %s parameters (%s), %llu steps, %llu of them warmup, at most %zu tokens a "
                 "forward pass, %d threads",
                 parameters, layout->config.model_type, (unsigned long long)s->schedule.total,
                 (unsigned long long)s->schedule.warmup, s->micro_tokens, distill_threads());
    distill_note("plan: weights and gradients %s, optimizer %s, activations %s%s: %s of %s "
                 "available",
                 weights, moments, activations, s->recomputed > 0 ? " (recomputed)" : "", total,
                 have);
}
