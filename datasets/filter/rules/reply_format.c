// datasets/filter/rules/reply_format.c - tags in order of appearance, and what stands between them.
#include "datasets/filter/rules/reply_format.h"

#include <string.h>
#include <strings.h>

typedef enum tag_kind { THINK_OPEN, THINK_CLOSE, ANSWER_OPEN, ANSWER_CLOSE, TAG_KINDS } tag_kind;

static const char *const TAGS[TAG_KINDS] = {"<think>", "</think>", "<answer>", "</answer>"};

enum { MOST_TAGS = 16 };

typedef struct tag {
    tag_kind kind;
    size_t begin, end;
} tag;

typedef struct tag_list {
    tag at[MOST_TAGS];
    size_t count;             // more than MOST_TAGS are not kept: that many are repeated anyway
    size_t counts[TAG_KINDS]; // of all
} tag_list;

static void find_tags(tag_list *tags, distill_span reply, size_t kinds)
{
    *tags = (tag_list){.count = 0};
    for (size_t at = 0; at < reply.length; at++) {
        const char *open = memchr(reply.bytes + at, '<', reply.length - at);
        if (open == NULL)
            break;
        at = (size_t)(open - reply.bytes);
        for (size_t kind = 0; kind < kinds; kind++) {
            size_t length = strlen(TAGS[kind]);
            if (reply.length - at < length || memcmp(open, TAGS[kind], length) != 0)
                continue;
            tags->counts[kind]++;
            if (tags->count < MOST_TAGS)
                tags->at[tags->count++] = (tag){(tag_kind)kind, at, at + length};
        }
    }
}

static bool is_blank(distill_span reply, size_t begin, size_t end)
{
    return distill_span_trim((distill_span){reply.bytes + begin, end - begin}).length == 0;
}

/// Does the reply hold a tag that somebody could have meant as <think>?
static bool has_other_tag(distill_span reply)
{
    static const char *const others[] = {"<think>",     "</think>",    "<thinking>",
                                         "<thought>",   "<reasoning>", "<|begin_of_thought|>",
                                         "<reflection>"};
    for (size_t at = 0; at < reply.length; at++) {
        if (reply.bytes[at] != '<')
            continue;
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            size_t length = strlen(others[i]);
            if (reply.length - at >= length &&
                strncasecmp(reply.bytes + at, others[i], length) == 0)
                return true;
        }
    }
    return false;
}

/// Faults that show in how often the tags of a pair occur, and in which order: open, close.
static const char *pair_fault(const tag_list *tags, tag_kind open)
{
    size_t opened = tags->counts[open], closed = tags->counts[open + 1], depth = 0;
    if (opened == 0)
        return "unopened";
    if (closed == 0)
        return "unclosed";
    bool begun = false;
    for (size_t i = 0; i < tags->count; i++) {
        tag_kind kind = tags->at[i].kind;
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
    if (tags->counts[ANSWER_OPEN] == 0 && tags->counts[ANSWER_CLOSE] == 0)
        return "no_answer";
    const char *fault = pair_fault(tags, ANSWER_OPEN);
    if (fault != NULL)
        return fault;
    // one of each kind: four tags, in some order
    if (at[0].kind != THINK_OPEN)
        return "wrong_order";
    if (at[1].kind != THINK_CLOSE)
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
    find_tags(&tags, reply, format == REPLY_FORMAT_THINK ? ANSWER_OPEN : TAG_KINDS);
    if (tags.counts[THINK_OPEN] == 0 && tags.counts[THINK_CLOSE] == 0)
        return has_other_tag(reply) ? "other_tag" : "missing";
    const char *fault = pair_fault(&tags, THINK_OPEN);
    if (fault != NULL)
        return fault;
    return format == REPLY_FORMAT_THINK ? think_fault(&tags, reply) : answer_fault(&tags, reply);
}

bool reply_is_empty(distill_span reply)
{
    for (reply = distill_span_trim(reply); reply.length > 0; reply = distill_span_trim(reply)) {
        size_t step = 0;
        for (size_t kind = 0; kind < TAG_KINDS; kind++)
            if (reply.length >= strlen(TAGS[kind]) &&
                memcmp(reply.bytes, TAGS[kind], strlen(TAGS[kind])) == 0)
                step = strlen(TAGS[kind]);
        if (step == 0)
            return false;
        reply = (distill_span){reply.bytes + step, reply.length - step};
    }
    return true;
}
