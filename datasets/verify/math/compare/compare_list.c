// datasets/verify/math/compare/compare_list.c - compares collections.
//
//     1, 2, 3      {1, 2, 3}     in any order
//     (1, 2, 3)    matrix        in order
//     (1, 2)       [1, 2)        pairs and intervals: in order, and the brackets matter
//
// Without order, each element of one list is matched with the first free element of the other that
// equals it. Where none is certainly equal but one may be, the outcome is unknown.
// Limits: lists of at most 128 elements; the number of comparisons is bounded by c->steps.
#include "datasets/verify/math/compare/compare_rules.h"

#include "datasets/verify/math/compare/compare_tree.h"
#include "datasets/verify/math/compare/relation.h"

#include <string.h>

enum { LIST_ELEMENTS = 128, EITHER_SIGNS = 3 };

verdict_outcome compare_ordered(checker *c, expr *const *a, expr *const *b, size_t count)
{
    verdict_outcome all = VERDICT_RIGHT;
    for (size_t i = 0; i < count; i++) {
        verdict_outcome one = compare_trees(c, a[i], b[i]);
        if (one == VERDICT_WRONG)
            return VERDICT_WRONG;
        if (one == VERDICT_UNKNOWN)
            all = VERDICT_UNKNOWN;
    }
    return all;
}

verdict_outcome compare_unordered(checker *c, expr *a, expr *b)
{
    bool taken[LIST_ELEMENTS] = {false};
    verdict_outcome all = VERDICT_RIGHT;
    if (a->count > LIST_ELEMENTS || b->count > LIST_ELEMENTS)
        return VERDICT_UNKNOWN;
    if (a->count != b->count)
        return VERDICT_WRONG;
    for (size_t i = 0; i < a->count; i++) {
        verdict_outcome best = VERDICT_WRONG;
        for (size_t j = 0; j < b->count && best != VERDICT_RIGHT; j++) {
            verdict_outcome one =
                taken[j] ? VERDICT_WRONG : compare_trees(c, a->child[i], b->child[j]);
            if (one == VERDICT_RIGHT)
                taken[j] = true;
            if (one != VERDICT_WRONG)
                best = one;
        }
        if (best == VERDICT_WRONG)
            return VERDICT_WRONG;
        if (best == VERDICT_UNKNOWN)
            all = VERDICT_UNKNOWN;
    }
    return all;
}

/// The list without elements that equal an earlier one; NULL if it is too long or the block is
/// full.
static expr *distinct(checker *c, expr *e)
{
    expr *kept[LIST_ELEMENTS];
    size_t count = 0;
    if (e->count > LIST_ELEMENTS)
        return NULL;
    for (size_t i = 0; i < e->count; i++) {
        bool known = false;
        for (size_t j = 0; j < count && !known; j++)
            known = compare_trees(c, kept[j], e->child[i]) == VERDICT_RIGHT;
        if (!known)
            kept[count++] = e->child[i];
    }
    if (count == e->count)
        return e;
    expr *set = expr_node(c->m, (expr_kind)e->kind, kept, count);
    if (set != NULL)
        set->op = e->op;
    return set;
}

expr *list_without_either(checker *c, expr *e, bool together)
{
    expr *kept[LIST_ELEMENTS];
    size_t count = 0;
    bool list = e->kind == EXPR_LIST || e->kind == EXPR_SET;
    size_t elements = list ? e->count : 1;
    for (size_t i = 0; i < elements; i++) {
        expr *child = list ? e->child[i] : e;
        int signs = expr_count_either(child);
        if (signs > EITHER_SIGNS)
            return NULL;
        unsigned choices = signs == 0 ? 1 : together ? 2 : 1u << signs;
        for (unsigned choice = 0; choice < choices; choice++) {
            if (count == LIST_ELEMENTS)
                return NULL;
            kept[count++] = expr_choose_signs(c->m, child, choice, together);
        }
    }
    return expr_node(c->m, list ? (expr_kind)e->kind : EXPR_LIST, kept, count);
}

static bool is_unordered(const expr *e)
{
    return e->kind == EXPR_LIST || e->kind == EXPR_SET;
}

/// Whether every element of the list assigns a value to a name (x = 1, y = 2); collects both.
static bool read_record(const expr *e, expr **names, expr **values)
{
    if (e->kind != EXPR_LIST || e->count > LIST_ELEMENTS)
        return false;
    for (size_t i = 0; i < e->count; i++)
        if (!relation_assigns(e->child[i], &names[i], &values[i]))
            return false;
    return true;
}

/// The names begin with the same letter (x_1 and x_2): several solutions rather than several
/// unknowns.
static bool names_are_alike(expr *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (names[i]->kind != EXPR_SYMBOL || names[i]->text.length == 0 ||
            names[i]->text.bytes[0] != names[0]->text.bytes[0])
            return false;
    return true;
}

static int compare_names(const expr *a, const expr *b)
{
    size_t length = a->text.length < b->text.length ? a->text.length : b->text.length;
    int order = memcmp(a->text.bytes, b->text.bytes, length);
    return order != 0 ? order : (int)a->text.length - (int)b->text.length;
}

/// Insertion sort; records are short.
static void sort_by_name(expr **names, expr **values, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && compare_names(names[j - 1], names[j]) > 0; j--) {
            expr *name = names[j], *value = values[j];
            names[j] = names[j - 1], values[j] = values[j - 1];
            names[j - 1] = name, values[j - 1] = value;
        }
}

/// All names are single letters, whose alphabetical order is that of a tuple: (x, y).
static bool names_are_letters(expr *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (names[i]->kind != EXPR_SYMBOL || names[i]->text.length != 1)
            return false;
    return true;
}

/// A record and a collection without names, whichever is the reference: equal in the order of the
/// names, or, where these are not letters, in the order given.
static verdict_outcome compare_record(checker *c, expr *record, expr *plain)
{
    expr *names[LIST_ELEMENTS], *values[LIST_ELEMENTS];
    if (!read_record(record, names, values) || record->count != plain->count)
        return VERDICT_WRONG;
    if (is_unordered(plain) && names_are_alike(names, record->count)) {
        expr *list = expr_node(c->m, EXPR_LIST, values, record->count);
        return list != NULL ? compare_unordered(c, list, plain) : VERDICT_UNKNOWN;
    }
    if (!names_are_letters(names, record->count)) {
        verdict_outcome given = compare_ordered(c, values, plain->child, record->count);
        if (given != VERDICT_WRONG)
            return given;
    }
    sort_by_name(names, values, record->count);
    return compare_ordered(c, values, plain->child, record->count);
}

/// Two tuples or intervals. Brackets matter for pairs, which may be intervals, and for half-open
/// intervals.
static verdict_outcome compare_brackets(checker *c, expr *a, expr *b)
{
    if (a->count != b->count)
        return VERDICT_WRONG;
    bool same = a->open == b->open && a->close == b->close;
    bool angle = a->open == '<' || b->open == '<';
    bool mixed = a->open != '<' && (a->open == '(') != (a->close == ')');
    if (!same && !angle && (a->count == 2 || mixed))
        return VERDICT_WRONG;
    return compare_ordered(c, a->child, b->child, a->count);
}

/// A tuple and a list or set, whichever is the reference. A list in the same order is equal. The
/// same elements in another order, a set, and what may be an interval are unknown; other elements
/// are wrong.
static verdict_outcome compare_tuple_with_list(checker *c, expr *tuple, expr *list)
{
    if (tuple->count != list->count)
        return VERDICT_WRONG;
    bool interval = tuple->open == '[' && tuple->count == 2;
    if (list->kind == EXPR_LIST && !interval) {
        verdict_outcome ordered = compare_ordered(c, tuple->child, list->child, tuple->count);
        if (ordered != VERDICT_WRONG)
            return ordered;
    }
    bool same_elements = compare_unordered(c, tuple, list) == VERDICT_RIGHT;
    return same_elements ? VERDICT_UNKNOWN : VERDICT_WRONG;
}

/// The matrix written as [[1, 2], [3, 4]]; NULL for other trees.
static expr *matrix_of_rows(checker *c, const expr *e)
{
    expr *entries[LIST_ELEMENTS];
    size_t count = 0;
    if (e->kind != EXPR_BRACKET || e->open != '[' || e->child[0]->kind != EXPR_BRACKET)
        return NULL;
    uint16_t columns = e->child[0]->count;
    for (size_t i = 0; i < e->count; i++) {
        const expr *row = e->child[i];
        if (row->kind != EXPR_BRACKET || row->count != columns || count + columns > LIST_ELEMENTS)
            return NULL;
        memcpy(entries + count, row->child, columns * sizeof *entries);
        count += columns;
    }
    expr *matrix = expr_node(c->m, EXPR_MATRIX, entries, count);
    if (matrix != NULL)
        matrix->columns = columns;
    return matrix;
}

/// Two collections of which one at least is a matrix. A vector equals the tuple of its entries.
static verdict_outcome compare_matrices(checker *c, expr *a, expr *b)
{
    if (a->kind == EXPR_MATRIX && b->kind == EXPR_MATRIX) {
        if (a->columns != b->columns || a->count != b->count)
            return VERDICT_WRONG;
        return compare_ordered(c, a->child, b->child, a->count);
    }
    expr *matrix = a->kind == EXPR_MATRIX ? a : b, *other = a->kind == EXPR_MATRIX ? b : a;
    expr *rows = matrix_of_rows(c, other);
    if (rows != NULL)
        return a == matrix ? compare_matrices(c, a, rows) : compare_matrices(c, rows, b);
    bool vector = matrix->columns == 1 || matrix->columns == matrix->count;
    if (other->kind != EXPR_BRACKET || !vector || matrix->count != other->count)
        return VERDICT_WRONG;
    return compare_ordered(c, a->child, b->child, a->count);
}

/// A set of one element and a tuple. (1, 2) answers \{(1, 2)\}; where it is the reference it may be
/// an interval. [2, 2] and \{2\} are unknown.
static verdict_outcome compare_set_of_one(checker *c, expr *a, expr *b)
{
    expr *set = a->kind == EXPR_SET ? a : b, *tuple = a->kind == EXPR_SET ? b : a;
    if (set->child[0]->kind == EXPR_BRACKET)
        return a == set ? compare_trees(c, a->child[0], b)
                        : unknown_unless_wrong(compare_trees(c, a, b->child[0]));
    return tuple->open == '[' ? VERDICT_UNKNOWN : VERDICT_WRONG;
}

/// Letters joined by "and" or "or" alone: p \land q is not p \lor q.
static bool joins_statements(const expr *e)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->child[i]->kind != EXPR_SYMBOL)
            return false;
    return e->kind == EXPR_LIST;
}

verdict_outcome compare_collections(checker *c, expr *a, expr *b)
{
    expr *names[LIST_ELEMENTS], *values[LIST_ELEMENTS];
    c->rule = "list";
    if (a->kind == EXPR_MATRIX || b->kind == EXPR_MATRIX) {
        c->rule = "matrix";
        return compare_matrices(c, a, b);
    }
    bool record_a = read_record(a, names, values), record_b = read_record(b, names, values);
    if (record_a != record_b) {
        expr *plain = record_a ? b : a;
        if (plain->kind == EXPR_BRACKET || is_unordered(plain))
            return record_a ? compare_record(c, a, b) : compare_record(c, b, a);
    }
    if (a->kind == EXPR_BRACKET && b->kind == EXPR_BRACKET) {
        verdict_outcome outcome = compare_brackets(c, a, b);
        c->rule = "tuple";
        return outcome;
    }
    expr *set = a->kind == EXPR_SET ? a : b, *tuple = a->kind == EXPR_SET ? b : a;
    if (set->kind == EXPR_SET && set->count == 1 && tuple->kind == EXPR_BRACKET)
        return compare_set_of_one(c, a, b);
    if (a->kind == EXPR_BRACKET)
        return compare_tuple_with_list(c, a, b);
    if (b->kind == EXPR_BRACKET)
        return compare_tuple_with_list(c, b, a);
    if (a->kind == EXPR_SET || b->kind == EXPR_SET) {
        a = distinct(c, a);
        b = distinct(c, b);
        if (a == NULL || b == NULL)
            return VERDICT_UNKNOWN;
    }
    bool and_with_or = (a->op == CONNECTOR_AND && b->op == CONNECTOR_OR) ||
                       (a->op == CONNECTOR_OR && b->op == CONNECTOR_AND);
    if (and_with_or && joins_statements(a) && joins_statements(b))
        return VERDICT_WRONG;
    verdict_outcome outcome = compare_unordered(c, a, b);
    c->rule = "list";
    return outcome;
}
