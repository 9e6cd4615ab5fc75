// distill/text/chat/think.c - the tags around the thought of a reply.
//
// Tags are found by substring search; nothing is validated, because replies come from models.
#include "distill/text/chat/think.h"

#include <string.h>
#include <strings.h>

static const char *const TAGS[DISTILL_TAG_COUNT] = {
    [DISTILL_TAG_THINK_OPEN] = DISTILL_THINK_OPEN,
    [DISTILL_TAG_THINK_CLOSE] = DISTILL_THINK_CLOSE,
    [DISTILL_TAG_ANSWER_OPEN] = DISTILL_ANSWER_OPEN,
    [DISTILL_TAG_ANSWER_CLOSE] = DISTILL_ANSWER_CLOSE,
};

size_t distill_reply_tag_at(distill_reply_tag *tag, distill_span text, size_t at)
{
    for (size_t i = 0; i < DISTILL_TAG_COUNT; i++) {
        size_t length = strlen(TAGS[i]);
        if (text.length - at < length || memcmp(text.bytes + at, TAGS[i], length) != 0)
            continue;
        if (tag != NULL)
            *tag = (distill_reply_tag)i;
        return length;
    }
    return 0;
}

/// The text after the last `mark`; the whole text if there is no mark.
static distill_span after_last(distill_span text, const char *mark)
{
    size_t at = distill_span_find_last(text, distill_span_of(mark));
    if (at == SIZE_MAX)
        return text;
    at += strlen(mark);
    return (distill_span){text.bytes + at, text.length - at};
}

bool distill_think_has_open(distill_span text)
{
    return distill_span_find(text, distill_span_of(DISTILL_THINK_OPEN), 0) != SIZE_MAX;
}

bool distill_think_has_close(distill_span text)
{
    return distill_span_find(text, distill_span_of(DISTILL_THINK_CLOSE), 0) != SIZE_MAX;
}

bool distill_think_starts(distill_span reply)
{
    distill_reply_tag tag = DISTILL_TAG_COUNT;
    return distill_reply_tag_at(&tag, reply, 0) > 0 && tag == DISTILL_TAG_THINK_OPEN;
}

bool distill_think_is_unfinished(distill_span reply)
{
    return distill_think_has_open(distill_think_answer(reply));
}

bool distill_think_is_never_closed(distill_span reply)
{
    return !distill_think_has_close(reply) && distill_think_has_open(reply);
}

distill_span distill_think_answer(distill_span reply)
{
    return after_last(reply, DISTILL_THINK_CLOSE);
}

void distill_think_split(distill_span *thought, distill_span *answer, distill_span reply)
{
    size_t close = distill_span_find(reply, distill_span_of(DISTILL_THINK_CLOSE), 0);
    *thought = (distill_span){"", 0};
    if (close != SIZE_MAX)
        *thought = after_last((distill_span){reply.bytes, close}, DISTILL_THINK_OPEN);
    *answer = distill_think_answer(reply);
}

distill_span distill_think_after_mark(distill_span reply)
{
    return after_last(reply, "<|end_of_thought|>");
}

bool distill_answer_part_find(distill_answer_part *out, distill_span text)
{
    size_t open = distill_span_find_last(text, distill_span_of(DISTILL_ANSWER_OPEN));
    if (open == SIZE_MAX)
        return false;
    size_t begin = open + strlen(DISTILL_ANSWER_OPEN);
    size_t close = distill_span_find(text, distill_span_of(DISTILL_ANSWER_CLOSE), begin);
    size_t end = close != SIZE_MAX ? close : text.length;
    *out = (distill_answer_part){{text.bytes + begin, end - begin}, begin, close != SIZE_MAX};
    return true;
}

bool distill_think_has_variant(distill_span reply)
{
    static const char *const VARIANTS[] = {
        DISTILL_THINK_OPEN, DISTILL_THINK_CLOSE,    "<thinking>",  "<thought>",
        "<reasoning>",      "<|begin_of_thought|>", "<reflection>"};
    for (size_t at = 0; at < reply.length; at++) {
        const char *open = memchr(reply.bytes + at, '<', reply.length - at);
        if (open == NULL)
            return false;
        at = (size_t)(open - reply.bytes);
        for (size_t i = 0; i < sizeof VARIANTS / sizeof *VARIANTS; i++) {
            size_t length = strlen(VARIANTS[i]);
            if (reply.length - at >= length && strncasecmp(open, VARIANTS[i], length) == 0)
                return true;
        }
    }
    return false;
}

/// The text without `open` at its beginning and `close` at its end, and white space around each.
static distill_span without_marks(distill_span text, const char *open, const char *close)
{
    distill_span begin = distill_span_of(open), end = distill_span_of(close);
    text = distill_span_trim(text);
    if (distill_span_starts(text, begin))
        text = (distill_span){text.bytes + begin.length, text.length - begin.length};
    if (text.length >= end.length &&
        memcmp(text.bytes + text.length - end.length, end.bytes, end.length) == 0)
        text.length -= end.length;
    return distill_span_trim(text);
}

distill_status distill_think_standardise(distill_text *reply)
{
    static const char *const MARKS[][2] = {{"<|begin_of_thought|>", "<|end_of_thought|>"},
                                           {"[THINK]", "[/THINK]"},
                                           {"◁think▷", "◁/think▷"},
                                           {"<seed:think>", "</seed:think>"}};
    distill_status status = DISTILL_OK;
    distill_text out = {0};
    distill_span text = distill_span_trim(distill_text_span(reply));
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        distill_span open = distill_span_of(MARKS[i][0]), close = distill_span_of(MARKS[i][1]);
        if (!distill_span_starts(text, open))
            continue;
        size_t end = distill_span_find(text, close, open.length);
        distill_span thought = {text.bytes + open.length,
                                (end != SIZE_MAX ? end : text.length) - open.length};
        if (end == SIZE_MAX) { // cut within the thought
            TRY(distill_text_add(&out, DISTILL_THINK_BEGIN));
            TRY(distill_text_add_span(&out, distill_span_trim(thought)));
        } else {
            distill_span rest = {text.bytes + end + close.length, text.length - end - close.length};
            TRY(distill_think_write(&out, distill_span_trim(thought)));
            TRY(distill_text_add_span(
                &out, without_marks(rest, "<|begin_of_solution|>", "<|end_of_solution|>")));
        }
        distill_text_clear(reply);
        TRY(distill_text_add_span(reply, distill_text_span(&out)));
        break;
    }
done:
    distill_text_free(&out);
    return status;
}

distill_status distill_think_write(distill_text *out, distill_span thought)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, DISTILL_THINK_BEGIN));
    TRY(distill_text_add_span(out, thought));
    TRY(distill_text_add(out, DISTILL_THINK_END));
done:
    return status;
}
