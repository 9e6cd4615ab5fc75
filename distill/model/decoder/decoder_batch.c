// distill/model/decoder/decoder_batch.c - a packed batch, checked, and described row by row.
#include "distill/model/decoder/decoder_state.h"
#include "distill/tensor/rope.h"

#include <math.h>

distill_status distill_decoder_check(const distill_decoder *decoder,
                                     const distill_packed_batch *batch)
{
    size_t V = decoder->layout->config.V, most = decoder->plan.max_tokens, sum = 0;
    if (batch->count > most || batch->documents > most)
        return distill_fail(DISTILL_LIMIT,
                            "a batch of %zu tokens in %zu documents is larger than the plan of "
                            "%zu tokens",
                            batch->count, batch->documents, most);
    for (size_t d = 0; d < batch->documents; d++) {
        if (batch->lengths[d] > batch->count - sum)
            return distill_fail(DISTILL_FORMAT,
                                "document %zu ends after the batch's %zu tokens: the lengths do "
                                "not add up",
                                d, batch->count);
        sum += batch->lengths[d];
    }
    if (sum != batch->count)
        return distill_fail(DISTILL_FORMAT, "the documents' lengths add up to %zu, not to %zu", sum,
                            batch->count);
    for (size_t t = 0; t < batch->count; t++)
        if (batch->tokens[t] < 0 || (size_t)batch->tokens[t] >= V)
            return distill_fail(DISTILL_FORMAT,
                                "token %zu of the batch is %d, outside the vocabulary of %zu; does "
                                "the tokenizer belong to this model?",
                                t, (int)batch->tokens[t], V);
    return DISTILL_OK;
}

/// Fills starts, positions, targets, weights and the rotary tables.
static void describe_batch(distill_decoder *s, const distill_packed_batch *batch)
{
    const distill_config *c = &s->layout->config;
    size_t t = 0, longest = 0, half = c->Dh / 2;
    s->N = batch->count;
    for (size_t d = 0; d < batch->documents; d++) {
        size_t length = batch->lengths[d];
        s->starts[d] = t;
        longest = length > longest ? length : longest;
        for (size_t i = 0; i < length; i++, t++) {
            bool ends = i + 1 == length;
            s->positions[t] = (int32_t)i;
            s->targets[t] = ends ? -1 : batch->tokens[t + 1];
            s->weights[t] = ends ? 0.0f : batch->weights != NULL ? batch->weights[t + 1] : 1.0f;
        }
    }
    s->starts[batch->documents] = t;
    if (longest > s->longest) {
        distill_rope_table(s->cosine + s->longest * half, s->sine + s->longest * half, &c->rope,
                           c->Dh, s->longest, longest - s->longest);
        s->longest = longest;
    }
}

distill_status decoder_begin(distill_decoder *s, const distill_packed_batch *batch)
{
    distill_status status = DISTILL_OK;
    TRY(distill_decoder_check(s, batch));
    describe_batch(s, batch);
done:
    return status;
}

distill_attention_batch decoder_attention_batch(const distill_decoder *s, size_t documents,
                                                size_t l)
{
    const distill_config *c = &s->layout->config;
    return (distill_attention_batch){.starts = s->starts,
                                     .documents = documents,
                                     .H = c->H,
                                     .Hkv = c->Hkv,
                                     .Dh = c->Dh,
                                     .window = l >= c->window_first ? c->window : 0,
                                     .scale = (float)(1.0 / sqrt((double)c->Dh))};
}

const float *distill_decoder_hidden(const distill_decoder *decoder)
{
    return decoder->hidden;
}
