// datasets/verify/math/latex/lexer_state.h - private to latex_lexer.c, latex_command.c,
// latex_letters.c, latex_number.c and latex_unicode.c: the state of the lexer, and the parts of it
// that each of them reads.
#ifndef DATASETS_VERIFY_MATH_LATEX_LEXER_STATE_H
#define DATASETS_VERIFY_MATH_LATEX_LEXER_STATE_H

#include "datasets/verify/math/latex/latex_token.h"

#include <string.h>

enum { LEXER_NESTING = 8 };

struct latex_name; // latex_names.h

typedef struct lexer {
    scratch *m;
    distill_span text;
    size_t at;
    token *tokens;
    size_t count, limit; // `limit`: index of the last token that fits
    unsigned options;    // token_option
    int brackets;        // open ( [ \{
    int environments;    // \begin without \end
    int nesting;         // nested \text{}
    bool units;          // inside \text{}, where a letter after a number is a unit
    bool space;          // white space precedes the next token
    bool failed;
} lexer;

/// The byte `ahead` places from here; NUL after the end.
static inline char lexer_peek(const lexer *x, size_t ahead)
{
    return ahead < x->text.length - x->at ? x->text.bytes[x->at + ahead] : '\0';
}

/// True if `word` begins `ahead` places from here.
static inline bool lexer_starts(const lexer *x, size_t ahead, const char *word)
{
    for (; *word != '\0'; word++, ahead++)
        if (lexer_peek(x, ahead) != *word)
            return false;
    return true;
}

/// `c` is one of the characters of `set`.
static inline bool lexer_among(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/// The last token; NULL at the beginning.
static inline const token *lexer_last(const lexer *x)
{
    return x->count > 0 ? &x->tokens[x->count - 1] : NULL;
}

// latex_lexer.c
/// Appends a token whose source begins at `from` and ends here. Never NULL: where the array is
/// full, the lexer fails and the last token is overwritten.
token *lexer_push(lexer *x, token_kind kind, uint8_t value, size_t from);
/// Reads the text up to `end`.
void lexer_range(lexer *x, size_t end);
/// Appends the token of a degree sign, with the letter of a temperature scale that follows.
void lexer_degree(lexer *x, size_t from);

// latex_command.c
void lexer_command(lexer *x);
/// Reads the token, argument or style that a known name stands for; its own letters are read
/// already.
void lexer_named(lexer *x, const struct latex_name *name, size_t from);

// latex_letters.c
void lexer_letters(lexer *x);

// latex_number.c
/// A number begins here: a digit, or a point and a digit.
bool lexer_number_starts(const lexer *x);
/// Reads a number with separators of thousands, repeating decimals and a power of ten.
void lexer_number(lexer *x);

// latex_unicode.c
/// Sets *out to `text` with every character replaced that has an ASCII form; false if the block is
/// full.
bool lexer_to_ascii(distill_span *out, scratch *m, distill_span text);

#endif
