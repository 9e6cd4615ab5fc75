// datasets/verify/math/tree/expression.h - an answer as a tree. Private to the verifier.
//
//     x \in \left[\frac12, \sqrt3\right)
//
//     RELATION(in)
//       SYMBOL x
//       BRACKET [ )
//         DIVIDE(NUMBER 1, NUMBER 2)
//         ROOT(NUMBER 3, NUMBER 2)
//
// Nodes are allocated in the scratch block of the check. Trees are at most EXPR_DEPTH deep, so that
// functions over trees may recurse; sums and products are flat lists of children.
#ifndef DATASETS_VERIFY_MATH_TREE_EXPRESSION_H
#define DATASETS_VERIFY_MATH_TREE_EXPRESSION_H

#include "datasets/verify/math/number/exact.h"
#include "distill/base/text.h"

enum { EXPR_DEPTH = 64, EXPR_CHILDREN = 512 };

typedef enum expr_kind {
    // scalars
    EXPR_NUMBER,   // a literal: `value`; `places` and `digits` say how it was written, `op` 1 that
                   // dots stand after it
    EXPR_BASED,    // digits with a base as subscript: `value`, `base`, and the digits in `text`
    EXPR_SYMBOL,   // a variable; `text` is its canonical name: "x", "theta", "x_12", "f'", and "^y"
                   // with an accent; `op`: expr_symbol_style
    EXPR_CONSTANT, // `op`: expr_constant
    EXPR_ADD,      // n children
    EXPR_MULTIPLY, // n children; `op` 1: two names joined by \times, perhaps a cross product; 2:
                   // another sign of multiplication is among them
    EXPR_NEGATE,   // 1 child
    EXPR_INVERSE,  // 1 child: 1 / child, a divisor in a product
    EXPR_DIVIDE,   // 2 children
    EXPR_POWER,    // base, exponent
    EXPR_ROOT,     // radicand, degree
    EXPR_FACTORIAL, // 1 child
    EXPR_ABS,       // 1 child
    EXPR_FUNCTION,  // `op`: expr_function; LOG has (argument, base) or (argument)
    EXPR_CALL,      // an unknown function `text` of n children
    EXPR_BINOMIAL,  // n, k
    EXPR_EITHER,    // plus or minus its child; `op` 1 for \pm, 2 for \mp
    EXPR_DEGREE,    // child in degrees of angle; `op` 'C' or 'F': of a temperature
    EXPR_PERCENT,   // child in hundredths
    EXPR_SERIES,    // the sum (`op` 0) or product (1) of child 2 over the index `text`, from child
                    // 0 to child 1
    EXPR_QUANTITY,  // 1 child followed by a unit or a noun; `text` is that phrase
    // not scalars
    EXPR_RATIO,      // a : b : c
    EXPR_BRACKET,    // two or more children between `open` and `close`
    EXPR_LIST,       // n children separated by commas or words; `op`: expr_connector
    EXPR_SET,        // {n children}
    EXPR_BUILDER,    // {child 0 | child 1}
    EXPR_SET_OP,     // n children joined by `op`: expr_set_op
    EXPR_NAMED_SET,  // `op`: 'R', 'Z', 'N', 'Q', 'C', 'P' (positive) or '0' (empty)
    EXPR_MATRIX,     // rows of `columns` children each
    EXPR_RELATION,   // n children, n - 1 relations in `relations`
    EXPR_CONGRUENCE, // child 0 modulo child 1: a value, or x = value
    EXPR_TEXT        // words; `text`
} expr_kind;

typedef enum expr_constant {
    CONSTANT_PI = 1,
    CONSTANT_E,
    CONSTANT_I,
    CONSTANT_INFINITY
} expr_constant;

typedef enum expr_function {
    FUNCTION_SIN = 1,
    FUNCTION_COS,
    FUNCTION_TAN,
    FUNCTION_COT,
    FUNCTION_SEC,
    FUNCTION_CSC,
    FUNCTION_ARCSIN,
    FUNCTION_ARCCOS,
    FUNCTION_ARCTAN,
    FUNCTION_ARCCOT,
    FUNCTION_ARCSEC,
    FUNCTION_ARCCSC,
    FUNCTION_SINH,
    FUNCTION_COSH,
    FUNCTION_TANH,
    FUNCTION_COTH,
    FUNCTION_LN,
    FUNCTION_LOG, // base 10 unless a second child gives it
    FUNCTION_EXP,
    FUNCTION_CIS, // cos + i sin
    FUNCTION_FLOOR,
    FUNCTION_CEILING,
    FUNCTION_GCD,
    FUNCTION_LCM,
    FUNCTION_MAX,
    FUNCTION_MIN,
    FUNCTION_REAL,
    FUNCTION_IMAGINARY,
    FUNCTION_ARGUMENT,   // of a complex number
    FUNCTION_MODULO,     // (a, b)
    FUNCTION_DETERMINANT // of a matrix, which the parser writes out
} expr_function;

/// What marks a letter as a vector.
typedef enum expr_symbol_style { SYMBOL_PLAIN, SYMBOL_BOLD, SYMBOL_ARROW } expr_symbol_style;

typedef enum expr_connector { CONNECTOR_COMMA, CONNECTOR_AND, CONNECTOR_OR } expr_connector;

typedef enum expr_set_op { SET_UNION = 1, SET_INTERSECTION, SET_DIFFERENCE } expr_set_op;

typedef enum expr_relation {
    RELATION_EQUAL = 1,
    RELATION_NOT_EQUAL,
    RELATION_LESS,
    RELATION_LESS_EQUAL,
    RELATION_GREATER,
    RELATION_GREATER_EQUAL,
    RELATION_APPROXIMATE,
    RELATION_IN,
    RELATION_NOT_IN,
    RELATION_CONGRUENT, // \equiv; an equation unless a modulus follows
    RELATION_OTHER      // similarity, arrows: compared as text only
} expr_relation;

/// The name of an angle, \angle PQR, is a symbol that begins with this and has its letters after it.
#define EXPR_ANGLE_MARK "<)"

/// The unknown function that stands for a cross product.
#define EXPR_CROSS_PRODUCT "cross"

/// The unknown function that stands for a conjugate, \bar{z}.
#define EXPR_CONJUGATE "overline"

typedef struct expr expr;
struct scalar_values;
struct expr {
    uint8_t kind, op;
    char open, close; // EXPR_BRACKET
    bool grouped;     // was written in brackets of its own
    uint8_t depth;
    uint16_t count, columns;
    uint16_t base;
    int16_t places; // EXPR_NUMBER: decimal places; -1 without a point or power of ten
    int16_t digits; // EXPR_NUMBER: significant digits
    expr **child;
    const uint8_t *relations;
    distill_span text;
    exact value;
    struct scalar_values *values; // cache of compare/scalar.h; NULL: not evaluated yet
};

/// A node without children; NULL if the block is full.
expr *expr_leaf(scratch *m, expr_kind kind);
/// A node with `count` children; their pointers are copied. NULL if a child is NULL, the tree would
/// be too deep or too wide, or the block is full.
expr *expr_node(scratch *m, expr_kind kind, expr *const *children, size_t count);
expr *expr_unary(scratch *m, expr_kind kind, expr *child);
expr *expr_binary(scratch *m, expr_kind kind, expr *first, expr *second);
expr *expr_number(scratch *m, int64_t value);

bool expr_is_scalar_kind(expr_kind kind);
/// All nodes of the tree are scalars.
bool expr_is_scalar(const expr *e);
/// A node of the tree is of this kind.
bool expr_contains(const expr *e, expr_kind kind);
/// The same nodes, names and numbers in the same order.
bool expr_same(const expr *a, const expr *b);
/// The tree has a symbol or unknown function named `name`, or any at all if `name` is NULL.
bool expr_has_symbol(const expr *e, const distill_span *name);
/// The first symbol that is not named `except`, which may be NULL; NULL if there is none.
const expr *expr_other_symbol(const expr *e, const distill_span *except);

/// Number of EXPR_EITHER nodes.
int expr_count_either(const expr *e);
/// A copy in which the i-th EXPR_EITHER node (in reading order) becomes + where bit i of `signs` is
/// 0, and - where it is 1; with `together`, bit 0 decides for all. NULL if the block is full.
expr *expr_choose_signs(scratch *m, const expr *e, unsigned signs, bool together);
/// A copy in which logarithms without a base are natural; NULL if the block is full.
expr *expr_natural_logarithms(scratch *m, const expr *e);
/// A copy in which products of two names joined by \times are calls of the unknown function "cross",
/// which changes its sign if its arguments are swapped; NULL if the block is full.
expr *expr_cross_products(scratch *m, const expr *e);
/// A copy in which |z|^2 is z times its conjugate; NULL if the block is full.
expr *expr_conjugates(scratch *m, const expr *e);
/// A copy in which the symbol `name` is replaced by `by`; NULL if it grows too deep or the block is
/// full.
expr *expr_substitute(scratch *m, const expr *e, distill_span name, expr *by);

#endif
