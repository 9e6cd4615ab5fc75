// student/sample_encoding.c - encodes prompt, reply and end of turn, one after the other, for each
// turn that is learned.
#include "student/sample_encoding.h"

#include "distill/base/memory.h"
#include "distill/text/chat/think.h"
#include "student/training_reading.h"

#include <string.h>

void encoded_sample_free(encoded_sample *out)
{
    distill_ids_free(&out->ids);
    distill_ids_free(&out->turn);
    distill_free(out->ends);
    distill_text_free(&out->text);
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

/// Appends the ids of the reply to out->turn.
static distill_status encode_reply(encoded_sample *out, const data_sample *s,
                                   const sample_encoder *e)
{
    distill_status status = DISTILL_OK;
    distill_span reply = distill_text_span(&s->response), head;
    distill_ids *ids = &out->turn;
    out->sampled = false;
    if (s->reply_ids.count > 0) {
        TRY(decode_sampled(&out->text, e->tokenizer, &s->reply_ids));
        out->sampled = split_reply(&head, reply, distill_text_span(&out->text), e->chat);
    }
    if (!out->sampled)
        return distill_chat_encode_reply(ids, e->chat, reply, s->complete);
    TRY(distill_chat_encode_reply(ids, e->chat, head, false));
    TRY(distill_ids_append_all(ids, s->reply_ids.at, s->reply_ids.count));
    int32_t end = distill_chat_end_of_turn(e->chat);
    if (s->complete && end >= 0)
        TRY(distill_ids_append(ids, end));
done:
    return status;
}

/// Checks the ids of out->turn and marks those that are learned: all from `first` on.
static distill_status mark_learned(encoded_sample *out, size_t first, const sample_encoder *e)
{
    int32_t *at = out->turn.at;
    for (size_t i = 0; i < out->turn.count; i++) {
        if (at[i] < 0 || (size_t)at[i] >= e->vocabulary)
            return distill_fail(DISTILL_FORMAT,
                                "the tokenizer gives token %d, but the model has only %zu rows; do "
                                "--model and --tokenizer belong together?",
                                (int)at[i], e->vocabulary);
        if (e->learns_prompt || i >= first)
            at[i] |= TRAINING_LEARNED;
    }
    return DISTILL_OK;
}

/// The document at out->ids from `begin` on is the beginning of out->turn.
static bool continues(const encoded_sample *out, size_t begin)
{
    size_t length = out->ids.count - begin;
    if (length == 0 || length > out->turn.count)
        return false;
    for (size_t i = 0; i < length; i++)
        if (((out->ids.at[begin + i] ^ out->turn.at[i]) & ~TRAINING_LEARNED) != 0)
            return false;
    return true;
}

/// Appends out->turn: to the last document, if that is its beginning, else as a new one.
static distill_status append_turn(encoded_sample *out)
{
    distill_status status = DISTILL_OK;
    size_t begin = out->documents > 1 ? out->ends[out->documents - 2] : 0;
    if (out->documents > 0 && continues(out, begin)) {
        size_t length = out->ids.count - begin;
        TRY(distill_ids_append_all(&out->ids, out->turn.at + length, out->turn.count - length));
        out->ends[out->documents - 1] = out->ids.count;
        goto done;
    }
    if (out->documents == out->end_capacity) {
        size_t larger = out->end_capacity == 0 ? 4 : 2 * out->end_capacity;
        TRY(distill_grow((void **)&out->ends, out->end_capacity, larger, sizeof *out->ends));
        out->end_capacity = larger;
    }
    TRY(distill_ids_append_all(&out->ids, out->turn.at, out->turn.count));
    out->ends[out->documents++] = out->ids.count;
done:
    return status;
}

/// Encodes an earlier turn of the assistant, after the messages before it.
static distill_status encode_earlier(encoded_sample *out, const prompt_conversation *c,
                                     size_t index, const sample_encoder *e)
{
    distill_status status = DISTILL_OK;
    out->turn.count = 0;
    TRY(distill_chat_encode_prompt(&out->turn, e->chat, c->messages, index, &c->options));
    size_t prompt = out->turn.count;
    distill_text_clear(&out->text);
    TRY(message_add_reply(&out->text, &c->messages[index]));
    TRY(distill_chat_encode_reply(&out->turn, e->chat, distill_text_span(&out->text), true));
    TRY(mark_learned(out, prompt, e));
    TRY(append_turn(out));
    out->turns++;
done:
    return status;
}

static distill_status encode_earlier_turns(encoded_sample *out, const prompt_record *record,
                                           const sample_encoder *e)
{
    distill_status status = DISTILL_OK;
    prompt_conversation c = {.count = 0};
    TRY(prompt_conversation_make(&c, e->style, record));
    for (size_t i = 1; i < c.count; i++)
        if (distill_span_is(c.messages[i].role, "assistant"))
            TRY(encode_earlier(out, &c, i, e));
done:
    prompt_conversation_free(&c);
    return status;
}

distill_status sample_encode(encoded_sample *out, const data_sample *s, const sample_encoder *e)
{
    distill_status status = DISTILL_OK;
    const prompt_record record = {.prompt = distill_text_span(&s->prompt),
                                  .messages = distill_text_span(&s->messages),
                                  .extra = distill_text_span(&s->extra)};
    out->ids.count = out->documents = out->turns = 0;
    if (e->all_turns && s->messages.length > 0)
        TRY(encode_earlier_turns(out, &record, e));
    out->turn.count = 0;
    TRY(prompt_encode(&out->turn, e->style, e->tokenizer, &record));
    size_t prompt = out->turn.count;
    TRY(encode_reply(out, s, e));
    TRY(mark_learned(out, prompt, e));
    TRY(append_turn(out));
done:
    return status;
}
