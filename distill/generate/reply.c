// distill/generate/reply.c - appends tokens, looks for stop strings, makes the completion.
//
// Stop strings are searched for only in the text that the last token has added, and the few bytes
// before it in which one may begin.
#include "distill/generate/reply.h"

#include <string.h>

enum { DECODE_FLAGS = DISTILL_SKIP_SPECIAL | DISTILL_SKIP_UNKNOWN };

void reply_begin(reply *r, const distill_request *request, const reply_rules *rules, size_t limit)
{
    r->request = *request;
    r->limit = limit;
    r->ids.count = 0;
    distill_text_clear(&r->text);
    // a reply continues its prompt: a leading space is part of it
    r->stream = (distill_detokenizer){.tok = rules->tok, .flags = DECODE_FLAGS, .begun = true};
    if (r->K != rules->sampling->logprobs) {
        r->K = rules->sampling->logprobs;
        r->capacity = 0; // the next reply_prepare allocates for this K
    }
}

void reply_free(reply *r)
{
    distill_ids_free(&r->ids);
    distill_free(r->logprobs);
    distill_free(r->topk_ids);
    distill_free(r->topk_logprobs);
    distill_text_free(&r->text);
}

size_t reply_length(const reply *r)
{
    return r->request.prompt_count + r->ids.count;
}

distill_status reply_prepare(reply *r, distill_sampler_top *top)
{
    distill_status status = DISTILL_OK;
    size_t n = r->ids.count, K = r->K;
    if (n == r->capacity) {
        size_t more = n < 128 ? 256 : 2 * n;
        TRY(distill_ids_append(&r->ids, 0)); // lists and text are not NULL even if they stay empty
        r->ids.count = n;
        TRY(distill_text_reserve(&r->text, 256));
        TRY(distill_grow((void **)&r->logprobs, n, more, sizeof *r->logprobs));
        TRY(distill_grow((void **)&r->topk_ids, n * K, more * K, sizeof *r->topk_ids));
        TRY(distill_grow((void **)&r->topk_logprobs, n * K, more * K, sizeof *r->topk_logprobs));
        r->capacity = more;
    }
    *top = (distill_sampler_top){r->topk_ids + n * K, r->topk_logprobs + n * K, K};
done:
    return status;
}

/// Start of the first stop string in the text, of which the last `fresh` bytes are new; SIZE_MAX if
/// there is none.
static size_t find_stop(const reply *r, const distill_sampling *sampling, size_t fresh)
{
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < sampling->stop_count; i++) {
        distill_span stop = distill_span_of(sampling->stop[i]);
        size_t known = r->text.length - fresh;
        size_t from = known >= stop.length ? known - stop.length + 1 : 0;
        size_t at = distill_span_find(distill_text_span(&r->text), stop, from);
        if (at < first)
            first = at;
    }
    return first;
}

static bool is_stop_id(const reply_rules *rules, int32_t id)
{
    for (size_t i = 0; i < rules->stop_id_count; i++)
        if (rules->stop_ids[i] == id)
            return true;
    return false;
}

static distill_status complete(reply *r, distill_completion *completion, const reply_rules *rules,
                               distill_finish finish, size_t sampled)
{
    distill_status status = DISTILL_OK;
    bool is_decoded = rules->sampling->stop_count > 0;
    for (size_t i = 0; rules->tok != NULL && !is_decoded && i < r->ids.count; i++)
        TRY(distill_detokenizer_push(&r->stream, &r->text, r->ids.at[i]));
    if (rules->tok != NULL)
        TRY(distill_detokenizer_end(&r->stream, &r->text));
    *completion = (distill_completion){.ids = r->ids.at,
                                       .logprobs = r->logprobs,
                                       .count = r->ids.count,
                                       .sampled = sampled,
                                       .text = distill_text_span(&r->text),
                                       .finish = finish,
                                       .topk_ids = r->topk_ids,
                                       .topk_logprobs = r->topk_logprobs,
                                       .K = r->K,
                                       .tag = r->request.tag};
done:
    return status;
}

/// Appends the text of a token. If that completes a stop string, the text is cut before it.
static distill_status append_text(reply *r, bool *stopped, const reply_rules *rules, int32_t id)
{
    distill_status status = DISTILL_OK;
    size_t known = r->text.length;
    TRY(distill_detokenizer_push(&r->stream, &r->text, id));
    size_t at = find_stop(r, rules->sampling, r->text.length - known);
    *stopped = at != SIZE_MAX;
    if (*stopped) {
        r->text.length = at;
        r->text.bytes[at] = '\0';
        r->stream.held_count = 0;
    }
done:
    return status;
}

distill_status reply_accept(reply *r, bool *finished, distill_completion *completion,
                            const reply_rules *rules, distill_draw draw)
{
    distill_status status = DISTILL_OK;
    bool stopped = false;
    *finished = true;
    if (draw.id < 0)
        return complete(r, completion, rules, DISTILL_FINISH_ERROR, r->ids.count);
    if (is_stop_id(rules, draw.id))
        return complete(r, completion, rules, DISTILL_FINISH_STOP, r->ids.count + 1);
    r->logprobs[r->ids.count] = draw.logprob;
    TRY(distill_ids_append(&r->ids, draw.id));
    if (rules->tok != NULL && rules->sampling->stop_count > 0)
        TRY(append_text(r, &stopped, rules, draw.id));
    if (stopped)
        return complete(r, completion, rules, DISTILL_FINISH_STOP, r->ids.count);
    if (r->ids.count >= r->limit)
        return complete(r, completion, rules, DISTILL_FINISH_LENGTH, r->ids.count);
    *finished = false;
done:
    return status;
}
