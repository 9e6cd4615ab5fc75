// student/sample_encoding.c - encodes prompt, reply and end of turn, one after the other.
#include "student/sample_encoding.h"

#include "distill/text/chat/think.h"

#include <string.h>

static const distill_render_options OPTIONS = {.add_generation_prompt = true};

void encoded_sample_free(encoded_sample *out)
{
    distill_ids_free(&out->ids);
    distill_text_free(&out->text);
}

/// What precedes the reply is written as distill-gen writes it.
static distill_status encode_prompt(encoded_sample *out, const data_sample *s,
                                    const sample_encoder *e)
{
    distill_status status = DISTILL_OK;
    const prompt_record record = {.prompt = distill_text_span(&s->prompt),
                                  .messages = distill_text_span(&s->messages),
                                  .extra = distill_text_span(&s->extra)};
    TRY(prompt_encode(&out->ids, e->style, e->tokenizer, &record));
    out->prompt = out->ids.count;
done:
    return status;
}

/// The text of sampled ids, as the sampler decodes them.
static distill_status decode_sampled(distill_text *out, const distill_tokenizer *tokenizer,
                                     const distill_ids *ids)
{
    distill_status status = DISTILL_OK;
    distill_detokenizer stream = {
        .tok = tokenizer, .flags = DISTILL_SKIP_SPECIAL | DISTILL_SKIP_UNKNOWN, .begun = true};
    distill_text_clear(out);
    for (size_t i = 0; i < ids->count; i++)
        TRY(distill_detokenizer_push(&stream, out, ids->at[i]));
    TRY(distill_detokenizer_end(&stream, out));
done:
    return status;
}

/// Splits the reply into the text of the sampled tokens and the `head` before it: the beginning of
/// the reply that the teacher's template or --think-prefix gave. False if the reply does not end
/// with that text, or if the student's template gives "<think>" and the sampled tokens hold some of
/// it.
static bool split_reply(distill_span *head, distill_span reply, distill_span sampled,
                        const distill_chat *chat)
{
    size_t opening = strlen(distill_chat_think_prefix(chat));
    if (sampled.length > reply.length)
        return false;
    *head = (distill_span){reply.bytes, reply.length - sampled.length};
    if (memcmp(reply.bytes + head->length, sampled.bytes, sampled.length) != 0)
        return false;
    return head->length >= opening || !distill_think_starts(reply);
}

static distill_status encode_reply(encoded_sample *out, const data_sample *s,
                                   const sample_encoder *e)
{
    distill_status status = DISTILL_OK;
    distill_span reply = distill_text_span(&s->response), head;
    out->sampled = false;
    if (s->reply_ids.count > 0) {
        TRY(decode_sampled(&out->text, e->tokenizer, &s->reply_ids));
        out->sampled = split_reply(&head, reply, distill_text_span(&out->text), e->chat);
    }
    if (!out->sampled)
        return distill_chat_encode_reply(&out->ids, e->chat, reply, s->complete);
    TRY(distill_chat_encode_reply(&out->ids, e->chat, head, false));
    TRY(distill_ids_append_all(&out->ids, s->reply_ids.at, s->reply_ids.count));
    int32_t end = distill_chat_end_of_turn(e->chat);
    if (s->complete && end >= 0)
        TRY(distill_ids_append(&out->ids, end));
done:
    return status;
}

distill_status sample_encode(encoded_sample *out, const data_sample *s, const sample_encoder *e)
{
    distill_status status = DISTILL_OK;
    out->ids.count = 0;
    TRY(encode_prompt(out, s, e));
    TRY(encode_reply(out, s, e));
    for (size_t i = 0; i < out->ids.count; i++)
        if (out->ids.at[i] < 0 || (size_t)out->ids.at[i] >= e->vocabulary)
            TRY(distill_fail(DISTILL_FORMAT,
                             "the tokenizer gives token %d, but the model has only %zu rows; do "
                             "--model and --tokenizer belong together?",
                             (int)out->ids.at[i], e->vocabulary));
done:
    return status;
}
