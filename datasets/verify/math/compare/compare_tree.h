// datasets/verify/math/compare/compare_tree.h - comparing whole answers: lists, tuples, sets, matrices, relations,
// quantities, words. Private to the verifier.
#ifndef DATASETS_VERIFY_MATH_COMPARE_COMPARE_TREE_H
#define DATASETS_VERIFY_MATH_COMPARE_COMPARE_TREE_H

#include "datasets/verify/math/checker.h"

/// Compares the answer `b` with the reference answer `a`.
verdict_outcome compare_trees(checker *c, expr *a, expr *b);

/// Lists, sets, tuples, intervals and matrices.
bool is_collection(const expr *e);

// compare_set.c
/// Sets of real numbers that are not just a tuple or a list of values.
bool describes_set(const expr *e);
verdict_outcome compare_described_sets(checker *c, expr *a, expr *b);
/// \frac{\pi}{4} + k\pi, k \in \mathbb{Z}
bool describes_family(const expr *e);
/// Families of values: right if they are written alike, else left open.
verdict_outcome compare_families(checker *c, expr *a, expr *b);

// compare_named.c
/// Equations and names: false if neither answer has any, *outcome otherwise.
bool compare_named(verdict_outcome *outcome, checker *c, expr *a, expr *b);

// compare_list.c
/// Each element of one list is an element of the other, once.
verdict_outcome compare_unordered(checker *c, expr *a, expr *b);
/// Element by element.
verdict_outcome compare_ordered(checker *c, expr *const *a, expr *const *b, size_t count);
/// Lists, sets, tuples, intervals and matrices against each other.
verdict_outcome compare_collections(checker *c, expr *a, expr *b);
/// The list with every \pm in its elements written out; NULL if the block is full.
expr *list_without_either(checker *c, expr *e, bool together);

// compare_quantity.c
/// Scalars, of which one at least has a unit, a percent sign or a sign of degrees.
verdict_outcome compare_quantities(checker *c, expr *a, expr *b);
bool is_quantity(const expr *e);

// matrix.c
/// Sums, products and multiples of matrices carried out; the tree itself if there are none.
expr *matrix_simplify(checker *c, expr *e);

#endif
