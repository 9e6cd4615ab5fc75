// distill/text/chat/jinja_scan.c - a lexer for the blocks of a Jinja template.
//
// It collects the words and string literals of {{ }} and {% %}, and detects printed text between
// blocks. It does not parse expressions and is no validator.
#include "distill/text/chat/jinja_scan.h"

#include "distill/base/memory.h"

#include <ctype.h>
#include <string.h>

void jinja_scan_free(jinja_scan *scan)
{
    distill_text_free(&scan->pool);
    distill_free(scan->items);
    *scan = (jinja_scan){0};
}

const char *jinja_scan_text(const jinja_scan *scan, const jinja_item *item)
{
    return scan->pool.bytes + item->begin;
}

bool jinja_scan_has(const jinja_scan *scan, jinja_kind kind, const char *text)
{
    for (size_t i = 0; i < scan->count; i++)
        if (scan->items[i].kind == kind &&
            strcmp(jinja_scan_text(scan, &scan->items[i]), text) == 0)
            return true;
    return false;
}

/// Makes an item of the text that was added to the pool from `begin` on.
static distill_status add_item(jinja_scan *scan, jinja_kind kind, size_t begin)
{
    distill_status status = DISTILL_OK;
    size_t length = scan->pool.length - begin;
    TRY(distill_text_add_char(&scan->pool, '\0'));
    if (scan->count == scan->capacity) {
        size_t capacity = scan->capacity * 2 + 64;
        TRY(distill_grow((void **)&scan->items, scan->capacity, capacity, sizeof *scan->items));
        scan->capacity = capacity;
    }
    scan->items[scan->count++] = (jinja_item){kind, begin, length};
done:
    return status;
}

/// Reads the string literal that begins at `*at` with a quote.
static distill_status read_literal(jinja_scan *scan, const char **at)
{
    distill_status status = DISTILL_OK;
    size_t begin = scan->pool.length;
    char quote = *(*at)++;
    while (**at != quote) {
        char c = *(*at)++;
        if (c == '\\' && **at != '\0') {
            c = *(*at)++;
            if (strchr("nt\\'\"", c) == NULL) // not used by any known template: kept unchanged
                TRY(distill_text_add_char(&scan->pool, '\\'));
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        if (c == '\0')
            TRY(distill_fail(DISTILL_FORMAT, "chat template: a string is not closed"));
        TRY(distill_text_add_char(&scan->pool, c));
    }
    ++*at;
    TRY(add_item(scan, JINJA_LITERAL, begin));
done:
    return status;
}

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/// Reads the inside of a block up to `close` ("}}" or "%}") and moves past it.
static distill_status read_block(jinja_scan *scan, const char **at, const char *close)
{
    distill_status status = DISTILL_OK;
    while (strncmp(*at, close, 2) != 0) {
        if (**at == '\0')
            TRY(distill_fail(DISTILL_FORMAT, "chat template: a block is not closed"));
        if (**at == '\'' || **at == '"') {
            TRY(read_literal(scan, at));
        } else if (is_word_char(**at)) {
            const char *word = *at;
            size_t begin = scan->pool.length;
            while (is_word_char(**at))
                ++*at;
            TRY(distill_text_append(&scan->pool, word, (size_t)(*at - word)));
            TRY(add_item(scan, JINJA_WORD, begin));
        } else {
            ++*at;
        }
    }
    *at += 2;
done:
    return status;
}

/// True if a part of the text between two blocks is printed, with Jinja's trim_blocks and
/// lstrip_blocks on, as in transformers. `before` and `after` are the kinds of the blocks on both
/// sides: '{' for {{ }}, '%', '#', '-' for a block that strips white space, '\0' at the ends.
static bool prints(const char *text, size_t length, char before, char after)
{
    for (size_t i = 0; i < length; i++)
        if (!isspace((unsigned char)text[i]))
            return true;
    if (before == '-' || after == '-')
        return false;
    bool strip_newline = (before == '%' || before == '#') && length > 0 && text[0] == '\n';
    size_t begin = strip_newline ? 1 : 0;
    if (after == '\0' && length > begin && text[length - 1] == '\n')
        length--; // the line end at the end of the template
    if (after == '%' || after == '#') {
        size_t end = length;
        while (end > begin && (text[end - 1] == ' ' || text[end - 1] == '\t'))
            end--;
        if (end == 0 || text[end - 1] == '\n' || (begin == 1 && end == begin))
            length = end;
    }
    return length > begin;
}

distill_status jinja_scan_read(jinja_scan *scan, const char *source)
{
    distill_status status = DISTILL_OK;
    const char *at = source;
    char before = '\0';
    for (;;) {
        const char *open = at;
        while (*open != '\0' &&
               !(*open == '{' && strchr("{%#", open[1]) != NULL && open[1] != '\0'))
            open++;
        char kind = *open == '\0' ? '\0' : open[1];
        char after = kind != '\0' && open[2] == '-' ? '-' : kind;
        scan->bare_text = scan->bare_text || prints(at, (size_t)(open - at), before, after);
        if (kind == '\0')
            break;
        at = open + 2;
        if (kind == '#') {
            at = strstr(at, "#}");
            if (at == NULL)
                TRY(distill_fail(DISTILL_FORMAT, "chat template: a comment is not closed"));
            at += 2;
        } else {
            TRY(read_block(scan, &at, kind == '{' ? "}}" : "%}"));
        }
        before = at[-3] == '-' ? '-' : kind;
    }
done:
    return status;
}
