// distill/text/jinja/syntax/jinja_lexer.c - from text to tokens, by the rules of Jinja's lexer.
//
// Text outside of blocks is cut at the marks {{ {% {#. A mark with "-" removes the white space
// before it; {% and {# remove the blanks between the beginning of their line and themselves, unless
// a "+" follows. An end mark with "-" removes the white space after it; %} and #} remove one line
// end.
#include "distill/text/jinja/syntax/jinja_lexer.h"

#include "distill/base/memory.h"
#include "distill/text/jinja/values/jinja_text.h"
#include "distill/text/unicode.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void jinja_lexer_free(jinja_lexer *lexer)
{
    distill_free(lexer->tokens);
    lexer->tokens = NULL;
}

// ------------------------------------------------------------------------------------- positions

/// The place of an offset, which is not before that of the last call.
static jinja_place place_of(jinja_lexer *lexer, size_t at)
{
    for (; lexer->counted < at; lexer->counted++) {
        lexer->place.column++;
        if (lexer->source.bytes[lexer->counted] == '\n')
            lexer->place = (jinja_place){lexer->place.line + 1, 1};
    }
    return lexer->place;
}

static distill_status fail_at(jinja_lexer *lexer, size_t at, const char *message)
{
    jinja_place place = place_of(lexer, at);
    return distill_fail(DISTILL_FORMAT, "line %u, column %u: %s", place.line, place.column,
                        message);
}

/// The character `ahead` characters after the current one; '\0' at the end.
static char peek(const jinja_lexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;
    return at < lexer->source.length ? lexer->source.bytes[at] : '\0';
}

static bool follows(const jinja_lexer *lexer, const char *text)
{
    size_t length = strlen(text);
    return lexer->source.length - lexer->at >= length &&
           memcmp(lexer->source.bytes + lexer->at, text, length) == 0;
}

static distill_status add_token(jinja_lexer *lexer, jinja_token_kind kind, size_t from,
                                distill_span text)
{
    distill_status status = DISTILL_OK;
    if (lexer->count == lexer->capacity) {
        size_t capacity = lexer->capacity * 2 + 256;
        TRY(distill_grow((void **)&lexer->tokens, lexer->capacity, capacity,
                         sizeof *lexer->tokens));
        lexer->capacity = capacity;
    }
    lexer->tokens[lexer->count++] =
        (jinja_token){.kind = kind, .place = place_of(lexer, from), .text = text};
done:
    return status;
}

// ----------------------------------------------------------------------------------- white space

static void skip_space(jinja_lexer *lexer)
{
    distill_span rest = {lexer->source.bytes + lexer->at, lexer->source.length - lexer->at};
    lexer->at = lexer->source.length - jinja_strip_left(rest).length;
}

/// After an end mark: `strips` removes white space, `trims` one line end.
static void end_mark(jinja_lexer *lexer, bool strips, bool trims)
{
    if (strips)
        skip_space(lexer);
    else if (trims && peek(lexer, 0) == '\n')
        lexer->at++;
    lexer->starts_line = lexer->source.bytes[lexer->at - 1] == '\n';
}

/// The text before a mark with the sign '-', '+' or '\0', without the white space that the mark
/// removes.
static distill_span before_mark(const jinja_lexer *lexer, distill_span text, char sign,
                                bool is_print)
{
    if (sign == '-')
        return jinja_strip_right(text);
    if (sign == '+' || is_print)
        return text;
    distill_span line = {"\n", 1};
    size_t last = distill_span_find_last(text, line), begin = last == SIZE_MAX ? 0 : last + 1;
    if (begin == 0 && !lexer->starts_line)
        return text;
    distill_span blank = {text.bytes + begin, text.length - begin};
    return jinja_strip_left(blank).length == 0 ? (distill_span){text.bytes, begin} : text;
}

// --------------------------------------------------------------------------- tokens inside a block

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static distill_status read_name(jinja_lexer *lexer)
{
    size_t begin = lexer->at;
    while (is_name_char(peek(lexer, 0)))
        lexer->at++;
    return add_token(lexer, JINJA_TOKEN_NAME, begin,
                     (distill_span){lexer->source.bytes + begin, lexer->at - begin});
}

/// Copies digits without "_" into `text`; false if there is no room.
static bool read_digits(jinja_lexer *lexer, char *text, size_t capacity, size_t *length,
                        const char *digits)
{
    while (peek(lexer, 0) != '\0' &&
           (strchr(digits, peek(lexer, 0)) != NULL ||
            (peek(lexer, 0) == '_' && isalnum((unsigned char)peek(lexer, 1))))) {
        if (*length + 1 >= capacity)
            return false;
        if (peek(lexer, 0) != '_')
            text[(*length)++] = peek(lexer, 0);
        lexer->at++;
    }
    text[*length] = '\0';
    return true;
}

static distill_status read_number(jinja_lexer *lexer)
{
    distill_status status = DISTILL_OK;
    static const char decimal[] = "0123456789";
    char text[128] = "", *end = NULL;
    size_t begin = lexer->at, length = 0;
    char base = (char)tolower((unsigned char)peek(lexer, 1));
    bool is_float = false, ok = true;
    if (peek(lexer, 0) == '0' && (base == 'x' || base == 'o' || base == 'b')) {
        lexer->at += 2;
        ok = read_digits(lexer, text, sizeof text, &length, "0123456789abcdefABCDEF");
    } else {
        base = '\0';
        ok = read_digits(lexer, text, sizeof text, &length, decimal);
        for (int part = 0; ok && part < 2; part++) { // the fraction, then the exponent
            size_t sign = part == 1 && (peek(lexer, 1) == '+' || peek(lexer, 1) == '-') ? 2 : 1;
            bool marked = part == 0 ? peek(lexer, 0) == '.' : tolower(peek(lexer, 0)) == 'e';
            if (!marked || !isdigit((unsigned char)peek(lexer, sign)) || length + 3 > sizeof text)
                continue;
            memcpy(text + length, lexer->source.bytes + lexer->at, sign);
            length += sign;
            lexer->at += sign;
            is_float = true;
            ok = read_digits(lexer, text, sizeof text, &length, decimal);
        }
    }
    errno = 0;
    int64_t whole = strtoll(text, &end, base == 'x' ? 16 : base == 'o' ? 8 : base == 'b' ? 2 : 10);
    if (!ok || length == 0 || (!is_float && (errno != 0 || *end != '\0')))
        TRY(fail_at(lexer, begin, "this number cannot be represented"));
    TRY(add_token(lexer, is_float ? JINJA_TOKEN_FLOAT : JINJA_TOKEN_INTEGER, begin,
                  (distill_span){lexer->source.bytes + begin, lexer->at - begin}));
    lexer->tokens[lexer->count - 1].value =
        is_float ? jinja_float(strtod(text, NULL)) : jinja_int(whole);
done:
    return status;
}

/// Decodes up to `most` digits of `base` at the current position.
static uint32_t read_code(jinja_lexer *lexer, int base, int most, int *count)
{
    uint32_t code = 0;
    for (*count = 0; *count < most; (*count)++, lexer->at++) {
        char c = (char)tolower((unsigned char)peek(lexer, 0));
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
        if (digit >= base)
            break;
        code = code * (uint32_t)base + (uint32_t)digit;
    }
    return code;
}

/// Decodes the escape after a backslash to `out`; an unknown one keeps its backslash.
static distill_status read_escape(jinja_lexer *lexer, char **out)
{
    static const char from[] = "ntr\\'\"abfv", to[] = "\n\t\r\\'\"\a\b\f\v";
    size_t begin = lexer->at;
    char c = peek(lexer, 0);
    const char *plain = c == '\0' ? NULL : strchr(from, c);
    int count = 0, most = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (c >= '0' && c <= '7') {
        *out += unicode_encode(*out, read_code(lexer, 8, 3, &count));
        return DISTILL_OK;
    }
    lexer->at++;
    if (most > 0) {
        uint32_t code = read_code(lexer, 16, most, &count);
        if (count < most || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
            return fail_at(lexer, begin, "this escape is not a character");
        *out += unicode_encode(*out, code);
    } else if (c == 'N') {
        return fail_at(lexer, begin, "escapes by name (\\N) are not supported");
    } else if (plain != NULL) {
        *(*out)++ = to[plain - from];
    } else if (c != '\n') { // a line end after a backslash is dropped
        *(*out)++ = '\\';
        *(*out)++ = c;
    }
    return DISTILL_OK;
}

static distill_status read_string(jinja_lexer *lexer)
{
    distill_status status = DISTILL_OK;
    size_t begin = lexer->at++, end = lexer->at;
    char quote = lexer->source.bytes[begin], *text = NULL;
    while (end < lexer->source.length && lexer->source.bytes[end] != quote)
        end += lexer->source.bytes[end] == '\\' ? 2 : 1;
    if (end >= lexer->source.length)
        TRY(fail_at(lexer, begin, "the string is not closed"));
    TRY(jinja_memory_take_text(&text, lexer->memory, end - begin + 4));
    char *out = text;
    while (lexer->at < end) {
        char c = lexer->source.bytes[lexer->at++];
        if (c == '\\')
            TRY(read_escape(lexer, &out));
        else
            *out++ = c;
    }
    lexer->at = end + 1;
    TRY(add_token(lexer, JINJA_TOKEN_STRING, begin, (distill_span){text, (size_t)(out - text)}));
done:
    return status;
}

static distill_status read_operator(jinja_lexer *lexer)
{
    static const char *const operators[] = {"//", "**", "==", "!=", "<=", ">=", "+", "-", "/",
                                            "*",  "%",  "~",  "[",  "]",  "(",  ")", "{", "}",
                                            ">",  "<",  "=",  ".",  ":",  "|",  ",", ";"};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (follows(lexer, operators[i])) {
            size_t begin = lexer->at;
            lexer->at += strlen(operators[i]);
            return add_token(lexer, JINJA_TOKEN_OPERATOR, begin, distill_span_of(operators[i]));
        }
    return fail_at(lexer, lexer->at, "unexpected character in a block");
}

static distill_status read_token(jinja_lexer *lexer)
{
    char c = peek(lexer, 0);
    if (isdigit((unsigned char)c))
        return read_number(lexer);
    if (is_name_char(c))
        return read_name(lexer);
    if (c == '\'' || c == '"')
        return read_string(lexer);
    return read_operator(lexer);
}

/// Reads the inside of a block up to its end mark.
static distill_status read_block(jinja_lexer *lexer, bool is_print)
{
    distill_status status = DISTILL_OK;
    const char *close = is_print ? "}}" : "%}";
    size_t begin = lexer->at, open = 0; // brackets
    for (;;) {
        skip_space(lexer);
        if (lexer->at == lexer->source.length)
            TRY(fail_at(lexer, begin, "the block is not closed"));
        char sign = peek(lexer, 0);
        size_t skip = sign == '-' || (sign == '+' && !is_print) ? 1 : 0;
        bool closes = peek(lexer, skip) == close[0] && peek(lexer, skip + 1) == close[1];
        if (open == 0 && closes) {
            TRY(add_token(lexer, is_print ? JINJA_TOKEN_PRINT_END : JINJA_TOKEN_BLOCK_END,
                          lexer->at, distill_span_of(close)));
            lexer->at += skip + 2;
            end_mark(lexer, sign == '-', !is_print && sign != '+');
            return DISTILL_OK;
        }
        TRY(read_token(lexer));
        const jinja_token *token = &lexer->tokens[lexer->count - 1];
        if (token->kind != JINJA_TOKEN_OPERATOR)
            continue;
        if (strchr("([{", token->text.bytes[0]) != NULL)
            open++;
        else if (strchr(")]}", token->text.bytes[0]) != NULL && open-- == 0)
            TRY(fail_at(lexer, lexer->at - 1, "a bracket is closed that is not open"));
    }
done:
    return status;
}

// ------------------------------------------------------------------------------- text and comments

static distill_status add_data(jinja_lexer *lexer, size_t from, distill_span text)
{
    return text.length == 0 ? DISTILL_OK : add_token(lexer, JINJA_TOKEN_DATA, from, text);
}

static distill_status read_comment(jinja_lexer *lexer)
{
    size_t end = distill_span_find(lexer->source, distill_span_of("#}"), lexer->at);
    if (end == SIZE_MAX)
        return fail_at(lexer, lexer->at, "the comment is not closed");
    char sign = end > lexer->at ? lexer->source.bytes[end - 1] : '\0';
    lexer->at = end + 2;
    end_mark(lexer, sign == '-', sign != '+');
    return DISTILL_OK;
}

/// True if the block mark at the current position is followed by `word` and nothing else; moves
/// behind the block, whose signs it sets.
static bool read_word_block(jinja_lexer *lexer, const char *word, char *sign, char *end_sign)
{
    size_t at = lexer->at;
    *sign = peek(lexer, 2) == '-' || peek(lexer, 2) == '+' ? peek(lexer, 2) : '\0';
    lexer->at += *sign != '\0' ? 3 : 2;
    skip_space(lexer);
    bool is_word = follows(lexer, word);
    if (is_word) {
        lexer->at += strlen(word);
        skip_space(lexer);
        *end_sign = peek(lexer, 0) == '-' || peek(lexer, 0) == '+' ? peek(lexer, 0) : '\0';
        lexer->at += *end_sign != '\0' ? 1 : 0;
        is_word = follows(lexer, "%}");
    }
    lexer->at = is_word ? lexer->at + 2 : at;
    return is_word;
}

/// Reads the text after {% raw %}, and {% endraw %}.
static distill_status read_raw(jinja_lexer *lexer)
{
    size_t begin = lexer->at;
    char sign, end_sign;
    for (;;) {
        lexer->at = distill_span_find(lexer->source, distill_span_of("{%"), lexer->at);
        if (lexer->at == SIZE_MAX)
            return fail_at(lexer, begin, "{% raw %} is not closed");
        size_t end = lexer->at;
        if (read_word_block(lexer, "endraw", &sign, &end_sign)) {
            distill_span text = {lexer->source.bytes + begin, end - begin};
            text = before_mark(lexer, text, sign, false);
            end_mark(lexer, end_sign == '-', end_sign != '+');
            return add_data(lexer, begin, text);
        }
        lexer->at += 2;
    }
}

/// The offset of the next mark, or the end.
static size_t next_mark(const jinja_lexer *lexer)
{
    for (size_t at = lexer->at; at + 1 < lexer->source.length; at++) {
        const char *open = memchr(lexer->source.bytes + at, '{', lexer->source.length - 1 - at);
        if (open == NULL)
            break;
        at = (size_t)(open - lexer->source.bytes);
        if (open[1] == '{' || open[1] == '%' || open[1] == '#')
            return at;
    }
    return lexer->source.length;
}

/// Reads text up to a mark, and the block that begins there.
static distill_status read_part(jinja_lexer *lexer)
{
    distill_status status = DISTILL_OK;
    size_t begin = lexer->at, mark = next_mark(lexer);
    distill_span text = {lexer->source.bytes + begin, mark - begin};
    lexer->at = mark;
    if (mark == lexer->source.length)
        return add_data(lexer, begin, text);
    char kind = peek(lexer, 1), sign = peek(lexer, 2), end_sign = '\0';
    sign = sign == '-' || sign == '+' ? sign : '\0';
    TRY(add_data(lexer, begin, before_mark(lexer, text, sign, kind == '{')));
    if (kind == '%' && read_word_block(lexer, "raw", &sign, &end_sign)) {
        end_mark(lexer, end_sign == '-', false);
        TRY(read_raw(lexer));
        goto done;
    }
    if (kind != '#')
        TRY(add_token(lexer, kind == '{' ? JINJA_TOKEN_PRINT_BEGIN : JINJA_TOKEN_BLOCK_BEGIN, mark,
                      (distill_span){lexer->source.bytes + mark, 2}));
    lexer->at += sign != '\0' ? 3 : 2;
    TRY(kind == '#' ? read_comment(lexer) : read_block(lexer, kind == '{'));
done:
    return status;
}

/// Copies the source with "\n" as the only line end, and without the last one.
static distill_status normalize(jinja_lexer *lexer, distill_span source)
{
    distill_status status = DISTILL_OK;
    char *text = NULL;
    size_t length = 0;
    TRY(jinja_memory_take_text(&text, lexer->memory, source.length + 1));
    for (size_t i = 0; i < source.length; i++) {
        bool is_return = source.bytes[i] == '\r';
        if (is_return && i + 1 < source.length && source.bytes[i + 1] == '\n')
            continue;
        text[length++] = is_return ? '\n' : source.bytes[i];
    }
    if (length > 0 && text[length - 1] == '\n')
        length--;
    lexer->source = (distill_span){text, length};
done:
    return status;
}

distill_status jinja_lexer_read(jinja_lexer *lexer, distill_span source)
{
    distill_status status = DISTILL_OK;
    lexer->place = (jinja_place){1, 1};
    lexer->starts_line = true;
    TRY(normalize(lexer, source));
    if (unicode_valid_prefix(lexer->source.bytes, lexer->source.length) < lexer->source.length)
        TRY(fail_at(lexer, unicode_valid_prefix(lexer->source.bytes, lexer->source.length),
                    "the text is not UTF-8"));
    while (lexer->at < lexer->source.length)
        TRY(read_part(lexer));
    TRY(add_token(lexer, JINJA_TOKEN_END, lexer->source.length, distill_span_of("")));
done:
    return status;
}
