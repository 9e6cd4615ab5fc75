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
// Limits: 8 KiB, 1,024 tokens, 40 nested brackets, groups, exponents and functions together (a text
//         with 40 or more has no tree), trees 64 deep. Integrals, limits, sums without end and
//         prose are outside the grammar and have no tree: such answers are compared as text.
#ifndef DATASETS_VERIFY_MATH_LATEX_LATEX_PARSER_H
#define DATASETS_VERIFY_MATH_LATEX_LATEX_PARSER_H

#include "datasets/verify/math/latex/latex_token.h"

/// The tree of `text`; NULL if it has none. `options`: token_option.
expr *latex_parse(scratch *m, distill_span text, unsigned options);

#endif
