// datasets/verify/math/latex/latex_letters.c - the lexer's part for runs of letters: a name (sin),
// a word or unit (miles, cm), or a product of one-letter variables (xyz).
//
// LaTeX has no mark for words, so that properties of the run decide: vowels, order, capitals and
// length.
#include "datasets/verify/ascii.h"
#include "datasets/verify/math/latex/latex_names.h"
#include "datasets/verify/math/latex/lexer_state.h"
#include "datasets/verify/math/words/unit.h"

#include <string.h>

/// The letter stands alone elsewhere in the text: m in m^2 - 2nm + n^2.
static bool stands_alone(const lexer *x, char letter)
{
    for (size_t i = 0; i < x->text.length; i++) {
        bool before =
            i > 0 && (ascii_is_letter(x->text.bytes[i - 1]) || x->text.bytes[i - 1] == '\\');
        bool behind = i + 1 < x->text.length && ascii_is_letter(x->text.bytes[i + 1]);
        if (x->text.bytes[i] == letter && !before && !behind)
            return true;
    }
    return false;
}

/// A unit of two letters ("nm") is a product where both letters are variables of the text.
static bool is_product_of_variables(const lexer *x, distill_span run)
{
    return run.length == 2 && stands_alone(x, run.bytes[0]) && stands_alone(x, run.bytes[1]);
}

/// The run is a product of variables ("abc", "AB") rather than a word or unit ("odd", "miles",
/// "cm").
static bool is_product(const lexer *x, distill_span run)
{
    static const char *const SHORT[] = {"no", "No",  "is", "of", "to", "in", "on",
                                        "by", "not", "st", "nd", "rd", "th"};
    bool capitals = true, increasing = true, vowel = false;
    if (unit_is_word(run))
        return is_product_of_variables(x, run);
    for (size_t i = 0; i < sizeof SHORT / sizeof *SHORT; i++)
        if (distill_span_is(run, SHORT[i]))
            return false;
    for (size_t i = 0; i < run.length; i++) {
        capitals = capitals && ascii_is_capital(run.bytes[i]);
        increasing = increasing && (i == 0 || run.bytes[i - 1] < run.bytes[i]);
        vowel = vowel || strchr("aeiouyAEIOUY", run.bytes[i]) != NULL;
    }
    if (run.length <= 2)
        return true;
    if (run.length >= 4 && ascii_is_capital(run.bytes[0]) && run.bytes[run.length - 1] == 's')
        return false;                                                               // "DVDs"
    bool title = ascii_is_capital(run.bytes[0]) && !ascii_is_capital(run.bytes[1]); // "Yes"
    return run.length <= 5 && !title && (capitals || increasing || !vowel);
}

/// Length of a function name followed by one letter ("sinx" is sin x); 0 for other runs.
static size_t function_prefix(distill_span run)
{
    static const char *const NAMES[] = {"sin", "cos", "tan", "cot", "log", "ln"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t length = strlen(NAMES[i]);
        if (run.length == length + 1 && memcmp(run.bytes, NAMES[i], length) == 0)
            return length;
    }
    return 0;
}

/// A one-letter variable; e and i are constants.
static void push_symbol(lexer *x, distill_span name, size_t from)
{
    if (distill_span_is(name, "e"))
        lexer_push(x, TOKEN_CONSTANT, CONSTANT_E, from)->text = name;
    else if (distill_span_is(name, "i"))
        lexer_push(x, TOKEN_CONSTANT, CONSTANT_I, from)->text = name;
    else
        lexer_push(x, TOKEN_SYMBOL, 0, from)->text = name;
}

/// The letter U is between two intervals, (-\infty, 2) U (3, 4): the sign of the union.
static bool is_union_letter(const lexer *x)
{
    const token *before = lexer_last(x);
    size_t next = 0;
    while (lexer_peek(x, next) == ' ')
        next++;
    char c = lexer_peek(x, next);
    return before != NULL && before->kind == TOKEN_CLOSE && (c == '(' || c == '[' || c == '\\');
}

/// The R of x \in R.
static bool is_set_letter(const lexer *x, char letter)
{
    const token *before = lexer_last(x);
    return before != NULL && before->kind == TOKEN_RELATION && before->value == RELATION_IN &&
           lexer_among(letter, "RZNQC");
}

/// The letter after a number is one of several units: 3 m 20 cm, 4 min 42 s.
static bool is_one_of_measures(const lexer *x)
{
    const token *number = lexer_last(x);
    bool second = x->count >= 3 && x->space && number->space && number[-1].kind == TOKEN_WORDS &&
                  number[-2].kind == TOKEN_NUMBER;
    size_t next = 1;
    while (lexer_peek(x, next) == ' ')
        next++;
    return second || (x->space && next > 1 && ascii_is_digit(lexer_peek(x, next)));
}

/// The letter is part of a unit with a divisor after a number: 60 m/s.
static bool is_of_quotient(const lexer *x)
{
    const token *before = lexer_last(x);
    if (before->kind == TOKEN_NUMBER && x->space && lexer_peek(x, 1) == '/') {
        size_t length = 0;
        while (ascii_is_letter(lexer_peek(x, 2 + length)))
            length++;
        distill_span below = {x->text.bytes + x->at + 2, length};
        return unit_is_word(below) || (length == 1 && lexer_among(*below.bytes, "mgshLlK"));
    }
    return x->count >= 3 && before->kind == TOKEN_DIVIDE && before[-1].kind == TOKEN_WORDS &&
           before[-2].kind == TOKEN_NUMBER;
}

/// The run is one word: "miles", the unit of "20 m" inside \text{}, the PM of 2:30 PM.
static bool is_word(const lexer *x, distill_span run)
{
    const token *before = lexer_last(x);
    bool behind_number = before != NULL && before->kind == TOKEN_NUMBER;
    if (run.length == 1 && before != NULL && lexer_among(*run.bytes, "mgshLlKNJWVA"))
        return (behind_number && (x->units || is_one_of_measures(x))) || is_of_quotient(x);
    if (run.length == 1)
        return false;
    bool clock = run.length == 2 && lexer_among(run.bytes[0], "aApP") &&
                 lexer_among(run.bytes[1], "mM") && behind_number && x->count >= 2 &&
                 before[-1].kind == TOKEN_COLON;
    bool billions = behind_number && x->count >= 2 && before[-1].kind == TOKEN_CURRENCY &&
                    distill_span_is(run, "bn");                                      // \$5bn
    bool exponent = before != NULL && before->kind == TOKEN_CARET && run.length > 2; // x^TAx
    return clock || billions || (!exponent && !is_product(x, run));
}

/// The meaning of the run as a name; NULL if it has none, or is a unit ("5 min", "30 sec").
static const latex_name *named_word(const lexer *x, distill_span run)
{
    const latex_name *name = latex_word(run);
    const token *before = lexer_last(x);
    bool measure = name != NULL && name->kind == TOKEN_FUNCTION && unit_is_word(run) &&
                   before != NULL && before->kind == TOKEN_NUMBER;
    return measure ? NULL : name;
}

/// USD 5, US\$5: the name of a currency before an amount; false for other runs.
static bool lex_currency(lexer *x, distill_span run)
{
    size_t from = x->at, next = run.length;
    if (!distill_span_is(run, "USD") && !distill_span_is(run, "US"))
        return false;
    while (lexer_among(lexer_peek(x, next), " ~}"))
        next++;
    bool dollar = lexer_starts(x, next, "\\$");
    if (!dollar && (run.length == 2 || !ascii_is_digit(lexer_peek(x, next))))
        return false;
    x->at += run.length;
    if (!dollar) // the sign of US\$ is read next
        lexer_push(x, TOKEN_CURRENCY, 0, from)->text = distill_span_of("dollars");
    return true;
}

/// A sentence that begins with the pronoun I ("I do not know") is words up to the next sign; false
/// for other texts.
static bool lex_pronoun(lexer *x, distill_span run)
{
    size_t from = x->at;
    char next = lexer_peek(x, 2);
    if (!distill_span_is(run, "I") || x->count > 0 || lexer_peek(x, 1) != ' ' || next < 'a' ||
        next > 'z' || !ascii_is_letter(lexer_peek(x, 3)))
        return false;
    while (ascii_is_letter(lexer_peek(x, 0)) || lexer_among(lexer_peek(x, 0), " '"))
        x->at++;
    lexer_push(x, TOKEN_WORDS, 0, from)->text = (distill_span){x->text.bytes + from, x->at - from};
    return true;
}

void lexer_letters(lexer *x)
{
    size_t from = x->at, length = 0;
    while (ascii_is_letter(lexer_peek(x, length)) || (length > 1 && lexer_peek(x, length) == '\'' &&
                                                      ascii_is_letter(lexer_peek(x, length + 1))))
        length++;
    distill_span run = {x->text.bytes + from, length};
    const latex_name *name = named_word(x, run);
    if (name == NULL) {
        run.length = function_prefix(run); // the letter after it is read next
        if (run.length > 0)
            name = latex_word(run);
        else
            run.length = length;
    }
    if (name == NULL && (lex_currency(x, run) || lex_pronoun(x, run)))
        return;
    if (name != NULL) {
        x->at += run.length;
        lexer_named(x, name, from);
        return;
    }
    if (is_word(x, run)) {
        x->at += length;
        lexer_push(x, TOKEN_WORDS, 0, from)->text = run;
        return;
    }
    for (size_t i = 0; i < length; i++) {
        x->at++;
        if (length == 1 && *run.bytes == 'U' && is_union_letter(x))
            lexer_push(x, TOKEN_SET_OP, SET_UNION, from);
        else if (length == 1 && is_set_letter(x, *run.bytes))
            lexer_push(x, TOKEN_SET, (uint8_t)*run.bytes, from);
        else
            push_symbol(x, (distill_span){run.bytes + i, 1}, from + i);
    }
}
