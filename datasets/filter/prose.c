// datasets/filter/prose.c - one pass over the bytes; what opens and never closes is prose.
#include "datasets/filter/prose.h"

#include "datasets/filter/byte_scan.h"

#include <string.h>

/// What is no prose: from `open` to `close`; some may not go on past a blank line.
typedef struct part {
    const char *open, *close;
    size_t length; // of each
    bool in_paragraph;
} part;

enum { FENCE, PARTS = 6 };
static const part KINDS[PARTS] = {
    {"```", "```", 3, false}, {"`", "`", 1, true},      {"$$", "$$", 2, false},
    {"$", "$", 1, true},      {"\\[", "\\]", 2, false}, {"\\(", "\\)", 2, false},
};

typedef struct scan {
    distill_span text;
    bool exhausted[PARTS]; // no further `close` in the text: it is not looked for again
} scan;

static bool starts(distill_span text, size_t at, const char *what)
{
    size_t length = strlen(what);
    return text.length - at >= length && memcmp(text.bytes + at, what, length) == 0;
}

static size_t find(distill_span text, const char *what, size_t from)
{
    return distill_span_find(text, distill_span_of(what), from);
}

/// Is `at` the first thing in its line, spaces aside?
static bool begins_line(distill_span text, size_t at)
{
    while (at > 0 && (text.bytes[at - 1] == ' ' || text.bytes[at - 1] == '\t'))
        at--;
    return at == 0 || text.bytes[at - 1] == '\n';
}

/// End of the part of the given kind that opens at `at`; `at` if it does not close.
static size_t part_end(scan *s, size_t kind, size_t at)
{
    size_t length = KINDS[kind].length, from = at + length;
    size_t end = s->exhausted[kind]
                     ? SIZE_MAX
                     : distill_span_find(s->text, (distill_span){KINDS[kind].close, length}, from);
    if (end == SIZE_MAX) {
        s->exhausted[kind] = true;
        return kind == FENCE ? s->text.length : at; // an open fence goes on to the end
    }
    if (KINDS[kind].in_paragraph && distill_span_find((distill_span){s->text.bytes, end},
                                                      (distill_span){"\n\n", 2}, from) != SIZE_MAX)
        return at;
    return end + length;
}

static size_t tag_end(distill_span text, size_t at)
{
    static const char *const tags[] = {"<think>", "</think>", "<answer>", "</answer>"};
    for (size_t i = 0; i < 4; i++)
        if (starts(text, at, tags[i]))
            return at + strlen(tags[i]);
    return at;
}

/// End of what is to be left out at `at`; `at` if that is prose.
static size_t skip_at(scan *s, size_t at)
{
    distill_span text = s->text;
    if (text.bytes[at] == '<')
        return tag_end(text, at);
    if (strchr("`$\\", text.bytes[at]) == NULL || text.bytes[at] == '\0')
        return at;
    for (size_t kind = 0; kind < PARTS; kind++)
        if (text.bytes[at] == KINDS[kind].open[0] && starts(text, at, KINDS[kind].open) &&
            (kind != FENCE || begins_line(text, at)))
            return part_end(s, kind, at);
    size_t end = at + 1; // the name of a LaTeX command
    while (end < text.length && (text.bytes[end] | 32) >= 'a' && (text.bytes[end] | 32) <= 'z')
        end++;
    return end;
}

/// First place from `at` on where something to be left out could begin.
SCAN_HOT static size_t next_special(distill_span text, size_t at)
{
    char tail[SCAN_BYTES];
    for (; at < text.length; at += SCAN_BYTES) {
        uint64_t special = byte_mask_any(scan_bytes(text, at, tail, ' '), "`$\\<");
        if (special != 0)
            return at + (size_t)__builtin_ctzll(special);
    }
    return text.length;
}

distill_status prose_extract(distill_text *out, distill_span text)
{
    distill_status status = DISTILL_OK;
    scan s = {.text = text};
    size_t plain = 0; // prose from here on is still to be copied
    distill_text_clear(out);
    TRY(distill_text_reserve(out, text.length + 1));
    for (size_t at = next_special(text, 0); at < text.length;) {
        size_t end = skip_at(&s, at);
        if (end > at) {
            TRY(distill_text_append(out, text.bytes + plain, at - plain));
            TRY(distill_text_add_char(out, ' '));
            plain = end;
        }
        at = next_special(text, end > at ? end : at + 1);
    }
    TRY(distill_text_append(out, text.bytes + plain, text.length - plain));
done:
    return status;
}

bool prose_has_code_block(distill_span text)
{
    static const char *const fences[] = {"```", "~~~"};
    for (size_t i = 0; i < 2; i++)
        for (size_t at = 0; (at = find(text, fences[i], at)) != SIZE_MAX; at += 3)
            if (begins_line(text, at))
                return true;
    return false;
}
