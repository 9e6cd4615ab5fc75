// datasets/verify/math/latex/latex_unicode.c - rewrites Unicode mathematics, full-width forms and
// Chinese punctuation as ASCII LaTeX.
//
// Adjacent superscripts or subscripts form one group: x²³ is x^{23}. Characters without an ASCII
// form, and bytes that are not UTF-8, are copied.
#include "datasets/verify/ascii.h"
#include "datasets/verify/math/latex/latex_names.h"
#include "datasets/verify/math/latex/lexer_state.h"

#include <string.h>

enum { LONGEST_REPLACEMENT = 16 };

/// The code point at `at` and its length. Bytes that are not UTF-8 are code points of length 1,
/// U+FFFD.
static uint32_t decode(distill_span text, size_t at, size_t *length)
{
    const unsigned char *s = (const unsigned char *)text.bytes + at;
    size_t left = text.length - at;
    *length = 1;
    if (s[0] >= 0xC2 && s[0] < 0xE0 && left >= 2 && (s[1] & 0xC0) == 0x80) {
        *length = 2;
        return (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
    }
    if (s[0] >= 0xE0 && s[0] < 0xF0 && left >= 3 && (s[1] & 0xC0) == 0x80 &&
        (s[2] & 0xC0) == 0x80) {
        *length = 3;
        return (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    }
    if (s[0] >= 0xF0 && left >= 4)
        *length = 4;
    return s[0] < 0x80 ? s[0] : 0xFFFD;
}

typedef struct writer {
    char *bytes;
    size_t length;
    char script; // '^' or '_' while a group of raised or lowered characters is open
} writer;

static void close_script(writer *w)
{
    if (w->script != '\0')
        w->bytes[w->length++] = '}';
    w->script = '\0';
}

/// `latex` begins with ^ or _ for a superscript or subscript.
static void write_replacement(writer *w, const char *latex)
{
    bool script = latex[0] == '^' || latex[0] == '_';
    if (!script || w->script != latex[0])
        close_script(w);
    if (script && w->script == '\0') {
        w->script = latex[0];
        w->bytes[w->length++] = latex[0];
        w->bytes[w->length++] = '{';
    }
    const char *rest = script ? latex + 1 : latex;
    memcpy(w->bytes + w->length, rest, strlen(rest));
    w->length += strlen(rest);
}

bool lexer_to_ascii(distill_span *out, scratch *m, distill_span text)
{
    size_t first = 0;
    while (first < text.length && !ascii_is_foreign(text.bytes[first]))
        first++;
    *out = text;
    if (first == text.length)
        return true;
    writer w = {.bytes = scratch_take(m, text.length * LONGEST_REPLACEMENT / 2 + 8)};
    if (w.bytes == NULL)
        return false;
    size_t length;
    for (size_t i = 0; i < text.length; i += length) {
        uint32_t code = decode(text, i, &length);
        char wide[2] = {(char)(code - 0xFEE0), '\0'};
        bool full_width = code >= 0xFF01 && code <= 0xFF5E;
        const char *latex = code < 0x80 ? NULL : full_width ? wide : latex_character(code);
        if (latex != NULL) {
            write_replacement(&w, latex);
            continue;
        }
        close_script(&w);
        memcpy(w.bytes + w.length, text.bytes + i, length);
        w.length += length;
    }
    close_script(&w);
    m->used = (size_t)(w.bytes - m->block) + ((w.length + 15) & ~(size_t)15);
    *out = (distill_span){w.bytes, w.length};
    return true;
}
