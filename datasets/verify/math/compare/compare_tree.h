// datasets/verify/math/compare/compare_tree.h - compares two answers that are trees. Private to the
// verifier.
#ifndef DATASETS_VERIFY_MATH_COMPARE_COMPARE_TREE_H
#define DATASETS_VERIFY_MATH_COMPARE_COMPARE_TREE_H

#include "datasets/verify/math/compare/checker.h"

/// Compares the answer `b` with the reference answer `a`; c->rule names the rule that decided. Used
/// recursively for the parts of collections, equations and sets.
verdict_outcome compare_trees(checker *c, expr *a, expr *b);

#endif
