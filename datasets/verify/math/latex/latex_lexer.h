// datasets/verify/math/latex/latex_lexer.h - cuts LaTeX, plain text and Unicode mathematics into
// tokens. Private to the verifier.
//
//     2\frac{1}{3}\text{ cm}   ->   NUMBER 2, FRACTION, OPEN_GROUP, NUMBER 1, …, WORDS cm
//
// White space, sizes (\left, \big), styles and math delimiters ($, \( \)) disappear. A number with
// separators of thousands or a power of ten is one token. Full-width and Chinese punctuation
// becomes ASCII.
#ifndef DATASETS_VERIFY_MATH_LATEX_LATEX_LEXER_H
#define DATASETS_VERIFY_MATH_LATEX_LATEX_LEXER_H

#include "datasets/verify/math/latex/latex_token.h"

/// Sets *out to `*count` tokens and a TOKEN_END after them. False if the text exceeds a limit or
/// has no reading. `options`: token_option.
bool latex_tokens(token **out, size_t *count, scratch *m, distill_span text, unsigned options);

#endif
