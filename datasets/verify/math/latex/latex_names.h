// datasets/verify/math/latex/latex_names.h - what LaTeX commands, plain words and Unicode signs mean to the
// lexer. Private to the verifier.
#ifndef DATASETS_VERIFY_MATH_LATEX_LATEX_NAMES_H
#define DATASETS_VERIFY_MATH_LATEX_LATEX_NAMES_H

#include "datasets/verify/math/latex/latex_token.h"

typedef struct latex_name {
    const char *name;
    token_kind kind;
    uint8_t value;
    const char *text; // name of a symbol where it differs from the command
} latex_name;

/// The meaning of a command (without its backslash); NULL if it is not known.
const latex_name *latex_command(distill_span name);
/// The meaning of a run of plain letters (sin, pi, and, …); NULL for words and products.
const latex_name *latex_word(distill_span run);
/// ASCII LaTeX for a character outside ASCII; NULL if it stands for itself.
const char *latex_character(uint32_t code_point);

#endif
