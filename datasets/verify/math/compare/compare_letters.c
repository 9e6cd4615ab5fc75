// datasets/verify/math/compare/compare_letters.c - compares strings of capital letters: names of
// angles and polygons, orders of people, words.
//
// Read as products, BADC and ABCD would be equal. Three or more capitals and nothing else are a
// string: equal letter by letter. The name of an angle may be read from either end, PQR or RQP.
#include "datasets/verify/math/compare/compare_rules.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/math/compare/scalar.h"

#include <string.h>

enum { FEWEST_LETTERS = 3, MOST_LETTERS = 32 };

typedef struct letters {
    size_t count;
    char at[MOST_LETTERS];
    bool angle;
} letters;

/// The text is one word of capital letters: \mathrm{PQR}.
static bool is_capital_word(distill_span text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!ascii_is_capital(text.bytes[i]))
            return false;
    return text.length >= FEWEST_LETTERS && text.length <= MOST_LETTERS;
}

/// Reads a product or list of single capitals, a word of capitals, or the name of an angle; false
/// for other trees.
static bool read_letters(letters *out, const expr *e)
{
    static const char MARK[] = EXPR_ANGLE_MARK;
    size_t mark = sizeof MARK - 1;
    *out = (letters){.count = 0};
    if (e->kind == EXPR_SYMBOL && e->text.length > mark && memcmp(e->text.bytes, MARK, mark) == 0) {
        out->angle = true;
        out->count = e->text.length - mark;
        memcpy(out->at, e->text.bytes + mark, out->count);
        return true;
    }
    if (e->kind == EXPR_TEXT && is_capital_word(e->text)) {
        out->count = e->text.length;
        memcpy(out->at, e->text.bytes, out->count);
        return true;
    }
    bool list = e->kind == EXPR_LIST && e->op == CONNECTOR_COMMA;
    if ((!list && (e->kind != EXPR_MULTIPLY || e->op != 0)) || e->count < FEWEST_LETTERS ||
        e->count > MOST_LETTERS)
        return false;
    for (size_t i = 0; i < e->count; i++) {
        const expr *child = e->child[i];
        if (child->kind != EXPR_SYMBOL || child->text.length != 1 || child->grouped ||
            !ascii_is_capital(child->text.bytes[0]))
            return false;
        out->at[out->count++] = child->text.bytes[0];
    }
    return true;
}

static bool reversed(const letters *a, const letters *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->at[i] != b->at[b->count - 1 - i])
            return false;
    return true;
}

bool compare_letters(verdict_outcome *outcome, checker *c, const expr *a, const expr *b)
{
    letters x, y;
    if (!read_letters(&x, a) || !read_letters(&y, b))
        return false;
    bool same = x.count == y.count && memcmp(x.at, y.at, x.count) == 0;
    bool turned = (x.angle || y.angle) && x.count == y.count && reversed(&x, &y);
    bool list = a->kind == EXPR_LIST || b->kind == EXPR_LIST; // perhaps in any order
    bool other_kind = x.angle != y.angle; // \angle ABC and ABC, perhaps a triangle
    *outcome = (same || turned) && !other_kind            ? VERDICT_RIGHT
               : list || (other_kind && (same || turned)) ? VERDICT_UNKNOWN
                                                          : VERDICT_WRONG;
    c->rule = "letters";
    return true;
}

/// A product that \times makes of two letters which are usual for vectors or marked as such.
static bool is_cross_product(const expr *e)
{
    static const char VECTORS[] = "abcuvwpqrnijk";
    bool cross = e->kind == EXPR_MULTIPLY && e->op == 1;
    for (size_t i = 0; i < e->count && cross; i++) {
        const expr *f = e->child[i];
        bool marked = f->kind == EXPR_SYMBOL && f->op != SYMBOL_PLAIN;
        cross = marked || is_cross_product(f) ||
                (f->text.length == 1 && strchr(VECTORS, *f->text.bytes) != NULL);
    }
    return cross;
}

static bool has_cross_product(const expr *e)
{
    if (is_cross_product(e))
        return true;
    for (size_t i = 0; i < e->count; i++)
        if (has_cross_product(e->child[i]))
            return true;
    return false;
}

/// A cross product of two letters, perhaps with a minus sign.
static bool is_plain_cross_product(const expr *e)
{
    e = e->kind == EXPR_NEGATE ? e->child[0] : e;
    return is_cross_product(e) && e->child[0]->count == 0 && e->child[1]->count == 0;
}

bool compare_cross_products(verdict_outcome *outcome, checker *c, const expr *a, const expr *b)
{
    bool in_a = has_cross_product(a), in_b = has_cross_product(b);
    if (!in_a && !in_b)
        return false;
    c->rule = "cross product";
    *outcome = VERDICT_UNKNOWN;
    if (in_a != in_b) // a \times b may also be a product of numbers
        return true;
    expr *x = expr_cross_products(c->m, a), *y = expr_cross_products(c->m, b);
    bool plain = is_plain_cross_product(a) && is_plain_cross_product(b);
    if (x != NULL && y != NULL)
        *outcome = plain ? scalar_compare(c, x, y) : unknown_unless_right(scalar_compare(c, x, y));
    c->rule = "cross product";
    return true;
}
