// datasets/verify/math/latex/latex.h - the parser: an answer in LaTeX or plain text to an expression tree.
// Private to the verifier.
//
//     expr *tree = latex_parse(&memory, distill_span_of("\\frac{\\sqrt3}{2}, 1\\frac12"), 0);
//
//     answer   = list { ";" list }
//     list     = item { ("," | "and" | "or" | row) item }
//     item     = operand { relation operand } [ words ]
//     operand  = ratio { (union | intersection | difference) ratio } [ unit ]
//     ratio    = sum { ":" sum }
//     sum      = [sign] product { sign product }
//     product  = power { [times | divide] power }
//     power    = postfix [ "^" exponent ]
//     postfix  = primary { "!" | degree | percent | prime | "_" base }
//
// Limits: 8 KiB, 1,024 tokens, trees of depth 64. What is outside the grammar (integrals, sums without end, prose)
// has no tree: such answers are compared as text.
#ifndef DATASETS_VERIFY_MATH_LATEX_LATEX_H
#define DATASETS_VERIFY_MATH_LATEX_LATEX_H

#include "datasets/verify/math/expression.h"
#include "datasets/verify/math/latex/latex_token.h"

/// The tree of `text`; NULL if it has none. `options`: token_option.
expr *latex_parse(scratch *m, distill_span text, unsigned options);

#endif
