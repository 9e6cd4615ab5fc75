// distill/base/text.h - growing byte strings, and spans (borrowed bytes).
//
//     distill_text line = {.limit = 1 << 20};
//     TRY(distill_text_printf(&line, "%s:%zu", path, number));
//     distill_text_free(&line);
//
// A text is always followed by a NUL, may contain NULs, and never grows beyond `limit` (0: 1 TiB).
#ifndef DISTILL_BASE_TEXT_H
#define DISTILL_BASE_TEXT_H

#include "distill/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct distill_text {
    char *bytes;
    size_t length;
    size_t capacity;
    size_t limit;
} distill_text;

/// Bytes owned elsewhere.
typedef struct distill_span {
    const char *bytes;
    size_t length;
} distill_span;

distill_status distill_text_append(distill_text *text, const char *bytes,
                                   size_t length) DISTILL_MUST_CHECK;
distill_status distill_text_add(distill_text *text, const char *string) DISTILL_MUST_CHECK;
distill_status distill_text_add_char(distill_text *text, char c) DISTILL_MUST_CHECK;
distill_status distill_text_add_span(distill_text *text, distill_span span) DISTILL_MUST_CHECK;
distill_status distill_text_printf(distill_text *text, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;
distill_status distill_text_reserve(distill_text *text, size_t capacity) DISTILL_MUST_CHECK;
/// Sets the length to 0 and keeps the memory.
void distill_text_clear(distill_text *text);
void distill_text_free(distill_text *text);

/// The bytes of a string; an empty span for NULL.
static inline distill_span distill_span_of(const char *string)
{
    return (distill_span){string, string != NULL ? strlen(string) : 0};
}

static inline bool distill_span_equal(distill_span a, distill_span b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static inline bool distill_span_is(distill_span a, const char *string)
{
    return distill_span_equal(a, distill_span_of(string));
}

static inline bool distill_span_starts(distill_span a, distill_span start)
{
    return a.length >= start.length && memcmp(a.bytes, start.bytes, start.length) == 0;
}

distill_span distill_text_span(const distill_text *text);
/// The span without ASCII white space at both ends.
distill_span distill_span_trim(distill_span span);
/// Offset of the first `needle` in `hay` at or after `from`; SIZE_MAX if there is none.
size_t distill_span_find(distill_span hay, distill_span needle, size_t from);
/// Offset of the last `needle` in `hay`; SIZE_MAX if there is none.
size_t distill_span_find_last(distill_span hay, distill_span needle);

/// Formats a number of bytes, such as "1.4 GiB" or "512 B", into `buffer` (>= 32), and returns it.
char *distill_format_bytes(char *buffer, size_t capacity, double bytes);
/// The same for a count, such as "1,234,567".
char *distill_format_count(char *buffer, size_t capacity, uint64_t count);

/// Line ends and tabs in text for a terminal.
typedef enum distill_line_ends { DISTILL_ONE_LINE, DISTILL_KEEP_LINES } distill_line_ends;

/// Appends text from outside (ids, names, messages of servers) as it may be shown on a terminal:
/// control characters (\x1b), marks that change the direction of text or have no width (\u202e),
/// and bytes that are not UTF-8 (\xff) become escapes; with DISTILL_ONE_LINE line ends and tabs too.
distill_status distill_text_add_shown(distill_text *out, distill_span text,
                                      distill_line_ends line_ends) DISTILL_MUST_CHECK;

/// The candidate with the smallest edit distance to `name` (for "did you mean"); NULL if all differ
/// too much.
const char *distill_nearest_name(const char *name, const char *const *candidates, size_t count);

#endif
