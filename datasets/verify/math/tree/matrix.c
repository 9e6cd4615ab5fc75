// datasets/verify/math/tree/matrix.c - arithmetic of small matrices.
//
// Entries remain expressions: the sum of two matrices has the entries a + b, which the rules for
// scalars evaluate later.
#include "datasets/verify/math/tree/matrix.h"

enum { MATRIX_ENTRIES = 64 };

static size_t rows_of(const expr *e)
{
    return e->columns > 0 ? (size_t)e->count / e->columns : 0;
}

static expr *matrix_of(scratch *m, expr **entries, size_t count, uint16_t columns)
{
    expr *e = count <= MATRIX_ENTRIES ? expr_node(m, EXPR_MATRIX, entries, count) : NULL;
    if (e != NULL)
        e->columns = columns;
    return e;
}

static expr *add(scratch *m, const expr *a, const expr *b)
{
    expr *entries[MATRIX_ENTRIES];
    if (a->kind != EXPR_MATRIX || b->kind != EXPR_MATRIX || a->count != b->count ||
        a->columns != b->columns || a->count > MATRIX_ENTRIES)
        return NULL;
    for (size_t i = 0; i < a->count; i++)
        entries[i] = expr_binary(m, EXPR_ADD, a->child[i], b->child[i]);
    return matrix_of(m, entries, a->count, a->columns);
}

/// factor * a; a NULL factor means -1.
static expr *scale(scratch *m, expr *factor, const expr *a)
{
    expr *entries[MATRIX_ENTRIES];
    if (a->count > MATRIX_ENTRIES)
        return NULL;
    for (size_t i = 0; i < a->count; i++)
        entries[i] = factor != NULL ? expr_binary(m, EXPR_MULTIPLY, factor, a->child[i])
                                    : expr_unary(m, EXPR_NEGATE, a->child[i]);
    return matrix_of(m, entries, a->count, a->columns);
}

static expr *product(scratch *m, const expr *a, const expr *b)
{
    expr *entries[MATRIX_ENTRIES], *terms[MATRIX_ENTRIES];
    size_t rows = rows_of(a), inner = a->columns, columns = b->columns;
    if (inner != rows_of(b) || rows * columns > MATRIX_ENTRIES || inner > MATRIX_ENTRIES)
        return NULL;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            for (size_t k = 0; k < inner; k++)
                terms[k] = expr_binary(m, EXPR_MULTIPLY, a->child[i * inner + k],
                                       b->child[k * columns + j]);
            entries[i * columns + j] = expr_node(m, EXPR_ADD, terms, inner);
        }
    return matrix_of(m, entries, rows * columns, (uint16_t)columns);
}

/// The product of two factors, of which one at least is a matrix or both are scalars.
static expr *multiply(scratch *m, expr *a, expr *b)
{
    if (a->kind == EXPR_MATRIX && b->kind == EXPR_MATRIX)
        return product(m, a, b);
    if (a->kind == EXPR_MATRIX)
        return scale(m, b, a);
    if (b->kind == EXPR_MATRIX)
        return scale(m, a, b);
    return expr_binary(m, EXPR_MULTIPLY, a, b);
}

expr *matrix_simplify(scratch *m, expr *e)
{
    if (e->kind != EXPR_ADD && e->kind != EXPR_MULTIPLY && e->kind != EXPR_NEGATE &&
        e->kind != EXPR_DIVIDE)
        return e;
    if (!expr_contains(e, EXPR_MATRIX))
        return e;
    expr *total = matrix_simplify(m, e->child[0]);
    if (total == NULL)
        return NULL;
    if (e->kind == EXPR_NEGATE)
        return total->kind == EXPR_MATRIX ? scale(m, NULL, total) : NULL;
    for (size_t i = 1; i < e->count && total != NULL; i++) {
        expr *next = matrix_simplify(m, e->child[i]);
        if (next == NULL)
            return NULL;
        if (e->kind == EXPR_DIVIDE)
            next = expr_unary(m, EXPR_INVERSE, next);
        if (next != NULL)
            total = e->kind == EXPR_ADD ? add(m, total, next) : multiply(m, total, next);
    }
    return total;
}
