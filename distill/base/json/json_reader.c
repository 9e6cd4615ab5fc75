// distill/base/json/json_reader.c - JSON documents over cJSON's nodes; the only file that calls
// cJSON.
//
// json_blocks.c parses plain JSON, which is nearly all there is; cJSON parses the rest and locates
// errors. Two properties of cJSON are worked around:
//
// - Strings are C strings, so the text after a NUL would be lost. The escape \u0000 is replaced by
//   a placeholder before parsing, a character that the document does not contain, and the NUL is
//   put back when the string is read (distill_json_string).
// - Numbers are doubles, which do not hold every whole number of 16 digits or more (ids, hashes).
//   Such a number is parsed as a string with a placeholder before its digits, and then turned into
//   a number that keeps them (distill_json_digits).
#include "distill/base/json/json_reader.h"

#include "distill/base/file.h"
#include "distill/base/json/json_blocks.h"
#include "distill/base/memory.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct distill_json {
    cJSON *root;
    json_blocks blocks; // owns root; empty if cJSON does
    char *name;
    char nul_placeholder[8]; // UTF-8 of the character that stands for NUL; "" = none
    char **restored;         // [restored_count] strings in which NULs have been put back
    size_t restored_count;
};

enum { MOST_DEPTH = 200, EXACT_DIGITS = 15 }; // 15 digits: every double represents them exactly

static const cJSON *as_cjson(const distill_json_node *node)
{
    return (const cJSON *)node;
}

static const distill_json_node *as_node(const cJSON *item)
{
    return (const distill_json_node *)item;
}

/// Place of the quote that ends the string whose content begins at `at`; `length` if there is none.
/// A quote after an odd number of backslashes belongs to the content.
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

/// Refuses a text that nests too deeply before cJSON recurses into it.
static distill_status check_depth(const char *bytes, size_t length, const char *name)
{
    size_t depth = 0;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (c == '"') {
            i = string_end(bytes, length, i + 1);
        } else if (c == '[' || c == '{') {
            if (++depth > MOST_DEPTH)
                return distill_fail(DISTILL_FORMAT, "%s: JSON nested deeper than %d levels", name,
                                    MOST_DEPTH);
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return DISTILL_OK;
}

/// Place of the next \u0000 escape at or after `from`, SIZE_MAX if there is none.
static size_t find_nul_escape(const char *bytes, size_t length, size_t from)
{
    if (memmem(bytes + from, length - from, "\\u0000", 6) == NULL) // the usual case
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

/// Sets `placeholder` to a private-use character that the text does not contain, neither as UTF-8
/// nor escaped; leaves it "" if the text contains them all.
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

/// Sets `out` to the text with every \u0000 replaced by the document's placeholder.
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

/// Length of the whole number at `at` if it has more digits than every double represents, else 0.
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
               : end - at; // a number as a key is not JSON and must stay an error
}

/// Sets `out` to the text with every long whole number as a string that begins with `prefix`, which
/// is chosen here; leaves both empty if there is none.
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

/// Turns the strings with `prefix` among `item`, its siblings and everything below into numbers
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

/// `end`: where the parser stopped, which is the last byte of a text that ends too early;
/// `surplus`: a value is complete before it.
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

/// Parses with cJSON; anything but white space after the value is an error.
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

/// Parses any JSON.
static distill_status parse_any(distill_json *doc, const char *bytes, size_t length)
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

distill_status distill_json_parse(distill_json **out, const char *bytes, size_t length,
                                  const char *name)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(DISTILL_NEW(&doc, 1));
    TRY(distill_copy_string(&doc->name, name, strlen(name)));
    TRY(json_blocks_parse(&doc->root, &doc->blocks, bytes, length, MOST_DEPTH));
    if (doc->root == NULL)
        TRY(parse_any(doc, bytes, length));
    *out = doc;
    doc = NULL;
done:
    distill_json_free(doc);
    return status;
}

distill_status distill_json_read(distill_json **out, const char *path, size_t limit)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    TRY(distill_file_read(&text, path, limit));
    TRY(distill_json_parse(out, text.bytes, text.length, path));
done:
    distill_text_free(&text);
    return status;
}

void distill_json_free(distill_json *doc)
{
    if (doc == NULL)
        return;
    if (doc->blocks.text == NULL)
        cJSON_Delete(doc->root);
    json_blocks_free(&doc->blocks);
    for (size_t i = 0; i < doc->restored_count; i++)
        distill_free(doc->restored[i]);
    distill_free(doc->restored);
    distill_free(doc->name);
    distill_free(doc);
}

const distill_json_node *distill_json_root(const distill_json *doc)
{
    return as_node(doc->root);
}

distill_json_kind distill_json_kind_of(const distill_json_node *node)
{
    switch (node != NULL ? as_cjson(node)->type & 0xFF : cJSON_NULL) {
    case cJSON_True:
    case cJSON_False:
        return DISTILL_JSON_BOOL;
    case cJSON_Number:
        return DISTILL_JSON_NUMBER;
    case cJSON_String:
        return DISTILL_JSON_STRING;
    case cJSON_Array:
        return DISTILL_JSON_ARRAY;
    case cJSON_Object:
        return DISTILL_JSON_OBJECT;
    default:
        return DISTILL_JSON_NULL;
    }
}

const char *distill_json_kind_name(const distill_json_node *node)
{
    static const char *const names[] = {"null",     "true or false", "a number",
                                        "a string", "an array",      "an object"};
    return node == NULL ? "nothing" : names[distill_json_kind_of(node)];
}

const distill_json_node *distill_json_member(const distill_json_node *node, const char *key)
{
    return node != NULL ? as_node(cJSON_GetObjectItemCaseSensitive(as_cjson(node), key)) : NULL;
}

const distill_json_node *distill_json_present(const distill_json_node *node, const char *key)
{
    const distill_json_node *member = distill_json_member(node, key);
    return distill_json_kind_of(member) == DISTILL_JSON_NULL ? NULL : member;
}

const distill_json_node *distill_json_first(const distill_json_node *node)
{
    return node != NULL ? as_node(as_cjson(node)->child) : NULL;
}

const distill_json_node *distill_json_next(const distill_json_node *node)
{
    return node != NULL ? as_node(as_cjson(node)->next) : NULL;
}

size_t distill_json_count(const distill_json_node *node)
{
    return node != NULL ? (size_t)cJSON_GetArraySize(as_cjson(node)) : 0;
}

const char *distill_json_key(const distill_json_node *node)
{
    return node != NULL && as_cjson(node)->string != NULL ? as_cjson(node)->string : "";
}

/// A copy of `text` with NULs in the places of the placeholder, owned by the document; empty if
/// there is no memory.
static distill_span restore_nuls(distill_json *doc, const char *text)
{
    size_t placeholder = strlen(doc->nul_placeholder), length = 0;
    char *copy = NULL;
    if (distill_copy_string(&copy, text, strlen(text)) != DISTILL_OK)
        return (distill_span){0};
    for (const char *next = text; *next != '\0';) {
        if (strncmp(next, doc->nul_placeholder, placeholder) == 0) {
            copy[length++] = '\0';
            next += placeholder;
        } else {
            copy[length++] = *next++;
        }
    }
    copy[length] = '\0';
    if (distill_grow((void **)&doc->restored, doc->restored_count, doc->restored_count + 1,
                     sizeof *doc->restored) != DISTILL_OK) {
        distill_free(copy);
        return (distill_span){0};
    }
    doc->restored[doc->restored_count++] = copy;
    return (distill_span){copy, length};
}

distill_span distill_json_string(const distill_json *doc, const distill_json_node *node)
{
    if (distill_json_kind_of(node) != DISTILL_JSON_STRING)
        return (distill_span){0};
    const char *text = as_cjson(node)->valuestring;
    if (doc->nul_placeholder[0] != '\0' && strstr(text, doc->nul_placeholder) != NULL)
        return restore_nuls((distill_json *)(uintptr_t)doc, text);
    return distill_span_of(text);
}

double distill_json_number(const distill_json_node *node)
{
    return distill_json_kind_of(node) == DISTILL_JSON_NUMBER ? as_cjson(node)->valuedouble : 0;
}

const char *distill_json_digits(const distill_json_node *node)
{
    return distill_json_kind_of(node) == DISTILL_JSON_NUMBER ? as_cjson(node)->valuestring : NULL;
}

bool distill_json_true(const distill_json_node *node)
{
    return node != NULL && cJSON_IsTrue(as_cjson(node));
}

/// Appends the path from `item` to `target`; false if `target` is not `item` or below it.
static bool find_path(char *path, size_t capacity, const cJSON *item, const cJSON *target,
                      int depth)
{
    size_t length = strlen(path), index = 0;
    if (item == target)
        return true;
    if (depth > MOST_DEPTH)
        return false;
    for (const cJSON *child = item->child; child != NULL; child = child->next, index++) {
        if ((item->type & 0xFF) == cJSON_Array)
            snprintf(path + length, capacity - length, "[%zu]", index);
        else
            snprintf(path + length, capacity - length, "%s%s", length > 0 ? "." : "",
                     child->string != NULL ? child->string : "");
        if (find_path(path, capacity, child, target, depth + 1))
            return true;
        path[length] = '\0';
    }
    return false;
}

const char *distill_json_where(const distill_json *doc, const distill_json_node *node,
                               const char *key)
{
    static _Thread_local char where[1024];
    char path[512] = "";
    if (node != NULL)
        find_path(path, sizeof path, doc->root, as_cjson(node), 0);
    snprintf(where, sizeof where, "%.400s: %s%s%s", doc->name, path,
             path[0] != '\0' && key != NULL && key[0] != '\0' ? "." : "", key != NULL ? key : "");
    return where;
}

static distill_status wrong_kind(const distill_json *doc, const distill_json_node *object,
                                 const char *key, const char *expected)
{
    return distill_fail(DISTILL_FORMAT, "%s: expected %s, found %s",
                        distill_json_where(doc, object, key), expected,
                        distill_json_kind_name(distill_json_member(object, key)));
}

distill_status distill_json_get_number(double *out, const distill_json *doc,
                                       const distill_json_node *object, const char *key, double low,
                                       double high)
{
    const distill_json_node *member = distill_json_member(object, key);
    if (distill_json_kind_of(member) != DISTILL_JSON_NUMBER)
        return wrong_kind(doc, object, key, "a number");
    double value = distill_json_number(member);
    if (!(value >= low && value <= high))
        return distill_fail(DISTILL_FORMAT, "%s: %.10g is not between %.10g and %.10g",
                            distill_json_where(doc, object, key), value, low, high);
    *out = value;
    return DISTILL_OK;
}

distill_status distill_json_get_number_or(double *out, const distill_json *doc,
                                          const distill_json_node *object, const char *key,
                                          double low, double high, double otherwise)
{
    *out = otherwise;
    if (distill_json_present(object, key) == NULL)
        return DISTILL_OK;
    return distill_json_get_number(out, doc, object, key, low, high);
}

distill_status distill_json_get_size(size_t *out, const distill_json *doc,
                                     const distill_json_node *object, const char *key, size_t low,
                                     size_t high)
{
    double value = 0;
    distill_status status = DISTILL_OK;
    TRY(distill_json_get_number(&value, doc, object, key, (double)low, (double)high));
    if (value != floor(value))
        return distill_fail(DISTILL_FORMAT, "%s: expected a whole number, found %.10g",
                            distill_json_where(doc, object, key), value);
    *out = (size_t)value;
done:
    return status;
}

distill_status distill_json_get_size_or(size_t *out, const distill_json *doc,
                                        const distill_json_node *object, const char *key,
                                        size_t low, size_t high, size_t otherwise)
{
    *out = otherwise;
    if (distill_json_present(object, key) == NULL)
        return DISTILL_OK;
    return distill_json_get_size(out, doc, object, key, low, high);
}

distill_status distill_json_get_bool_or(bool *out, const distill_json *doc,
                                        const distill_json_node *object, const char *key,
                                        bool otherwise)
{
    const distill_json_node *member = distill_json_present(object, key);
    *out = otherwise;
    if (member == NULL)
        return DISTILL_OK;
    if (distill_json_kind_of(member) != DISTILL_JSON_BOOL)
        return wrong_kind(doc, object, key, "true or false");
    *out = distill_json_true(member);
    return DISTILL_OK;
}

distill_status distill_json_get_string(distill_span *out, const distill_json *doc,
                                       const distill_json_node *object, const char *key)
{
    const distill_json_node *member = distill_json_member(object, key);
    if (distill_json_kind_of(member) != DISTILL_JSON_STRING)
        return wrong_kind(doc, object, key, "a string");
    *out = distill_json_string(doc, member);
    if (out->bytes == NULL)
        return distill_fail(DISTILL_NO_MEMORY, "%s: no memory for the string",
                            distill_json_where(doc, object, key));
    return DISTILL_OK;
}
