// datasets/verify/math/latex/latex_token.h - the tokens between lexer and parser. Private to the
// verifier.
#ifndef DATASETS_VERIFY_MATH_LATEX_LATEX_TOKEN_H
#define DATASETS_VERIFY_MATH_LATEX_LATEX_TOKEN_H

#include "datasets/verify/math/tree/expression.h"

enum { TOKEN_LIMIT = 1024, ANSWER_BYTES = 8192 }; // of one answer

typedef enum token_kind {
    TOKEN_END,
    TOKEN_NUMBER,   // `text`: all digits, without the point; `places`, `exponent`, `repeat`
    TOKEN_SYMBOL,   // `text`; `value`: expr_symbol_style
    TOKEN_CONSTANT, // `value`: expr_constant
    TOKEN_WORDS,    // `text`: a word, or the inside of \text{}
    TOKEN_FUNCTION, // `value`: expr_function
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_EITHER, // `value`: 1 \pm, 2 \mp
    TOKEN_TIMES,  // `value`: 1 for \cdot and *
    TOKEN_DIVIDE,
    TOKEN_MODULO,
    TOKEN_CARET,
    TOKEN_UNDERSCORE,
    TOKEN_FACTORIAL,
    TOKEN_PRIME,
    TOKEN_PERCENT,
    TOKEN_DEGREE,   // `value`: 'C' or 'F' of a temperature, else 0
    TOKEN_CURRENCY, // `text`: name of the unit
    TOKEN_COMMA,
    TOKEN_SEMICOLON,
    TOKEN_COLON,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_OPEN,       // `value`: ( [ { < F (floor) C (ceiling)
    TOKEN_CLOSE,      // `value`: ) ] } > f c
    TOKEN_OPEN_GROUP, // braces of TeX
    TOKEN_CLOSE_GROUP,
    TOKEN_BAR,      // `value`: 0 |, 1 \mid, 'l' \lvert, 'r' \rvert
    TOKEN_RELATION, // `value`: expr_relation
    TOKEN_NOT,
    TOKEN_SET_OP, // `value`: expr_set_op
    TOKEN_SET,    // `value`: letter of a named set
    TOKEN_FRACTION,
    TOKEN_ROOT,
    TOKEN_BINOMIAL,
    TOKEN_SERIES, // `value`: 0 sum, 1 product
    TOKEN_CHOOSE,
    TOKEN_OVER,
    TOKEN_OVERLINE,
    TOKEN_ACCENT,    // `value`: 1 an arrow (\vec), 2 \widehat, 0 others; `text`: its sign
    TOKEN_ANGLE,     // \angle
    TOKEN_PMOD,      // \pmod
    TOKEN_QUALIFIER, // \forall: the answer ends before it
    TOKEN_BEGIN,     // `text`: the environment
    TOKEN_END_OF,
    TOKEN_ALIGN,       // &
    TOKEN_ROW,         // two backslashes
    TOKEN_UNSUPPORTED, // integrals, limits …
    // kinds below are for the tables of latex_names.c; the lexer puts out none of them
    TOKEN_SPACE,
    TOKEN_STYLE_TEXT,   // takes an argument of words
    TOKEN_STYLE_LETTER, // takes an argument whose letters are never constants; `value`: of a letter
    TOKEN_STYLE_SET,    // \mathbb
    TOKEN_SKIP_ARGUMENT
} token_kind;

typedef struct token {
    uint8_t kind, value;
    bool space;       // white space precedes it
    bool thousands;   // a number grouped by plain commas, which could also be a list
    int16_t places;   // decimal places; -1 without a point
    int16_t repeat;   // number of last digits that repeat (0.1\overline{6})
    int32_t exponent; // power of ten
    bool scientific;
    bool cut; // dots stand after it: 0.333...
    distill_span text;
    const char *from, *to; // its source
} token;

typedef enum token_option {
    TOKEN_LIST_COMMAS = 1,   // bare commas always separate: 1,234 is two numbers
    TOKEN_DECIMAL_COMMAS = 2 // a bare comma between digits is the decimal mark: 1,5 is 3/2
} token_option;

#endif
