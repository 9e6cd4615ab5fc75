// datasets/verify/math/latex/latex_lexer.c - the lexer: signs, and the loop that reads a text.
//
// The first byte chooses among numbers, commands, letters, signs and text outside ASCII. A command
// with an argument in text mode (\text) reads its inside with the same loop. The tokens go into an
// array in the scratch block; one token too many makes the lexer fail.
#include "datasets/verify/math/latex/latex_lexer.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/math/latex/lexer_state.h"

#include <string.h>

token *lexer_push(lexer *x, token_kind kind, uint8_t value, size_t from)
{
    if (x->count > x->limit) {
        x->failed = true;
        x->count = x->limit;
    }
    token *t = &x->tokens[x->count++];
    *t = (token){.kind = (uint8_t)kind,
                 .value = value,
                 .space = x->space,
                 .places = -1,
                 .from = x->text.bytes + from,
                 .to = x->text.bytes + x->at};
    x->space = false;
    return t;
}

void lexer_degree(lexer *x, size_t from)
{
    size_t next = lexer_peek(x, 0) == ' ' ? 1 : 0;
    char c = lexer_peek(x, next);
    bool scale = (c == 'C' || c == 'F') && !ascii_is_letter(lexer_peek(x, next + 1));
    lexer_push(x, TOKEN_DEGREE, scale ? (uint8_t)c : 0, from);
    x->at += scale ? next + 1 : 0;
}

/// The exponent o of a number is a degree sign.
static bool letter_is_degree(const lexer *x, size_t behind)
{
    const token *before = lexer_last(x);
    return before != NULL && before->kind == TOKEN_NUMBER &&
           !ascii_is_letter(lexer_peek(x, behind));
}

/// Reads ^\circ, ^{\circ}, and ^o after a number as a degree sign; false if it is something else.
static bool lex_degree(lexer *x)
{
    static const char *const NAMES[] = {"\\circ", "\\degree", "o"};
    size_t ahead = 1;
    while (lexer_among(lexer_peek(x, ahead), " {,"))
        ahead++;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t behind = ahead + strlen(NAMES[i]);
        bool braced = false;
        for (size_t j = 1; j < ahead; j++)
            braced = braced || lexer_peek(x, j) == '{';
        if (!lexer_starts(x, ahead, NAMES[i]) || (i == 2 && !letter_is_degree(x, behind)))
            continue;
        while (braced && lexer_peek(x, behind) == ' ')
            behind++;
        if (braced && lexer_peek(x, behind++) != '}')
            return false;
        size_t from = x->at;
        x->at += behind;
        lexer_degree(x, from);
        return true;
    }
    return false;
}

/// A sign of plain text of several bytes.
typedef struct sign_row {
    const char *sign;
    uint8_t length, kind, value;
} sign_row;

static const sign_row LONG_SIGNS[] = {
    // longer ones first
    {"<=>", 3, TOKEN_RELATION, RELATION_OTHER},
    {"**", 2, TOKEN_CARET, 0},
    {"<=", 2, TOKEN_RELATION, RELATION_LESS_EQUAL},
    {"=<", 2, TOKEN_RELATION, RELATION_LESS_EQUAL},
    {">=", 2, TOKEN_RELATION, RELATION_GREATER_EQUAL},
    {"=>", 2, TOKEN_RELATION, RELATION_OTHER},
    {"->", 2, TOKEN_RELATION, RELATION_OTHER},
    {"!=", 2, TOKEN_RELATION, RELATION_NOT_EQUAL},
    {"<>", 2, TOKEN_RELATION, RELATION_NOT_EQUAL},
    {"==", 2, TOKEN_RELATION, RELATION_EQUAL},
    {":=", 2, TOKEN_RELATION, RELATION_EQUAL},
    {"+-", 2, TOKEN_EITHER, 1},
};

/// The signs of one byte, by that byte.
static const struct {
    uint8_t kind, value; // kind TOKEN_END: no sign
} SIGNS[128] = {
    ['='] = {TOKEN_RELATION, RELATION_EQUAL},
    ['<'] = {TOKEN_RELATION, RELATION_LESS},
    ['>'] = {TOKEN_RELATION, RELATION_GREATER},
    ['+'] = {TOKEN_PLUS, 0},
    ['-'] = {TOKEN_MINUS, 0},
    ['*'] = {TOKEN_TIMES, 1},
    ['/'] = {TOKEN_DIVIDE, 0},
    ['^'] = {TOKEN_CARET, 0},
    ['_'] = {TOKEN_UNDERSCORE, 0},
    ['!'] = {TOKEN_FACTORIAL, 0},
    ['\''] = {TOKEN_PRIME, 0},
    ['%'] = {TOKEN_PERCENT, 0},
    [','] = {TOKEN_COMMA, 0},
    [';'] = {TOKEN_SEMICOLON, 0},
    [':'] = {TOKEN_COLON, 0},
    ['('] = {TOKEN_OPEN, '('},
    ['['] = {TOKEN_OPEN, '['},
    [')'] = {TOKEN_CLOSE, ')'},
    [']'] = {TOKEN_CLOSE, ']'},
    ['{'] = {TOKEN_OPEN_GROUP, 0},
    ['}'] = {TOKEN_CLOSE_GROUP, 0},
    ['|'] = {TOKEN_BAR, 0},
    ['&'] = {TOKEN_ALIGN, 0},
};

/// Reads a sign of several bytes, all of which end with one of -=>*; false if there is none here.
static bool lex_long_sign(lexer *x)
{
    size_t from = x->at;
    if (!lexer_among(lexer_peek(x, 1), "-=>*"))
        return false;
    for (size_t i = 0; i < sizeof LONG_SIGNS / sizeof *LONG_SIGNS; i++) {
        const sign_row *row = &LONG_SIGNS[i];
        if (x->text.length - from < row->length ||
            memcmp(x->text.bytes + from, row->sign, row->length) != 0)
            continue;
        x->at += row->length;
        lexer_push(x, row->kind, row->value, from);
        return true;
    }
    return false;
}

/// The & behind a value of a piecewise definition, before its condition: 7 & x > 0, not x &= 2. A
/// comma before it is dropped.
static bool separates_condition(lexer *x)
{
    static const char *const SIGNS_BEHIND[] = {"=",   "<",        ">",    "+",    "-",      "\\l",
                                               "\\g", "\\approx", "\\ne", "\\in", "\\equiv"};
    size_t ahead = 0;
    const token *last = lexer_last(x);
    if (last == NULL || last->kind == TOKEN_RELATION || last->kind == TOKEN_ROW ||
        last->kind == TOKEN_OPEN || last->kind == TOKEN_PLUS || last->kind == TOKEN_MINUS)
        return false;
    while (lexer_among(lexer_peek(x, ahead), " {}&\n"))
        ahead++;
    for (size_t i = 0; i < sizeof SIGNS_BEHIND / sizeof *SIGNS_BEHIND; i++)
        if (lexer_starts(x, ahead, SIGNS_BEHIND[i]))
            return false;
    x->count -= last->kind == TOKEN_COMMA;
    return lexer_peek(x, ahead) != '\0';
}

/// Reads a sign of one byte; false if it is none.
static bool lex_short_sign(lexer *x, unsigned char c)
{
    token_kind kind = c < 128 ? (token_kind)SIGNS[c].kind : TOKEN_END;
    size_t from = x->at;
    if (kind == TOKEN_END)
        return false;
    x->at++;
    x->brackets += (kind == TOKEN_OPEN) - (kind == TOKEN_CLOSE);
    if (kind == TOKEN_ALIGN && x->environments == 0 && !separates_condition(x))
        x->space = true;
    else
        lexer_push(x, kind, SIGNS[c].value, from);
    return true;
}

/// Only closing signs and white space follow.
static bool only_closers_follow(const lexer *x)
{
    for (size_t i = x->at; i < x->text.length; i++)
        if (strchr("$)]}.\\ \n\r\t*", x->text.bytes[i]) == NULL)
            return false;
    return true;
}

/// Skips an empty group before a degree sign, 90{}^\circ, and reads {:} as a colon; false for other
/// texts.
static bool lex_empty_group(lexer *x)
{
    size_t from = x->at;
    if (lexer_starts(x, 0, "{:}")) {
        x->at += 3;
        lexer_push(x, TOKEN_COLON, 0, from);
        return true;
    }
    bool empty = lexer_starts(x, 0, "{}^\\circ") || lexer_starts(x, 0, "{}^{\\circ}");
    x->at += empty ? 2 : 0;
    return empty;
}

static void lex_sign(lexer *x)
{
    size_t from = x->at;
    char c = lexer_peek(x, 0);
    if (c == '{' && lex_empty_group(x))
        return;
    if (c == '^' && lex_degree(x))
        return;
    if (lex_long_sign(x) || lex_short_sign(x, (unsigned char)c))
        return;
    x->at++;
    if (c == '$' && from == 0 && ascii_is_digit(lexer_peek(x, 0)) &&
        memchr(x->text.bytes + 1, '$', x->text.length - 1) == NULL)
        lexer_push(x, TOKEN_CURRENCY, 0, from)->text = distill_span_of("dollars"); // $0.97
    else if (lexer_among(c, " \t\r\n~$\"`#*"))
        x->space = true;
    else if (c != '.')
        lexer_push(x, TOKEN_UNSUPPORTED, 0, from);
    else if (x->at < x->text.length && !only_closers_follow(x))
        lexer_push(x, TOKEN_UNSUPPORTED, 0, from);
}

/// Text outside ASCII that has no LaTeX form is a word.
static void lex_foreign_word(lexer *x)
{
    size_t from = x->at;
    while (ascii_is_foreign(lexer_peek(x, 0)))
        x->at++;
    lexer_push(x, TOKEN_WORDS, 0, from)->text = (distill_span){x->text.bytes + from, x->at - from};
}

void lexer_range(lexer *x, size_t end)
{
    size_t length = x->text.length;
    x->text.length = end;
    while (x->at < end && !x->failed) {
        char c = x->text.bytes[x->at];
        if (lexer_number_starts(x))
            lexer_number(x);
        else if (c == '\\')
            lexer_command(x);
        else if (ascii_is_letter(c))
            lexer_letters(x);
        else if (ascii_is_foreign(c))
            lex_foreign_word(x);
        else
            lex_sign(x);
    }
    x->text.length = length;
}

bool latex_tokens(token **out, size_t *count, scratch *m, distill_span text, unsigned options)
{
    lexer x = {.m = m, .options = options};
    if (text.length > ANSWER_BYTES || !lexer_to_ascii(&x.text, m, text))
        return false;
    size_t most = x.text.length + 2 < TOKEN_LIMIT ? x.text.length + 2 : TOKEN_LIMIT;
    x.limit = most - 1;
    x.tokens = scratch_take(m, most * sizeof(token));
    if (x.tokens == NULL)
        return false;
    lexer_range(&x, x.text.length);
    if (x.failed)
        return false;
    *count = x.count;
    lexer_push(&x, TOKEN_END, 0, x.at);
    *out = x.tokens;
    return !x.failed;
}
