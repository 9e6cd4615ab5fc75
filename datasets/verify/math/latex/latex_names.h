// datasets/verify/math/latex/latex_names.h - the meaning of LaTeX commands, plain words and Unicode
// characters to the lexer. Private to the verifier.
#ifndef DATASETS_VERIFY_MATH_LATEX_LATEX_NAMES_H
#define DATASETS_VERIFY_MATH_LATEX_LATEX_NAMES_H

#include "datasets/verify/math/latex/latex_token.h"

typedef struct latex_name {
    const char *name;
    token_kind kind;
    uint8_t value;
    const char *text; // the symbol or unit that it stands for; NULL: `name`
} latex_name;

/// The meaning of a command, which is given without its backslash; NULL if it is unknown.
const latex_name *latex_command(distill_span name);
/// The meaning of a run of letters (sin, pi, and, …), ignoring the case of the first; NULL if it
/// has none.
const latex_name *latex_word(distill_span run);
/// The ASCII form of a character outside ASCII; NULL if it has none.
const char *latex_character(uint32_t code_point);

#endif
