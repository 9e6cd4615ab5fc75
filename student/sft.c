// student/sft.c - documents of a step, packed into micro-batches of tokens, weights and lengths.
#include "student/sft.h"

#include "distill/base/memory.h"

#include <string.h>

struct sft {
    const training_data *data;
    uint32_t *lengths;                // [data->count]
    distill_document_source *sources; // [data->source_count]
    distill_batching *batching;
    distill_packing *packing;
    distill_cross_entropy_loss loss;
    // the current micro-batch, of at most packing.tokens tokens
    int32_t *tokens;
    float *weights;
    size_t *document_lengths; // a document has at least one token
};

/// The data as batching takes them.
static distill_status describe(distill_document_set *out, sft *s)
{
    distill_status status = DISTILL_OK;
    const training_data *data = s->data;
    TRY(DISTILL_NEW(&s->lengths, data->count));
    TRY(DISTILL_NEW(&s->sources, data->source_count));
    for (size_t i = 0; i < data->count; i++)
        s->lengths[i] = data->documents[i].length;
    for (size_t i = 0; i < data->source_count; i++) {
        const training_source *source = &data->sources[i];
        s->sources[i] = (distill_document_source){source->first, source->count, source->weight};
    }
    *out = (distill_document_set){s->lengths, data->count, s->sources, data->source_count};
done:
    return status;
}

distill_status sft_create(sft **out, const training_data *data, const sft_settings *settings)
{
    distill_status status = DISTILL_OK;
    sft *s = NULL;
    distill_document_set set;
    const size_t most = settings->packing.tokens;
    *out = NULL;
    TRY(DISTILL_NEW(&s, 1));
    s->data = data;
    TRY(describe(&set, s));
    TRY(distill_batching_create(&s->batching, &set, &settings->batching));
    TRY(distill_packing_create(&s->packing, distill_batching_most_documents(s->batching),
                               &settings->packing));
    TRY(DISTILL_NEW(&s->tokens, most));
    TRY(DISTILL_NEW(&s->weights, most));
    TRY(DISTILL_NEW(&s->document_lengths, most));
    *out = s;
    s = NULL;
done:
    sft_free(s);
    return status;
}

void sft_free(sft *s)
{
    if (s == NULL)
        return;
    distill_free(s->document_lengths);
    distill_free(s->weights);
    distill_free(s->tokens);
    distill_packing_free(s->packing);
    distill_batching_free(s->batching);
    distill_free(s->sources);
    distill_free(s->lengths);
    distill_free(s);
}

static distill_status begin_step(void *context, uint64_t step, distill_step_plan *plan)
{
    sft *s = context;
    const size_t *documents;
    size_t count;
    distill_batching_step(s->batching, step, &documents, &count);
    distill_packing_fill(s->packing, s->lengths, documents, count);
    *plan = (distill_step_plan){.micro_batches = distill_packing_bins(s->packing),
                                .epoch = (double)step / (double)sft_epoch_steps(s)};
    for (size_t i = 0; i < count; i++) {
        const training_document *d = &s->data->documents[documents[i]];
        plan->tokens += d->length;
        plan->targets += d->targets;
    }
    plan->target_weight = (double)plan->targets;
    return DISTILL_OK;
}

/// Copies tokens and weights of a document to place `at` of the micro-batch.
/// Errors  FORMAT for an id that the model has no row for: the file of the tokens is damaged.
static distill_status copy_document(sft *s, size_t at, const training_document *d)
{
    const int32_t *tokens = s->data->tokens.at + d->first;
    size_t vocabulary = s->data->vocabulary;
    for (size_t t = 0; t < d->length; t++) {
        int32_t id = tokens[t] & ~TRAINING_LEARNED;
        if (vocabulary > 0 && (id < 0 || (size_t)id >= vocabulary))
            return distill_fail(DISTILL_FORMAT,
                                "%s: damaged: token id %d of %zu; remove this file, and the next "
                                "start makes it again",
                                s->data->tokens.path != NULL ? s->data->tokens.path : "token ids",
                                (int)id, vocabulary);
        s->tokens[at + t] = id;
        s->weights[at + t] = (tokens[t] & TRAINING_LEARNED) != 0 ? 1.0f : 0.0f;
    }
    return DISTILL_OK;
}

static distill_status micro_batch(void *context, size_t index, distill_packed_batch *batch)
{
    distill_status status = DISTILL_OK;
    sft *s = context;
    const size_t *documents;
    size_t count, at = 0;
    distill_packing_bin(s->packing, index, &documents, &count);
    for (size_t i = 0; i < count; i++) {
        const training_document *d = &s->data->documents[documents[i]];
        TRY(copy_document(s, at, d));
        s->document_lengths[i] = d->length;
        at += d->length;
    }
    *batch = (distill_packed_batch){.tokens = s->tokens,
                                    .count = at,
                                    .lengths = s->document_lengths,
                                    .documents = count,
                                    .weights = s->weights};
done:
    return status;
}

static distill_logits_loss loss(void *context)
{
    sft *s = context;
    return distill_decoder_cross_entropy(&s->loss);
}

distill_objective sft_objective(sft *s)
{
    return (distill_objective){.name = "sft",
                               .begin_step = begin_step,
                               .micro_batch = micro_batch,
                               .loss = loss,
                               .context = s};
}

size_t sft_epoch_steps(const sft *s)
{
    return distill_batching_steps(s->batching);
}

size_t sft_epoch_documents(const sft *s)
{
    return distill_batching_documents(s->batching);
}
