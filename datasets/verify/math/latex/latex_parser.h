// datasets/verify/math/latex/latex_parser.h - the parser: an answer in LaTeX or plain text to an
// expression tree. Private to the verifier.
//
//     expr *tree = latex_parse(&memory, distill_span_of("\\frac{\\sqrt3}{2}, 1\\frac12"), 0);
//
//     answer   = list { ";" list }
//     list     = item { ("," | "and" | "or" | row) item }
//     item     = operand { relation operand }
//     operand  = ratio { (union | intersection | difference) ratio } [ unit ]
//     ratio    = sum { ":" sum }
//     sum      = [sign] product { sign product } [ "mod" product ]
//     product  = power { [times | divide] power }
//     power    = postfix { "^" exponent }
//     postfix  = primary { "!" | degree | percent | currency }
//     primary  = number | name | words | function | group | bracket | fraction | root | …
//
// Limits: 8 KiB, 1,024 tokens, trees 64 deep, and 40 nested levels: a bracket, group, pair of bars,
// exponent or function is one level, so that 2^{…} and \sin(…) are two. Integrals, limits, sums
// without end and prose are outside the grammar. A text beyond a limit or outside the grammar has
// no tree and is compared as words.
#ifndef DATASETS_VERIFY_MATH_LATEX_LATEX_PARSER_H
#define DATASETS_VERIFY_MATH_LATEX_LATEX_PARSER_H

#include "datasets/verify/math/latex/latex_token.h"

/// The tree of `text`; NULL if it has none. `options`: token_option.
expr *latex_parse(scratch *m, distill_span text, unsigned options);

#endif
