// datasets/filter/rules/reply_format.c - finds the tags of a reply in their order, and checks their
// number, their order and the text between them. The first fault found is reported.
#include "datasets/filter/rules/reply_format.h"

#include "distill/text/chat/think.h"

#include <string.h>

enum { MOST_TAGS = 16 };

typedef struct tag {
    distill_reply_tag kind;
    size_t begin, end;
} tag;

typedef struct tag_list {
    tag at[MOST_TAGS];
    size_t count; // of `at`: further tags are only counted, since so many are a fault anyway
    size_t counts[DISTILL_TAG_COUNT]; // of all tags
} tag_list;

/// The tags of the first `kinds` kinds.
static void find_tags(tag_list *tags, distill_span reply, size_t kinds)
{
    *tags = (tag_list){.count = 0};
    for (size_t at = 0; at < reply.length; at++) {
        const char *open = memchr(reply.bytes + at, '<', reply.length - at);
        if (open == NULL)
            break;
        at = (size_t)(open - reply.bytes);
        distill_reply_tag kind = DISTILL_TAG_COUNT;
        size_t length = distill_reply_tag_at(&kind, reply, at);
        if (length == 0 || (size_t)kind >= kinds)
            continue;
        tags->counts[kind]++;
        if (tags->count < MOST_TAGS)
            tags->at[tags->count++] = (tag){kind, at, at + length};
    }
}

static bool is_blank(distill_span reply, size_t begin, size_t end)
{
    return distill_span_trim((distill_span){reply.bytes + begin, end - begin}).length == 0;
}

/// Faults in the number and the order of a pair of tags.
static const char *pair_fault(const tag_list *tags, distill_reply_tag open)
{
    size_t opened = tags->counts[open], closed = tags->counts[open + 1], depth = 0;
    if (opened == 0)
        return "unopened";
    if (closed == 0)
        return "unclosed";
    bool begun = false;
    for (size_t i = 0; i < tags->count; i++) {
        distill_reply_tag kind = tags->at[i].kind;
        if (kind == open && depth++ > 0)
            return "nested";
        if (kind == open + 1 && depth == 0)
            return begun ? "repeated" : "wrong_order";
        if (kind == open + 1)
            depth--;
        begun |= kind == open;
    }
    return opened > 1 || closed > 1 ? "repeated" : NULL;
}

static const char *think_fault(const tag_list *tags, distill_span reply)
{
    const tag *open = &tags->at[0], *close = &tags->at[1];
    if (!is_blank(reply, 0, open->begin))
        return "text_before";
    if (is_blank(reply, open->end, close->begin))
        return "empty";
    return is_blank(reply, close->end, reply.length) ? "no_answer" : NULL;
}

static const char *answer_fault(const tag_list *tags, distill_span reply)
{
    const tag *at = tags->at;
    if (tags->counts[DISTILL_TAG_ANSWER_OPEN] == 0 && tags->counts[DISTILL_TAG_ANSWER_CLOSE] == 0)
        return "no_answer";
    const char *fault = pair_fault(tags, DISTILL_TAG_ANSWER_OPEN);
    if (fault != NULL)
        return fault;
    // now there are four tags, one of each kind
    if (at[0].kind != DISTILL_TAG_THINK_OPEN)
        return "wrong_order";
    if (at[1].kind != DISTILL_TAG_THINK_CLOSE)
        return "nested";
    if (!is_blank(reply, 0, at[0].begin))
        return "text_before";
    if (is_blank(reply, at[0].end, at[1].begin))
        return "empty";
    if (!is_blank(reply, at[1].end, at[2].begin))
        return "text_between";
    if (is_blank(reply, at[2].end, at[3].begin))
        return "no_answer";
    return is_blank(reply, at[3].end, reply.length) ? NULL : "text_after";
}

const char *reply_format_fault(reply_format format, distill_span reply)
{
    tag_list tags;
    if (format == REPLY_FORMAT_NONE)
        return NULL;
    find_tags(&tags, reply,
              format == REPLY_FORMAT_THINK ? DISTILL_TAG_ANSWER_OPEN : DISTILL_TAG_COUNT);
    if (tags.counts[DISTILL_TAG_THINK_OPEN] == 0 && tags.counts[DISTILL_TAG_THINK_CLOSE] == 0)
        return distill_think_has_variant(reply) ? "other_tag" : "missing";
    const char *fault = pair_fault(&tags, DISTILL_TAG_THINK_OPEN);
    if (fault != NULL)
        return fault;
    return format == REPLY_FORMAT_THINK ? think_fault(&tags, reply) : answer_fault(&tags, reply);
}

bool reply_is_empty(distill_span reply)
{
    for (reply = distill_span_trim(reply); reply.length > 0; reply = distill_span_trim(reply)) {
        size_t step = distill_reply_tag_at(NULL, reply, 0);
        if (step == 0)
            return false;
        reply = (distill_span){reply.bytes + step, reply.length - step};
    }
    return true;
}
