// datasets/filter/rules/prose.c - one pass over the bytes: skips to the next byte that may open
// code, a formula, a command or a tag, 64 bytes at a time. A closing mark that was not found is not
// searched again, so that the time is linear.
#include "datasets/filter/rules/prose.h"

#include "datasets/filter/rules/byte_scan.h"
#include "distill/text/chat/think.h"

#include <string.h>

/// Code or a formula: from `open` to `close`, for some kinds within a paragraph.
typedef struct part {
    const char *open, *close;
    size_t length;     // of each
    bool in_paragraph; // ends at a blank line
} part;

enum { FENCE, PARTS = 6 };
static const part KINDS[PARTS] = {
    {"```", "```", 3, false}, {"`", "`", 1, true},      {"$$", "$$", 2, false},
    {"$", "$", 1, true},      {"\\[", "\\]", 2, false}, {"\\(", "\\)", 2, false},
};

typedef struct scan {
    distill_span text;
    bool exhausted[PARTS]; // no `close` follows in the text
} scan;

static inline bool opens(distill_span text, size_t at, const part *kind)
{
    for (size_t i = 0; i < kind->length; i++) // one to three bytes
        if (at + i >= text.length || text.bytes[at + i] != kind->open[i])
            return false;
    return true;
}

static size_t find(distill_span text, const char *what, size_t from)
{
    return distill_span_find(text, distill_span_of(what), from);
}

/// True if only spaces precede `at` in its line.
static bool begins_line(distill_span text, size_t at)
{
    while (at > 0 && (text.bytes[at - 1] == ' ' || text.bytes[at - 1] == '\t'))
        at--;
    return at == 0 || text.bytes[at - 1] == '\n';
}

/// The first `pair` at or after `at`; SIZE_MAX if there is none.
static size_t find_pair(distill_span text, const char pair[2], size_t at)
{
    for (; text.length - at > SCAN_BYTES; at += SCAN_BYTES) {
        uint64_t both =
            byte_mask_any(text.bytes + at, (char[4]){pair[0], pair[0], pair[0], pair[0]}) &
            byte_mask_any(text.bytes + at + 1, (char[4]){pair[1], pair[1], pair[1], pair[1]});
        if (both != 0)
            return at + (size_t)__builtin_ctzll(both);
    }
    return distill_span_find(text, (distill_span){pair, 2}, at);
}

/// The first `close` or blank line at or after `at`; SIZE_MAX if there is neither.
static size_t find_in_paragraph(distill_span text, char close, size_t at)
{
    const char sought[4] = {close, close, '\n', '\n'};
    char tail[SCAN_BYTES];
    for (; at < text.length; at += SCAN_BYTES) {
        uint64_t found = byte_mask_any(scan_bytes(text, at, tail, ' '), sought);
        for (; found != 0; found &= found - 1) {
            size_t place = at + (size_t)__builtin_ctzll(found);
            if (text.bytes[place] == close ||
                (place + 1 < text.length && text.bytes[place + 1] == '\n'))
                return place;
        }
    }
    return SIZE_MAX;
}

/// End of the part of the given kind that opens at `at`; `at` if it does not close.
static size_t part_end(scan *s, size_t kind, size_t at)
{
    const part *k = &KINDS[kind];
    size_t from = at + k->length, end = SIZE_MAX;
    if (s->exhausted[kind])
        end = SIZE_MAX;
    else if (k->in_paragraph)
        end = find_in_paragraph(s->text, k->close[0], from);
    else if (k->length == 2)
        end = find_pair(s->text, k->close, from);
    else
        end = distill_span_find(s->text, (distill_span){k->close, k->length}, from);
    if (end == SIZE_MAX) {
        s->exhausted[kind] = true;
        return kind == FENCE ? s->text.length : at; // an open fence ends with the text
    }
    return s->text.bytes[end] == k->close[0] ? end + k->length : at; // a blank line does not close
}

/// End of the code, formula, command or tag that begins at `at`; `at` if that is prose.
static size_t skip_at(scan *s, size_t at)
{
    distill_span text = s->text;
    if (text.bytes[at] == '<')
        return at + distill_reply_tag_at(NULL, text, at);
    for (size_t kind = 0; kind < PARTS; kind++)
        if (opens(text, at, &KINDS[kind]) && (kind != FENCE || begins_line(text, at)))
            return part_end(s, kind, at);
    size_t end = at + 1; // the name of a LaTeX command
    while (end < text.length && (text.bytes[end] | 32) >= 'a' && (text.bytes[end] | 32) <= 'z')
        end++;
    return end;
}

/// The first byte at or after `at` that may begin code, a formula, a command or a tag.
static size_t next_special(distill_span text, size_t at)
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
    size_t plain = 0; // beginning of the prose that is not copied yet
    distill_text_clear(out);
    TRY(distill_text_reserve(out,
                             text.length + 1)); // a space replaces at least one byte: `text` fits
    char *next = out->bytes;
    for (size_t at = next_special(text, 0); at < text.length;) {
        size_t end = skip_at(&s, at);
        if (end > at) {
            memcpy(next, text.bytes + plain, at - plain);
            next += at - plain;
            *next++ = ' ';
            plain = end;
        }
        at = next_special(text, end > at ? end : at + 1);
    }
    out->length = (size_t)(next - out->bytes);
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
