#include "student/training_plan.h"

#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/threads.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Enough rows to use the cores well; more would leave the caches of small models and take memory.
enum { MOST_MICRO_TOKENS = 2048, LEAST_MICRO_TOKENS = 512 };

static const double GIB = 1024.0 * 1024 * 1024;

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

void training_plan_forms(distill_trainer_settings *s, const train_options *o)
{
    s->forms = (distill_optimizer_forms){
        .dtype = strcmp(o->precision, "bf16") == 0 ? DISTILL_BF16 : DISTILL_F32,
        .kind = strcmp(o->optimizer, "adamw") == 0 ? DISTILL_ADAMW : DISTILL_ADAMW_8BIT,
        .seed = o->common.seed};
}

// A large model's products are efficient with fewer rows than fill a small one's.
static distill_status usual_micro_tokens(distill_trainer_settings *s, const distill_layout *layout)
{
    distill_status status = DISTILL_OK;
    distill_trainer_plan plan;
    s->recomputed = 0;
    for (s->micro_tokens = MOST_MICRO_TOKENS; s->micro_tokens > LEAST_MICRO_TOKENS;
         s->micro_tokens /= 2) {
        TRY(distill_trainer_bytes(&plan, layout, s));
        if (s->micro_tokens == MOST_MICRO_TOKENS && plan.activations < GIB / 2)
            break;
        if (plan.activations < (plan.weights + plan.gradients + plan.moments) / 6)
            break;
    }
done:
    return status;
}

distill_status training_plan_micro_tokens(distill_trainer_settings *s, const train_options *o,
                                          const distill_layout *layout, const training_data *data,
                                          const training_data *eval_data)
{
    distill_status status = DISTILL_OK;
    size_t longest = larger(training_data_longest(data), training_data_longest(eval_data));
    size_t all = larger(training_data_tokens(data), training_data_tokens(eval_data));
    if (o->micro_batch_tokens == 0)
        TRY(usual_micro_tokens(s, layout));
    else
        s->micro_tokens = o->micro_batch_tokens;
    if (!o->packing)
        s->micro_tokens = longest;
    if (s->micro_tokens > all)
        s->micro_tokens = all;
    s->micro_tokens = larger(s->micro_tokens, longest);
done:
    return status;
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

/// Bytes that training may take beyond what the process holds by now.
static size_t allowed_bytes(const train_options *o)
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

distill_status training_plan_memory(distill_trainer_settings *s, const train_options *o,
                                    const distill_layout *layout)
{
    distill_status status = DISTILL_OK;
    distill_trainer_plan plan;
    const size_t allowed = allowed_bytes(o), L = layout->config.L;
    bool always = o->gradient_checkpointing || strcmp(o->activation_checkpointing, "on") == 0;
    bool may = always || strcmp(o->activation_checkpointing, "auto") == 0;
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
                 weights, s->forms.dtype == DISTILL_BF16 ? " (bf16)" : "", moments,
                 s->forms.kind == DISTILL_ADAMW ? "" : " (8 bits)", activations, recomputed, held,
                 total, have);
}

void training_plan_print(const distill_trainer_settings *s, const distill_layout *layout,
                         const training_data *data, const packing *pack, size_t longest_allowed)
{
    char parameters[32], tokens[32];
    distill_trainer_plan plan;
    if (distill_trainer_bytes(&plan, layout, s) != DISTILL_OK)
        return; // training_plan_memory has already said why
    distill_format_count(parameters, sizeof parameters, layout->parameters);
    distill_format_count(tokens, sizeof tokens, training_data_tokens(data));
    distill_note("data: %zu documents, %s tokens, the longest %zu (at most %zu); %zu documents and "
                 "%zu steps an epoch",
                 data->count, tokens, training_data_longest(data), longest_allowed,
                 packing_documents(pack), packing_steps(pack));
    distill_note("plan: %s parameters (%s), %llu steps, %llu of them warmup, at most %zu tokens a "
                 "forward pass, %d threads",
                 parameters, layout->config.model_type, (unsigned long long)s->schedule.total,
                 (unsigned long long)s->schedule.warmup, s->micro_tokens, distill_threads());
    print_memory(s, &plan, layout->config.L);
}
