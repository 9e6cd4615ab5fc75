// distill/base/json/json_writer.c - JSON strings and numbers, and the streaming writer.
//
// Output is always valid UTF-8, and a number is read back as the same double. The writer stores one
// bit for each open container (array or object) and whether a comma must precede the next item.
// Nesting is counted after an error too, so that a correct caller never fails an assertion.
#include "distill/base/json/json_writer.h"

#include "distill/base/memory.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- single values -------------------------------------------------------------------------------

/// Line ends of Unicode (U+0085, U+2028, U+2029): escaped, because some readers of JSON lines split
/// at them.
static const char *escape_of_line_end(const unsigned char *bytes, size_t good)
{
    if (good == 2 && bytes[0] == 0xC2 && bytes[1] == 0x85)
        return "\\u0085";
    if (good == 3 && bytes[0] == 0xE2 && bytes[1] == 0x80 && (bytes[2] | 1) == 0xA9)
        return bytes[2] == 0xA8 ? "\\u2028" : "\\u2029";
    return NULL;
}

/// Length of the valid UTF-8 character at `bytes` (1-4), or 0 if it is invalid; then *bad is the
/// length of the invalid part (the maximal subpart of Unicode 3.9).
static size_t utf8_character(const unsigned char *bytes, size_t length, size_t *bad)
{
    unsigned char first = bytes[0];
    unsigned char low = 0x80, high = 0xBF;
    size_t need;
    *bad = 1;
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        need = 2;
    else if (first >= 0xE0 && first <= 0xEF)
        need = 3;
    else if (first >= 0xF0 && first <= 0xF4)
        need = 4;
    else
        return 0;
    if (first == 0xE0)
        low = 0xA0;
    if (first == 0xED)
        high = 0x9F;
    if (first == 0xF0)
        low = 0x90;
    if (first == 0xF4)
        high = 0x8F;
    for (size_t i = 1; i < need; i++) {
        if (i >= length || bytes[i] < low || bytes[i] > high) {
            *bad = i;
            return 0;
        }
        low = 0x80;
        high = 0xBF;
    }
    return need;
}

static distill_status write_control(distill_text *out, unsigned char c)
{
    static const char letters[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    for (const char *pair = letters; *pair != '\0'; pair += 2)
        if ((unsigned char)pair[0] == c)
            return distill_text_append(out, (const char[]){'\\', pair[1]}, 2);
    return distill_text_printf(out, "\\u%04x", c);
}

distill_status distill_json_write_string(distill_text *out, distill_span span)
{
    distill_status status = DISTILL_OK;
    const unsigned char *bytes = (const unsigned char *)span.bytes;
    size_t plain = 0, at = 0; // the bytes plain … at-1 need no escape
    TRY(distill_text_add_char(out, '"'));
    while (at < span.length) {
        size_t bad;
        unsigned char c = bytes[at];
        if (c >= ' ' && c != '"' && c != '\\' && c < 0x7F) {
            at++;
            continue;
        }
        size_t good = utf8_character(bytes + at, span.length - at, &bad);
        const char *escape = escape_of_line_end(bytes + at, good);
        if (good > 1 && escape == NULL) {
            at += good;
            continue;
        }
        TRY(distill_text_append(out, span.bytes + plain, at - plain));
        if (escape != NULL)
            TRY(distill_text_add(out, escape));
        else if (good == 0)
            TRY(distill_text_add(out, "\xEF\xBF\xBD"));
        else
            TRY(write_control(out, c));
        at += good == 0 ? bad : good;
        plain = at;
    }
    TRY(distill_text_append(out, span.bytes + plain, at - plain));
    TRY(distill_text_add_char(out, '"'));
done:
    return status;
}

distill_status distill_json_write_number(distill_text *out, double value)
{
    char buffer[40];
    if (!isfinite(value))
        return distill_text_add(out, "null");
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(buffer, sizeof buffer, "%.*g", digits, value);
        if (strtod(buffer, NULL) == value)
            break;
    }
    return distill_text_add(out, buffer);
}

distill_status distill_json_write_number_node(distill_text *out, const distill_json_node *node)
{
    const char *digits = distill_json_digits(node);
    return digits != NULL ? distill_text_add(out, digits)
                          : distill_json_write_number(out, distill_json_number(node));
}

static distill_status write_children(distill_text *out, const distill_json *doc,
                                     const distill_json_node *node, bool keys)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *first = distill_json_first(node);
    TRY(distill_text_add_char(out, keys ? '{' : '['));
    for (const distill_json_node *child = first; child != NULL; child = distill_json_next(child)) {
        if (child != first)
            TRY(distill_text_add_char(out, ','));
        if (keys) {
            TRY(distill_json_write_string(out, distill_span_of(distill_json_key(child))));
            TRY(distill_text_add_char(out, ':'));
        }
        TRY(distill_json_write_node(out, doc, child));
    }
    TRY(distill_text_add_char(out, keys ? '}' : ']'));
done:
    return status;
}

distill_status distill_json_write_node(distill_text *out, const distill_json *doc,
                                       const distill_json_node *node)
{
    switch (distill_json_kind_of(node)) {
    case DISTILL_JSON_NULL:
        return distill_text_add(out, "null");
    case DISTILL_JSON_BOOL:
        return distill_text_add(out, distill_json_true(node) ? "true" : "false");
    case DISTILL_JSON_NUMBER:
        return distill_json_write_number_node(out, node);
    case DISTILL_JSON_STRING:
        return distill_json_write_string(out, distill_json_string(doc, node));
    case DISTILL_JSON_ARRAY:
        return write_children(out, doc, node, false);
    case DISTILL_JSON_OBJECT:
        return write_children(out, doc, node, true);
    }
    return distill_fail(DISTILL_INTERNAL, "a JSON node has an unknown type");
}

// --- the streaming writer ------------------------------------------------------------------------

static void keep_status(distill_json_writer *w, distill_status status)
{
    if (w->status == DISTILL_OK)
        w->status = status;
}

#if !defined(NDEBUG)
/// True if the innermost open container is an array (or an object), for assertions. Beyond the
/// depth limit, where the writer has failed already, the types are not stored.
static bool is_inside(const distill_json_writer *w, bool array)
{
    size_t top = w->depth - 1;
    if (w->depth == 0 || w->depth > DISTILL_JSON_MAX_DEPTH)
        return w->depth > 0;
    return (w->arrays[top / 64] >> (top % 64) & 1) == array;
}
#endif

static distill_status write_line_break(distill_json_writer *w)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add_char(w->out, '\n'));
    for (size_t i = 1; i < w->line_break; i++)
        TRY(distill_text_add_char(w->out, ' '));
    w->line_break = 0;
done:
    return status;
}

/// Writes the comma and the line break that precede the next item.
static distill_status write_separator(distill_json_writer *w)
{
    distill_status status = DISTILL_OK;
    if (w->separate)
        TRY(distill_text_add_char(w->out, ','));
    if (w->line_break > 0)
        TRY(write_line_break(w));
    else if (w->separate && w->spaced)
        TRY(distill_text_add_char(w->out, ' '));
done:
    return status;
}

/// Writes everything that precedes a value; false if a call has failed and nothing may be written.
static bool begin_value(distill_json_writer *w, const char *key)
{
    distill_status status = w->status;
    if (status != DISTILL_OK)
        return false;
    assert(key != NULL ? is_inside(w, false) : w->depth == 0 || is_inside(w, true));
    assert(w->depth > 0 || !w->separate);
    TRY(write_separator(w));
    if (key != NULL) {
        TRY(distill_json_write_string(w->out, distill_span_of(key)));
        TRY(distill_text_add(w->out, w->spaced ? ": " : ":"));
    }
    w->separate = true;
done:
    keep_status(w, status);
    return status == DISTILL_OK;
}

static void begin_container(distill_json_writer *w, const char *key, bool array)
{
    if (begin_value(w, key))
        keep_status(w, distill_text_add_char(w->out, array ? '[' : '{'));
    if (w->depth < DISTILL_JSON_MAX_DEPTH) {
        uint64_t bit = (uint64_t)1 << (w->depth % 64);
        uint64_t *word = &w->arrays[w->depth / 64];
        *word = array ? *word | bit : *word & ~bit;
    } else if (w->status == DISTILL_OK) {
        w->status = distill_fail(DISTILL_LIMIT, "JSON output is nested deeper than %d levels",
                                 DISTILL_JSON_MAX_DEPTH);
    }
    w->depth++;
    w->separate = false;
}

static void end_container(distill_json_writer *w, char bracket)
{
    if (w->status == DISTILL_OK && w->line_break > 0)
        keep_status(w, write_line_break(w));
    if (w->status == DISTILL_OK)
        keep_status(w, distill_text_add_char(w->out, bracket));
    w->depth--;
    w->separate = true;
}

void distill_json_begin_object(distill_json_writer *w, const char *key)
{
    begin_container(w, key, false);
}

void distill_json_begin_array(distill_json_writer *w, const char *key)
{
    begin_container(w, key, true);
}

void distill_json_end_object(distill_json_writer *w)
{
    assert(is_inside(w, false));
    end_container(w, '}');
}

void distill_json_end_array(distill_json_writer *w)
{
    assert(is_inside(w, true));
    end_container(w, ']');
}

void distill_json_add_string(distill_json_writer *w, const char *key, const char *string)
{
    if (string != NULL)
        distill_json_add_span(w, key, distill_span_of(string));
    else
        distill_json_add_null(w, key);
}

void distill_json_add_span(distill_json_writer *w, const char *key, distill_span bytes)
{
    if (begin_value(w, key))
        keep_status(w, distill_json_write_string(w->out, bytes));
}

void distill_json_add_format(distill_json_writer *w, const char *key, const char *format, ...)
{
    char buffer[256];
    char *string = NULL;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    if (length >= (int)sizeof buffer) {
        keep_status(w, DISTILL_NEW(&string, (size_t)length + 1));
        if (string == NULL)
            return;
        va_start(args, format);
        vsnprintf(string, (size_t)length + 1, format, args);
        va_end(args);
    }
    distill_json_add_string(w, key, string != NULL ? string : buffer);
    distill_free(string);
}

void distill_json_add_number(distill_json_writer *w, const char *key, double value)
{
    if (begin_value(w, key))
        keep_status(w, distill_json_write_number(w->out, value));
}

void distill_json_add_fixed(distill_json_writer *w, const char *key, double value, int decimals)
{
    if (!isfinite(value))
        distill_json_add_null(w, key);
    else if (begin_value(w, key))
        keep_status(w, distill_text_printf(w->out, "%.*f", decimals, value));
}

void distill_json_add_rounded(distill_json_writer *w, const char *key, double value, int digits)
{
    if (!isfinite(value))
        distill_json_add_null(w, key);
    else if (begin_value(w, key))
        keep_status(w, distill_text_printf(w->out, "%.*g", digits, value));
}

void distill_json_add_int(distill_json_writer *w, const char *key, int64_t value)
{
    if (begin_value(w, key))
        keep_status(w, distill_text_printf(w->out, "%lld", (long long)value));
}

void distill_json_add_uint(distill_json_writer *w, const char *key, uint64_t value)
{
    if (begin_value(w, key))
        keep_status(w, distill_text_printf(w->out, "%llu", (unsigned long long)value));
}

void distill_json_add_bool(distill_json_writer *w, const char *key, bool value)
{
    if (begin_value(w, key))
        keep_status(w, distill_text_add(w->out, value ? "true" : "false"));
}

void distill_json_add_null(distill_json_writer *w, const char *key)
{
    if (begin_value(w, key))
        keep_status(w, distill_text_add(w->out, "null"));
}

void distill_json_add_raw(distill_json_writer *w, const char *key, distill_span json)
{
    assert(json.length > 0);
    if (begin_value(w, key))
        keep_status(w, distill_text_add_span(w->out, json));
}

void distill_json_add_raw_members(distill_json_writer *w, distill_span members)
{
    assert(is_inside(w, false));
    if (members.length == 0 || w->status != DISTILL_OK)
        return;
    keep_status(w, write_separator(w));
    if (w->status == DISTILL_OK)
        keep_status(w, distill_text_add_span(w->out, members));
    w->separate = true;
}

void distill_json_add_node(distill_json_writer *w, const char *key, const distill_json *doc,
                           const distill_json_node *node)
{
    if (begin_value(w, key))
        keep_status(w, distill_json_write_node(w->out, doc, node));
}

void distill_json_break_line(distill_json_writer *w, size_t indent)
{
    w->line_break = indent + 1;
}

distill_status distill_json_finish(distill_json_writer *w)
{
    distill_status status = w->status;
    assert(w->depth == 0);
    assert(status != DISTILL_OK || (w->separate && w->line_break == 0));
    *w = (distill_json_writer){.out = w->out, .spaced = w->spaced};
    return status;
}

distill_status distill_json_finish_line(distill_json_writer *w)
{
    distill_status status = DISTILL_OK;
    TRY(distill_json_finish(w));
    TRY(distill_text_add_char(w->out, '\n'));
done:
    return status;
}
