// distill/base/json/json_writer.c - JSON out: strings that are always valid, numbers that read back
// (declared in json.h).
#include "distill/base/json/json_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Line ends of Unicode (U+0085, U+2028, U+2029): escaped, because some readers of JSON lines split at them.
static const char *escape_of_line_end(const unsigned char *bytes, size_t good)
{
    if (good == 2 && bytes[0] == 0xC2 && bytes[1] == 0x85)
        return "\\u0085";
    if (good == 3 && bytes[0] == 0xE2 && bytes[1] == 0x80 && (bytes[2] | 1) == 0xA9)
        return bytes[2] == 0xA8 ? "\\u2028" : "\\u2029";
    return NULL;
}

/// Length of the valid UTF-8 character at `bytes` (1-4), or 0 if there is none; *bad gets the
/// length of the maximal invalid part then.
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
    size_t plain = 0, at = 0; // bytes plain … at-1 can be copied as they are
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
    return distill_fail(DISTILL_INTERNAL, "a JSON node of no known kind");
}
