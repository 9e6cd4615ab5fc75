// datasets/verify/math/tree/matrix.h - arithmetic of small matrices inside an expression. Private
// to the verifier.
#ifndef DATASETS_VERIFY_MATH_TREE_MATRIX_H
#define DATASETS_VERIFY_MATH_TREE_MATRIX_H

#include "datasets/verify/math/tree/expression.h"

/// Carries out sums, products and multiples of matrices, of at most 64 entries each. Returns `e`
/// itself where it has no matrices; NULL if shapes do not fit, the result is too large, or the
/// block is full.
expr *matrix_simplify(scratch *m, expr *e);

#endif
