// datasets/verify/math/tree/evaluate_exact.h - the exact value of a constant expression. Private to
// the verifier.
#ifndef DATASETS_VERIFY_MATH_TREE_EVALUATE_EXACT_H
#define DATASETS_VERIFY_MATH_TREE_EVALUATE_EXACT_H

#include "datasets/verify/math/number/surd.h"
#include "datasets/verify/math/tree/expression.h"

/// Sets *out to the value of `e`; false if it is not of the form of surd.h, or is too large.
bool evaluate_exact(surd *out, scratch *m, const expr *e);

#endif
