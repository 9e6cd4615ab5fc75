// datasets/traces/trace_frame.c - record to bytes and back.
#include "datasets/traces/trace_frame.h"

#include <string.h>

enum { TEXTS = 9, HAS_TOKENS = 1, HAS_LOGPROBS = 2, HAS_TOPK = 4, HAS_VERDICT = 8 };

/// The fixed part; arrays follow it first (they keep their alignment of 8), then the texts.
typedef struct frame_head {
    uint64_t order;
    uint64_t token_count, topk;
    uint64_t lengths[TEXTS];
    int32_t sample, prompt_tokens, response_tokens;
    uint8_t finish, flags, reason;
    int8_t correct;
} frame_head;

_Static_assert(sizeof(frame_head) == 112, "the head has no padding");

typedef struct frame_part {
    const void *bytes;
    size_t length;
} frame_part;

static size_t padded(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

static void fill_head(frame_head *head, const trace_record *record, uint64_t order)
{
    *head = (frame_head){
        .order = order,
        .token_count = record->token_ids != NULL ? record->token_count : 0,
        .lengths = {record->id.length, record->prompt.length, record->response.length,
                    record->answer.length, record->domain.length, record->language.length,
                    record->extracted.length, record->error.length, record->tests.length},
        .sample = record->sample,
        .prompt_tokens = record->prompt_tokens,
        .response_tokens = record->response_tokens,
        .finish = (uint8_t)record->finish,
        .correct = record->correct,
        .reason = (uint8_t)record->reason,
    };
    if (record->token_ids != NULL)
        head->flags |= HAS_TOKENS;
    if (record->token_ids != NULL && record->logprobs != NULL)
        head->flags |= HAS_LOGPROBS;
    if (record->token_ids != NULL && record->topk > 0 && record->topk_ids != NULL &&
        record->topk_logprobs != NULL) {
        head->flags |= HAS_TOPK;
        head->topk = record->topk;
    }
    if (record->has_verdict)
        head->flags |= HAS_VERDICT;
}

distill_status trace_frame_encode(distill_text *out, const trace_record *record, uint64_t order)
{
    distill_status status = DISTILL_OK;
    static const char zeros[8] = {0};
    frame_head head;
    fill_head(&head, record, order);
    size_t n = head.token_count, k = head.topk;
    const frame_part parts[] = {
        {&head, sizeof head},
        {record->token_ids, 4 * n},
        {record->logprobs, (head.flags & HAS_LOGPROBS) != 0 ? 4 * n : 0},
        {record->topk_ids, 4 * n * k},
        {record->topk_logprobs, 2 * n * k},
        {record->id.bytes, record->id.length},
        {record->prompt.bytes, record->prompt.length},
        {record->response.bytes, record->response.length},
        {record->answer.bytes, record->answer.length},
        {record->domain.bytes, record->domain.length},
        {record->language.bytes, record->language.length},
        {record->extracted.bytes, record->extracted.length},
        {record->error.bytes, record->error.length},
        {record->tests.bytes, record->tests.length},
    };
    distill_text_clear(out);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        TRY(distill_text_append(out, parts[i].bytes, parts[i].length));
        TRY(distill_text_append(out, zeros, padded(parts[i].length) - parts[i].length));
    }
done:
    return status;
}

/// Takes `length` bytes (and their padding) off the front of `rest`; NULL if there are fewer.
static const void *take(distill_span *rest, uint64_t length)
{
    const char *bytes = rest->bytes;
    if (length > rest->length || padded(length) > rest->length)
        return NULL;
    rest->bytes += padded(length);
    rest->length -= padded(length);
    return bytes;
}

static bool take_arrays(distill_span *rest, const frame_head *head, trace_record *record)
{
    uint64_t n = head->token_count, k = head->topk;
    if (n > rest->length || k > 4096)
        return false;
    if ((head->flags & HAS_TOKENS) == 0)
        return n == 0;
    record->token_count = n;
    record->token_ids = take(rest, 4 * n);
    if (record->token_ids == NULL)
        return false;
    if ((head->flags & HAS_LOGPROBS) != 0 && (record->logprobs = take(rest, 4 * n)) == NULL)
        return false;
    if ((head->flags & HAS_TOPK) == 0)
        return true;
    record->topk = k;
    record->topk_ids = take(rest, 4 * n * k);
    record->topk_logprobs = take(rest, 2 * n * k);
    return record->topk_ids != NULL && record->topk_logprobs != NULL;
}

distill_status trace_frame_decode(trace_record *record, uint64_t *order, distill_span frame)
{
    frame_head head;
    distill_span rest = frame;
    const void *first = take(&rest, sizeof head);
    *record = (trace_record){.id = {"", 0}};
    if (first == NULL)
        return distill_fail(DISTILL_FORMAT, "a trace of %zu bytes is too short", frame.length);
    memcpy(&head, first, sizeof head);
    if (!take_arrays(&rest, &head, record))
        return distill_fail(DISTILL_FORMAT, "the arrays of a trace do not fit in it");
    distill_span *const texts[TEXTS] = {&record->id,        &record->prompt, &record->response,
                                        &record->answer,    &record->domain, &record->language,
                                        &record->extracted, &record->error,  &record->tests};
    for (size_t i = 0; i < TEXTS; i++) {
        *texts[i] = (distill_span){take(&rest, head.lengths[i]), head.lengths[i]};
        if (texts[i]->bytes == NULL)
            return distill_fail(DISTILL_FORMAT, "the texts of a trace do not fit in it");
    }
    if (rest.length != 0 || head.finish > TRACE_FINISH_ERROR)
        return distill_fail(DISTILL_FORMAT, "a trace with bytes left over");
    *order = head.order;
    record->sample = head.sample;
    record->prompt_tokens = head.prompt_tokens;
    record->response_tokens = head.response_tokens;
    record->finish = (trace_finish)head.finish;
    record->has_verdict = (head.flags & HAS_VERDICT) != 0;
    record->correct = head.correct;
    record->reason = (trace_reason)head.reason;
    return DISTILL_OK;
}
