// datasets/verify/math/latex/latex_lexer.h - the state of the lexer, shared by its three files. Private.
#ifndef DATASETS_VERIFY_MATH_LATEX_LATEX_LEXER_H
#define DATASETS_VERIFY_MATH_LATEX_LATEX_LEXER_H

#include "datasets/verify/math/latex/latex_token.h"

#include <string.h>

enum { LEXER_NESTING = 8 };

typedef struct lexer {
    scratch *m;
    distill_span text;
    size_t at;
    token *tokens;
    size_t count, limit; // `limit`: place of the last token that fits
    unsigned options;
    int brackets;     // ( [ \{ open now
    int environments; // \begin without \end
    int nesting;      // \text{} whose inside is being read
    bool units;       // within a \text{}, where a letter behind a number is a unit
    bool space;       // white space stands before the next token
    bool failed;
} lexer;

/// The byte `ahead` places on; NUL behind the end.
static inline char lexer_peek(const lexer *x, size_t ahead)
{
    return ahead < x->text.length - x->at ? x->text.bytes[x->at + ahead] : '\0';
}

/// `word` stands `ahead` places on.
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

token *lexer_push(lexer *x, token_kind kind, uint8_t value, size_t from);

/// A number begins here: a digit, or a point and a digit.
bool lexer_number_starts(const lexer *x);
/// Reads it, with separators of thousands, repeating decimals and a power of ten.
void lexer_number(lexer *x);
/// Only closing signs and white space follow.
bool lexer_only_closers(const lexer *x);
/// Sets *out to the text with every sign outside ASCII that has a LaTeX name replaced.
bool lexer_to_ascii(distill_span *out, scratch *m, distill_span text);

#endif
