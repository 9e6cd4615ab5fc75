// datasets/verify/math/compare/real_set.c - set algebra on sorted, disjoint intervals.
//
// A piece that is added is joined with all pieces that it touches. The intersection adds the common
// part of every pair of pieces, the complement adds the gaps between pieces.
//
// Limits: REAL_SET_PIECES pieces; an operation with more fails.
#include "datasets/verify/math/compare/real_set.h"

const real_set REAL_LINE = {.count = 1,
                            .piece = {{.low = {.infinite = -1}, .high = {.infinite = 1}}}};

int real_bound_order(const real_bound *a, const real_bound *b)
{
    if (a->infinite != b->infinite)
        return a->infinite < b->infinite ? -1 : 1;
    if (a->infinite != 0 || ball_equal(&a->value, &b->value) != 0)
        return 0;
    return a->value.re < b->value.re ? -1 : 1;
}

/// The piece has at least one point.
static bool is_inhabited(const real_piece *p)
{
    int order = real_bound_order(&p->low, &p->high);
    return order < 0 || (order == 0 && p->low.closed && p->high.closed);
}

bool real_set_add(real_set *set, real_piece piece)
{
    real_set merged = {.count = 0};
    if (!is_inhabited(&piece))
        return true;
    bool placed = false;
    for (int i = 0; i < set->count; i++) {
        const real_piece *old = &set->piece[i];
        int before = real_bound_order(&old->high, &piece.low);
        int behind = real_bound_order(&piece.high, &old->low);
        bool apart_left = before < 0 || (before == 0 && !old->high.closed && !piece.low.closed);
        bool apart_right = behind < 0 || (behind == 0 && !piece.high.closed && !old->low.closed);
        if (!apart_left && !apart_right) { // they touch: the new piece takes the old one in
            int low = real_bound_order(&old->low, &piece.low);
            int high = real_bound_order(&old->high, &piece.high);
            if (low < 0 || (low == 0 && old->low.closed))
                piece.low = old->low;
            if (high > 0 || (high == 0 && old->high.closed))
                piece.high = old->high;
            continue;
        }
        if (apart_right && !placed) {
            if (merged.count == REAL_SET_PIECES)
                return false;
            merged.piece[merged.count++] = piece;
            placed = true;
        }
        if (merged.count == REAL_SET_PIECES)
            return false;
        merged.piece[merged.count++] = *old;
    }
    if (!placed) {
        if (merged.count == REAL_SET_PIECES)
            return false;
        merged.piece[merged.count++] = piece;
    }
    *set = merged;
    return true;
}

bool real_set_unite(real_set *a, const real_set *b)
{
    for (int i = 0; i < b->count; i++)
        if (!real_set_add(a, b->piece[i]))
            return false;
    return true;
}

bool real_set_intersect(real_set *a, const real_set *b)
{
    real_set result = {.count = 0};
    for (int i = 0; i < a->count; i++)
        for (int j = 0; j < b->count; j++) {
            const real_piece *x = &a->piece[i], *y = &b->piece[j];
            int low = real_bound_order(&x->low, &y->low),
                high = real_bound_order(&x->high, &y->high);
            real_piece both = {low > 0 ? x->low : y->low, high < 0 ? x->high : y->high};
            if (low == 0)
                both.low.closed = x->low.closed && y->low.closed;
            if (high == 0)
                both.high.closed = x->high.closed && y->high.closed;
            if (!real_set_add(&result, both))
                return false;
        }
    *a = result;
    return true;
}

bool real_set_complement(real_set *a)
{
    real_set result = {.count = 0};
    real_bound low = {.infinite = -1};
    for (int i = 0; i <= a->count; i++) {
        real_bound high = {.infinite = 1};
        if (i < a->count) {
            high = a->piece[i].low;
            high.closed = !high.closed && high.infinite == 0;
        }
        if (!real_set_add(&result, (real_piece){low, high}))
            return false;
        if (i < a->count) {
            low = a->piece[i].high;
            low.closed = !low.closed && low.infinite == 0;
        }
    }
    *a = result;
    return true;
}
