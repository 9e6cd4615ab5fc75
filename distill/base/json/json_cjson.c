// distill/base/json/json_cjson.c - parses any JSON with cJSON, and locates errors.
//
// Two limits of cJSON are worked around by changing the text before it is parsed:
//
// - Strings are C strings, so the text after a NUL would be lost. The escape \u0000 is replaced by
//   a placeholder, a character that does not occur in the document; distill_json_string restores
//   the NUL.
// - Numbers are doubles, which cannot represent all whole numbers of 16 digits or more (ids,
//   hashes). Such a number is parsed as a string with a placeholder before its digits, and then
//   converted to a number node that stores the digits (distill_json_digits).
#include "distill/base/json/json_document.h"
#include "distill/base/text.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_DIGITS = 15 }; // longest whole number that a double always represents exactly

/// Index of the quote that ends the string whose content begins at `at`; `length` if there is none.
/// A quote after an odd number of backslashes is escaped.
static size_t string_end(const char *bytes, size_t length, size_t at)
{
    for (size_t from = at; from < length;) {
        const char *quote = memchr(bytes + from, '"', length - from);
        if (quote == NULL)
            return length;
        size_t end = (size_t)(quote - bytes), slashes = 0;
        while (end - slashes > at && bytes[end - slashes - 1] == '\\')
            slashes++;
        if (slashes % 2 == 0)
            return end;
        from = end + 1;
    }
    return length;
}

/// Rejects deep nesting before cJSON recurses into it.
static distill_status check_depth(const char *bytes, size_t length, const char *name)
{
    size_t depth = 0;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (c == '"') {
            i = string_end(bytes, length, i + 1);
        } else if (c == '[' || c == '{') {
            if (++depth > JSON_MAX_DEPTH)
                return distill_fail(DISTILL_FORMAT, "%s: JSON nested deeper than %d levels", name,
                                    JSON_MAX_DEPTH);
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return DISTILL_OK;
}

/// Index of the next \u0000 escape at or after `from`; SIZE_MAX if there is none.
static size_t find_nul_escape(const char *bytes, size_t length, size_t from)
{
    if (memmem(bytes + from, length - from, "\\u0000", 6) == NULL) // the common case
        return SIZE_MAX;
    for (size_t i = from; i + 6 <= length; i++) {
        if (bytes[i] != '\\')
            continue;
        if (memcmp(bytes + i, "\\u0000", 6) == 0)
            return i;
        i++; // skips the escaped character
    }
    return SIZE_MAX;
}

/// Sets `placeholder` to a private-use character that does not occur in the text, as UTF-8 or
/// escaped; leaves it "" if all occur.
static void choose_placeholder(char placeholder[8], const char *bytes, size_t length)
{
    for (unsigned code = 0xE000; code < 0xF8FF; code++) {
        char escape[8], upper[8];
        char utf8[4] = {(char)(0xE0 | code >> 12), (char)(0x80 | (code >> 6 & 63)),
                        (char)(0x80 | (code & 63)), '\0'};
        snprintf(escape, sizeof escape, "\\u%04x", code);
        snprintf(upper, sizeof upper, "\\u%04X", code);
        distill_span text = {bytes, length};
        if (distill_span_find(text, distill_span_of(utf8), 0) == SIZE_MAX &&
            distill_span_find(text, distill_span_of(escape), 0) == SIZE_MAX &&
            distill_span_find(text, distill_span_of(upper), 0) == SIZE_MAX) {
            memcpy(placeholder, utf8, sizeof utf8);
            return;
        }
    }
}

/// Sets `out` to the text with each \u0000 replaced by the document's placeholder.
static distill_status replace_nuls(distill_text *out, distill_json *doc, const char *bytes,
                                   size_t length)
{
    distill_status status = DISTILL_OK;
    size_t from = 0, at = find_nul_escape(bytes, length, 0);
    if (at == SIZE_MAX)
        return DISTILL_OK;
    choose_placeholder(doc->nul_placeholder, bytes, length);
    for (; at != SIZE_MAX; at = find_nul_escape(bytes, length, from)) {
        TRY(distill_text_append(out, bytes + from, at - from));
        TRY(distill_text_add(out, doc->nul_placeholder));
        from = at + 6;
    }
    TRY(distill_text_append(out, bytes + from, length - from));
done:
    return status;
}

/// Length of the whole number at `at` if a double may not represent it exactly, else 0.
static size_t long_integer_at(const char *bytes, size_t length, size_t at)
{
    size_t first = at + (bytes[at] == '-'), end = first;
    while (end < length && strchr("+-.0123456789Ee", bytes[end]) != NULL && bytes[end] != '\0')
        if (bytes[end] < '0' || bytes[end] > '9')
            return 0;
        else
            end++;
    if (end < first + EXACT_DIGITS + 1 || bytes[first] == '0')
        return 0;
    size_t next = end;
    while (next < length && strchr(" \t\r\n", bytes[next]) != NULL && bytes[next] != '\0')
        next++;
    return next < length && bytes[next] == ':'
               ? 0
               : end - at; // a number as a key is not JSON and must remain an error
}

/// Chooses `prefix` and sets `out` to the text in which each long whole number is a string that
/// begins with it; leaves both empty if there is no such number.
static distill_status quote_long_integers(distill_text *out, char prefix[8], const char *bytes,
                                          size_t length)
{
    distill_status status = DISTILL_OK;
    bool in_word = false; // within a number or a literal
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (c == '"') {
            i = string_end(bytes, length, i + 1);
            in_word = false;
            continue;
        }
        size_t digits = !in_word && (c == '-' || (c >= '1' && c <= '9'))
                            ? long_integer_at(bytes, length, i)
                            : 0;
        in_word = c == '\0' || strchr(" \t\r\n,:[]{}\"", c) == NULL;
        if (digits == 0)
            continue;
        if (prefix[0] == '\0')
            choose_placeholder(prefix, bytes, length);
        if (prefix[0] == '\0')
            goto done;
        TRY(distill_text_append(out, bytes + from, i - from));
        TRY(distill_text_printf(out, "\"%s%.*s\"", prefix, (int)digits, bytes + i));
        from = i + digits;
        i = from - 1;
    }
    if (from > 0)
        TRY(distill_text_append(out, bytes + from, length - from));
done:
    return status;
}

/// Converts the strings with `prefix` among `item`, its siblings and their descendants to numbers
/// whose valuestring holds the digits.
static void restore_long_integers(cJSON *item, const char *prefix)
{
    size_t length = strlen(prefix);
    for (; item != NULL; item = item->next) {
        if (cJSON_IsString(item) && strncmp(item->valuestring, prefix, length) == 0) {
            memmove(item->valuestring, item->valuestring + length,
                    strlen(item->valuestring + length) + 1);
            item->type = cJSON_Number | (item->type & cJSON_StringIsConst);
            item->valuedouble = strtod(item->valuestring, NULL);
        }
        restore_long_integers(item->child, prefix);
    }
}

/// Fails with the position of a syntax error. `end` is where the parser stopped: the last byte if
/// the text ends too early. `surplus` means that a complete value precedes it.
static distill_status report_syntax(const char *bytes, size_t length, const char *end,
                                    const char *name, bool surplus)
{
    size_t at = end != NULL && end >= bytes ? (size_t)(end - bytes) : 0;
    size_t line = 1, column = 1;
    char near[25] = "";
    if (at > length)
        at = length;
    for (size_t i = 0; i < at; i++) {
        column = bytes[i] == '\n' ? 1 : column + 1;
        line += bytes[i] == '\n';
    }
    for (size_t i = 0; i + 1 < sizeof near && at + i < length; i++)
        near[i] = (unsigned char)bytes[at + i] >= ' ' ? bytes[at + i] : ' ';
    if (!surplus && at + 1 >= length)
        return distill_fail(DISTILL_FORMAT, "%s: not valid JSON: it ends too early", name);
    return distill_fail(DISTILL_FORMAT, "%s: not valid JSON at line %zu column %zu, near '%s'",
                        name, line, column, near);
}

/// Calls cJSON; only white space may follow the value.
static distill_status parse_text(distill_json *doc, const char *bytes, size_t length)
{
    const char *end = NULL;
    doc->root = cJSON_ParseWithLengthOpts(bytes, length, &end, 0);
    if (doc->root == NULL)
        return report_syntax(bytes, length, end, doc->name, false);
    for (; end < bytes + length; end++)
        if (strchr(" \t\r\n", *end) == NULL || *end == '\0')
            return report_syntax(bytes, length, end, doc->name, true);
    return DISTILL_OK;
}

distill_status json_cjson_parse(distill_json *doc, const char *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    distill_text replaced = {0}, numbered = {0};
    distill_span text = {bytes, length};
    char prefix[8] = "";
    TRY(check_depth(bytes, length, doc->name));
    TRY(replace_nuls(&replaced, doc, bytes, length));
    if (replaced.length > 0)
        text = distill_text_span(&replaced);
    TRY(quote_long_integers(&numbered, prefix, text.bytes, text.length));
    if (numbered.length > 0)
        text = distill_text_span(&numbered);
    TRY(parse_text(doc, text.bytes, text.length));
    if (prefix[0] != '\0')
        restore_long_integers(doc->root, prefix);
done:
    distill_text_free(&replaced);
    distill_text_free(&numbered);
    return status;
}
