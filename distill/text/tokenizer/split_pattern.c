// distill/text/tokenizer/split_pattern.c - translates patterns to PCRE2 and matches them.
//
// Tokenizers are written for Oniguruma. Its dialect equals PCRE2's in all that published tokenizers
// use, except for \s and \S: PCRE2's white space also contains U+180E. They are replaced by an
// explicit class. Syntax with another meaning in PCRE2 is an error.
#include "distill/text/tokenizer/split_pattern.h"

#include "distill/base/memory.h"
#include "distill/text/unicode.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { JIT_STACK_START = 32 << 10, JIT_STACK_LIMIT = 8 << 20, MAX_PATTERN_BYTES = 1 << 20 };

struct split_pattern {
    pcre2_code *code;
    bool has_jit;
};

struct split_match {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

// ------------------------------------------------------------------------------------ compiling

/// Appends the pattern in PCRE2's dialect.
static distill_status translate(distill_text *out, distill_span pattern, const char *where)
{
    distill_status status = DISTILL_OK;
    bool in_class = false;
    for (size_t i = 0; i < pattern.length; i++) {
        char c = pattern.bytes[i], next = i + 1 < pattern.length ? pattern.bytes[i + 1] : '\0';
        bool set_operation = in_class && ((c == '[' && next != ':') || (c == '&' && next == '&'));
        if (set_operation || (c == '\\' && (next == 'h' || next == 'H')))
            TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: \"%.2s\" in a pattern is not supported",
                             where, pattern.bytes + i));
        if (c == '\\' && (next == 's' || (next == 'S' && !in_class))) {
            TRY(distill_text_printf(out, in_class ? "%s%s" : "[%s%s]", next == 'S' ? "^" : "",
                                    UNICODE_SPACE_CLASS));
            i++;
        } else if (c == '\\') {
            TRY(distill_text_append(out, pattern.bytes + i, next != '\0' ? 2 : 1));
            i++;
        } else {
            TRY(distill_text_add_char(out, c));
            in_class = in_class ? c != ']' : c == '[';
        }
    }
done:
    return status;
}

static distill_status compile(pcre2_code **out, distill_span translated, bool literal,
                              const char *where)
{
    int error;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | (literal ? PCRE2_LITERAL : PCRE2_UCP | PCRE2_MULTILINE);
    *out =
        pcre2_compile((PCRE2_SPTR)translated.bytes, translated.length, options, &error, &at, NULL);
    if (*out != NULL)
        return DISTILL_OK;
    PCRE2_UCHAR reason[128] = "";
    pcre2_get_error_message(error, reason, sizeof reason);
    return distill_fail(DISTILL_FORMAT, "%s: not a valid pattern: %s", where, (const char *)reason);
}

distill_status split_pattern_compile(split_pattern **out, distill_span pattern, bool literal,
                                     const char *where)
{
    distill_status status = DISTILL_OK;
    split_pattern *compiled = NULL;
    distill_text translated = {.limit = MAX_PATTERN_BYTES};
    *out = NULL;
    if (pattern.length == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the pattern is empty", where));
    TRY(literal ? distill_text_add_span(&translated, pattern)
                : translate(&translated, pattern, where));
    TRY(DISTILL_NEW(&compiled, 1));
    TRY(compile(&compiled->code, distill_text_span(&translated), literal, where));
    compiled->has_jit = pcre2_jit_compile(compiled->code, PCRE2_JIT_COMPLETE) == 0;
    *out = compiled;
    compiled = NULL;
done:
    split_pattern_free(compiled);
    distill_text_free(&translated);
    return status;
}

void split_pattern_free(split_pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_code_free(pattern->code);
    distill_free(pattern);
}

// ------------------------------------------------------------------------------------- matching

distill_status split_match_create(split_match **out)
{
    distill_status status = DISTILL_OK;
    split_match *match = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&match, 1));
    match->data = pcre2_match_data_create(1, NULL);
    match->context = pcre2_match_context_create(NULL);
    match->stack = pcre2_jit_stack_create(JIT_STACK_START, JIT_STACK_LIMIT, NULL);
    if (match->data == NULL || match->context == NULL || match->stack == NULL)
        TRY(distill_fail(DISTILL_NO_MEMORY, "out of memory for matching patterns"));
    pcre2_jit_stack_assign(match->context, NULL, match->stack);
    *out = match;
    match = NULL;
done:
    split_match_free(match);
    return status;
}

void split_match_free(split_match *match)
{
    if (match == NULL)
        return;
    pcre2_match_data_free(match->data);
    pcre2_match_context_free(match->context);
    pcre2_jit_stack_free(match->stack);
    distill_free(match);
}

static distill_status fail_match(int code, size_t bytes)
{
    PCRE2_UCHAR reason[128] = "";
    pcre2_get_error_message(code, reason, sizeof reason);
    return distill_fail(DISTILL_LIMIT, "the pre-tokenizer's pattern failed on %zu bytes: %s", bytes,
                        (const char *)reason);
}

distill_status split_pattern_each(const split_pattern *pattern, split_match *match,
                                  distill_span text, split_handler on_match, void *context)
{
    distill_status status = DISTILL_OK;
    PCRE2_SPTR subject = (PCRE2_SPTR)text.bytes;
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(match->data);
    size_t from = 0;
    while (from < text.length) {
        int code = pattern->has_jit
                       ? pcre2_jit_match(pattern->code, subject, text.length, from,
                                         PCRE2_NO_UTF_CHECK, match->data, match->context)
                       : pcre2_match(pattern->code, subject, text.length, from, PCRE2_NO_UTF_CHECK,
                                     match->data, match->context);
        if (code == PCRE2_ERROR_NOMATCH)
            break;
        if (code < 0)
            TRY(fail_match(code, text.length - from));
        size_t begin = offsets[0], end = offsets[1];
        uint32_t character;
        from = end;
        if (end > begin)
            TRY(on_match(context, begin, end));
        else // empty match: continue after the next character
            from = begin < text.length ? begin + unicode_next(&character, text.bytes + begin)
                                       : text.length;
    }
done:
    return status;
}
