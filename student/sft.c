#include "student/sft.h"

#include "distill/base/memory.h"

#include <string.h>

struct sft {
    const training_data *data;
    packing *pack;
    int32_t *tokens; // [bin_tokens] of the micro-batch
    float *weights;  // [bin_tokens]
    size_t *lengths; // [bin_tokens]: a document has at least one token
    distill_cross_entropy_loss loss;
};

distill_status sft_create(sft **out, const training_data *data, packing *pack, size_t bin_tokens)
{
    distill_status status = DISTILL_OK;
    sft *objective = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&objective, 1));
    objective->data = data;
    objective->pack = pack;
    TRY(DISTILL_NEW(&objective->tokens, bin_tokens));
    TRY(DISTILL_NEW(&objective->weights, bin_tokens));
    TRY(DISTILL_NEW(&objective->lengths, bin_tokens));
    *out = objective;
    objective = NULL;
done:
    sft_free(objective);
    return status;
}

void sft_free(sft *objective)
{
    if (objective == NULL)
        return;
    distill_free(objective->lengths);
    distill_free(objective->weights);
    distill_free(objective->tokens);
    distill_free(objective);
}

static distill_status begin_step(void *context, uint64_t step, distill_step_plan *plan)
{
    sft *s = context;
    packing_go_to(s->pack, step);
    *plan = (distill_step_plan){.micro_batches = packing_bins(s->pack),
                                .epoch = (double)step / (double)packing_steps(s->pack)};
    for (size_t bin = 0; bin < plan->micro_batches; bin++) {
        const size_t *documents;
        size_t count;
        packing_bin(s->pack, bin, &documents, &count);
        for (size_t i = 0; i < count; i++) {
            const training_document *d = &s->data->documents[documents[i]];
            plan->tokens += d->length;
            plan->targets += training_document_targets(d);
        }
    }
    plan->target_weight = (double)plan->targets;
    return DISTILL_OK;
}

static distill_status micro_batch(void *context, size_t index, distill_packed_batch *batch)
{
    sft *s = context;
    const size_t *documents;
    size_t count, at = 0;
    packing_bin(s->pack, index, &documents, &count);
    for (size_t i = 0; i < count; i++) {
        const training_document *d = &s->data->documents[documents[i]];
        memcpy(s->tokens + at, s->data->tokens.at + d->first, d->length * sizeof *s->tokens);
        for (size_t t = 0; t < d->length; t++)
            s->weights[at + t] = t >= d->prompt ? 1 : 0;
        s->lengths[i] = d->length;
        at += d->length;
    }
    *batch = (distill_packed_batch){.tokens = s->tokens,
                                    .count = at,
                                    .lengths = s->lengths,
                                    .documents = count,
                                    .weights = s->weights};
    return DISTILL_OK;
}

static distill_logits_loss loss(void *context)
{
    sft *s = context;
    return distill_decoder_cross_entropy(&s->loss);
}

distill_objective sft_objective(sft *objective)
{
    return (distill_objective){.name = "sft",
                               .begin_step = begin_step,
                               .micro_batch = micro_batch,
                               .loss = loss,
                               .context = objective};
}
