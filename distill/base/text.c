// distill/base/text.c - growing byte strings and operations on spans.
//
// Capacity grows by half, at least to 64 bytes. The edit distance is Levenshtein's, for
// names of at most 64 bytes.
#include "distill/base/text.h"

#include "distill/base/memory.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const size_t DEFAULT_LIMIT = (size_t)1 << 40;

distill_status distill_text_reserve(distill_text *text, size_t capacity)
{
    distill_status status = DISTILL_OK;
    size_t limit = text->limit > 0 ? text->limit : DEFAULT_LIMIT;
    if (capacity > limit)
        return distill_fail(DISTILL_LIMIT, "a text exceeds its limit of %zu bytes", limit);
    if (text->bytes != NULL && capacity < text->capacity)
        return DISTILL_OK;
    size_t bigger = text->capacity < 64 ? 64 : text->capacity + text->capacity / 2;
    if (bigger < capacity + 1)
        bigger = capacity + 1;
    TRY(distill_grow((void **)&text->bytes, text->length, bigger, 1));
    text->capacity = bigger;
done:
    return status;
}

distill_status distill_text_append(distill_text *text, const char *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    size_t needed;
    if (!distill_add_size(&needed, text->length, length))
        return distill_fail(DISTILL_LIMIT, "a text of %zu bytes is too long", text->length);
    TRY(distill_text_reserve(text, needed));
    if (length > 0)
        memcpy(text->bytes + text->length, bytes, length);
    text->length = needed;
    text->bytes[needed] = '\0';
done:
    return status;
}

distill_status distill_text_add(distill_text *text, const char *string)
{
    return distill_text_append(text, string, strlen(string));
}

distill_status distill_text_add_char(distill_text *text, char c)
{
    return distill_text_append(text, &c, 1);
}

distill_status distill_text_add_span(distill_text *text, distill_span span)
{
    return distill_text_append(text, span.bytes, span.length);
}

distill_status distill_text_printf(distill_text *text, const char *format, ...)
{
    distill_status status = DISTILL_OK;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        return distill_fail(DISTILL_INTERNAL, "vsnprintf cannot format \"%s\"", format);
    TRY(distill_text_reserve(text, text->length + (size_t)length));
    va_start(args, format);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, args);
    va_end(args);
    text->length += (size_t)length;
done:
    return status;
}

void distill_text_clear(distill_text *text)
{
    text->length = 0;
    if (text->bytes != NULL)
        text->bytes[0] = '\0';
}

void distill_text_free(distill_text *text)
{
    distill_free(text->bytes);
    *text = (distill_text){.limit = text->limit};
}

distill_span distill_text_span(const distill_text *text)
{
    return (distill_span){text->bytes != NULL ? text->bytes : "", text->length};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

distill_span distill_span_trim(distill_span span)
{
    while (span.length > 0 && is_space(span.bytes[0])) {
        span.bytes++;
        span.length--;
    }
    while (span.length > 0 && is_space(span.bytes[span.length - 1]))
        span.length--;
    return span;
}

/// Needles up to this length are found by their first byte, which vector instructions search.
enum { SHORT_NEEDLE = 16 };

size_t distill_span_find(distill_span hay, distill_span needle, size_t from)
{
    if (from > hay.length || needle.length > hay.length - from)
        return SIZE_MAX;
    if (needle.length == 0)
        return from;
    if (needle.length > SHORT_NEEDLE) {
        const char *place =
            memmem(hay.bytes + from, hay.length - from, needle.bytes, needle.length);
        return place != NULL ? (size_t)(place - hay.bytes) : SIZE_MAX;
    }
    const char *at = hay.bytes + from, *end = hay.bytes + hay.length - needle.length + 1;
    while (at < end && (at = memchr(at, *needle.bytes, (size_t)(end - at))) != NULL) {
        if (memcmp(at, needle.bytes, needle.length) == 0)
            return (size_t)(at - hay.bytes);
        at++;
    }
    return SIZE_MAX;
}

size_t distill_span_find_last(distill_span hay, distill_span needle)
{
    if (needle.length > hay.length)
        return SIZE_MAX;
    if (needle.length == 0)
        return hay.length;
    size_t end = hay.length - needle.length + 1; // matches begin before it
    const char *place;
    while ((place = memrchr(hay.bytes, needle.bytes[0], end)) != NULL) {
        end = (size_t)(place - hay.bytes);
        if (memcmp(place, needle.bytes, needle.length) == 0)
            return end;
    }
    return SIZE_MAX;
}

char *distill_format_bytes(char *buffer, size_t capacity, double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    snprintf(buffer, capacity, unit == 0 || bytes >= 100 ? "%.0f %s" : "%.1f %s", bytes,
             units[unit]);
    return buffer;
}

char *distill_format_count(char *buffer, size_t capacity, uint64_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    size_t out = 0;
    for (int i = 0; i < length && out + 2 < capacity; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buffer[out++] = ',';
        buffer[out++] = digits[i];
    }
    buffer[out] = '\0';
    return buffer;
}

/// Decodes the UTF-8 character at `bytes`. Returns its length; 0 if the bytes are not UTF-8.
static size_t decode(uint32_t *code, const char *bytes, size_t length)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *b = (const unsigned char *)bytes;
    size_t size = b[0] < 0x80 ? 1 : b[0] < 0xC0 ? 0 : b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
    if (size == 0 || size > length || b[0] > 0xF4)
        return 0;
    *code = size == 1 ? b[0] : b[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((b[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (b[i] & 0x3F);
    }
    bool is_half = *code >= 0xD800 && *code <= 0xDFFF;
    return *code < smallest[size] || is_half || *code > 0x10FFFF ? 0 : size;
}

/// True for control characters, direction marks, line separators and characters without a width,
/// except those that join letters and emoji.
static bool is_hidden(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {{0, 0x1F},        {0x7F, 0x9F},     {0x061C, 0x061C},
                  {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E},
                  {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE007F}};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return true;
    return false;
}

distill_status distill_text_add_shown(distill_text *out, distill_span text,
                                      distill_line_ends line_ends)
{
    distill_status status = DISTILL_OK;
    for (size_t at = 0, size; at < text.length; at += size) {
        uint32_t code = 0;
        const char *bytes = text.bytes + at;
        size = decode(&code, bytes, text.length - at);
        if (size == 0) {
            size = 1;
            TRY(distill_text_printf(out, "\\x%02x", (unsigned char)*bytes));
        } else if (!is_hidden(code) ||
                   (line_ends == DISTILL_KEEP_LINES && (code == '\n' || code == '\t'))) {
            TRY(distill_text_append(out, bytes, size));
        } else {
            TRY(distill_text_printf(out, code < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)code));
        }
    }
done:
    return status;
}

/// Levenshtein distance of two short names; "-" and "_" count as equal.
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[65], length_a = strlen(a), length_b = strlen(b);
    if (length_a > 64 || length_b > 64)
        return SIZE_MAX;
    for (size_t j = 0; j <= length_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            char x = a[i - 1] == '_' ? '-' : (char)tolower((unsigned char)a[i - 1]);
            char y = b[j - 1] == '_' ? '-' : (char)tolower((unsigned char)b[j - 1]);
            size_t best = diagonal + (x != y);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[length_b];
}

const char *distill_nearest_name(const char *name, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    size_t best = strlen(name) / 3 + 2;
    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(name, candidates[i]);
        if (distance < best) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
