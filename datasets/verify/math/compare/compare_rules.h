// datasets/verify/math/compare/compare_rules.h - private to the files compare_*.c: the rules among
// which compare_trees chooses.
//
// In every rule `a` is the reference answer and `b` the answer.
#ifndef DATASETS_VERIFY_MATH_COMPARE_COMPARE_RULES_H
#define DATASETS_VERIFY_MATH_COMPARE_COMPARE_RULES_H

#include "datasets/verify/math/compare/checker.h"

// compare_tree.c
/// Lists, sets, tuples, intervals and matrices.
bool is_collection(const expr *e);
/// Wrong if `outcome` is wrong, else unknown.
verdict_outcome unknown_unless_wrong(verdict_outcome outcome);
/// Right if `outcome` is right, else unknown.
verdict_outcome unknown_unless_right(verdict_outcome outcome);

// compare_set.c
/// The tree describes a set of real numbers and is not just a tuple or a list of values.
bool describes_set(const expr *e);
/// A set that has sets among its elements, as \{\emptyset\}.
bool is_set_of_sets(const expr *e);
verdict_outcome compare_described_sets(checker *c, expr *a, expr *b);

// compare_named.c
/// Answers of which one at least names its value (x = 5) or is a relation; sets *outcome. False if
/// neither does.
bool compare_named(verdict_outcome *outcome, checker *c, expr *a, expr *b);

// compare_congruence.c
/// The tree is a congruence or a list that ends with one.
bool describes_congruence(checker *c, expr *e);
verdict_outcome compare_congruences(checker *c, expr *a, expr *b);

// compare_family.c
/// Values with an index that runs over the integers: \frac{\pi}{4} + k\pi, k \in \mathbb{Z}.
bool describes_family(const expr *e);
/// Two values with \pi and a running integer, which neither declares: with different letters, or both
/// of an unknown.
bool are_bare_families(const expr *a, const expr *b);
/// Two trees of which one has a \pm, and both are values with \pi and a running integer.
bool are_signed_families(const expr *a, const expr *b);
/// Two trees of which one at least is a family, or two bare ones.
verdict_outcome compare_families(checker *c, expr *a, expr *b);

// compare_letters.c
/// Two strings of capital letters or names of angles; sets *outcome. False if one is neither.
bool compare_letters(verdict_outcome *outcome, checker *c, const expr *a, const expr *b);
/// Expressions with cross products, u \times v = -v \times u; sets *outcome. False if one has none.
bool compare_cross_products(verdict_outcome *outcome, checker *c, const expr *a, const expr *b);

// compare_operators.c
/// The letters may stand for matrices, permutations or vectors, so that the values at points, which
/// are `equal` or not, do not decide.
bool products_may_not_commute(const expr *a, const expr *b, bool equal);

// compare_list.c
/// Every element of one list equals a different element of the other.
verdict_outcome compare_unordered(checker *c, expr *a, expr *b);
/// Element by element.
verdict_outcome compare_ordered(checker *c, expr *const *a, expr *const *b, size_t count);
/// Two collections.
verdict_outcome compare_collections(checker *c, expr *a, expr *b);
/// The list in which every \pm is written out; a scalar counts as a list of one element. With
/// `together`, all signs of an element change at once. NULL if it is too long or the block is full.
expr *list_without_either(checker *c, expr *e, bool together);

// compare_quantity.c
/// The scalar has a unit, a noun, a percent sign or a degree sign.
bool is_quantity(const expr *e);
/// The sum of measures of one kind from large to small, 2 hours 30 minutes, in the last unit; `e`
/// itself for other trees, NULL if the block is full.
expr *sum_of_measures(checker *c, expr *e);
/// Two scalars of which one at least is a quantity.
verdict_outcome compare_quantities(checker *c, expr *a, expr *b);

#endif
