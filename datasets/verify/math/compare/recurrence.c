// datasets/verify/math/compare/recurrence.c - finds the terms of a recurrence by their names, x_n+1
// and the like, and renames them.
//
// Limits: 8 different terms of one sequence or of several with the same index.
#include "datasets/verify/math/compare/recurrence.h"

#include "datasets/verify/ascii.h"

#include <stdio.h>
#include <string.h>

enum { MOST_TERMS = 8, LONGEST_NAME = 24, LARGEST_SHIFT = 9 };

typedef struct term {
    distill_span name;   // "a_n+1"
    distill_span letter; // "a"
    int shift;           // 1
} term;

typedef struct recurrence {
    size_t count;
    term terms[MOST_TERMS];
    distill_span index; // "n"
    bool valid;
} recurrence;

/// Reads a name with an index that is a letter, or a letter with a number added or subtracted.
static bool read_term(term *out, distill_span *index, distill_span name)
{
    const char *mark = memchr(name.bytes, '_', name.length);
    size_t at = mark != NULL ? (size_t)(mark - name.bytes) : name.length, left = name.length - at;
    if (mark == NULL || left < 2 || !ascii_is_letter(mark[1]) || name.length >= LONGEST_NAME)
        return false;
    *out = (term){.name = name, .letter = {name.bytes, at}};
    *index = (distill_span){mark + 1, 1};
    if (left == 2)
        return true;
    if (left != 4 || (mark[2] != '+' && mark[2] != '-') || !ascii_is_digit(mark[3]))
        return false;
    out->shift = mark[2] == '+' ? mark[3] - '0' : '0' - mark[3];
    return true;
}

static void collect_terms(recurrence *r, const expr *e)
{
    term t;
    distill_span index;
    if (e->kind == EXPR_SYMBOL && read_term(&t, &index, e->text)) {
        bool known = false;
        for (size_t i = 0; i < r->count; i++)
            known = known || distill_span_equal(r->terms[i].name, t.name);
        r->valid = r->valid && (r->count == 0 || distill_span_equal(r->index, index)) &&
                   (known || r->count < MOST_TERMS);
        r->index = index;
        if (!known && r->valid)
            r->terms[r->count++] = t;
    }
    for (size_t i = 0; i < e->count; i++)
        collect_terms(r, e->child[i]);
}

/// The symbol of a term whose index is n - `back`, under a name that no text has, so that a later
/// renaming does not meet it.
static expr *moved_term(checker *c, const term *t, int back)
{
    char *name = scratch_take(c->m, LONGEST_NAME + 8);
    expr *e = expr_leaf(c->m, EXPR_SYMBOL);
    if (name == NULL || e == NULL)
        return NULL;
    int length =
        snprintf(name, LONGEST_NAME + 8, "%.*s#%d", (int)t->letter.length, t->letter.bytes, back);
    e->text = (distill_span){name, (size_t)length};
    return e;
}

expr *recurrence_shifted(checker *c, expr *e)
{
    recurrence r = {.valid = true};
    collect_terms(&r, e);
    if (!r.valid || r.count < 2)
        return e;
    int largest = r.terms[0].shift;
    for (size_t i = 1; i < r.count; i++)
        largest = r.terms[i].shift > largest ? r.terms[i].shift : largest;
    expr *index = expr_leaf(c->m, EXPR_SYMBOL);
    if (index == NULL)
        return NULL;
    index->text = r.index;
    expr *moved = expr_binary(c->m, EXPR_ADD, index, expr_number(c->m, -largest));
    if (moved == NULL)
        return NULL;
    e = expr_substitute(c->m, e, r.index, moved);
    for (size_t i = 0; i < r.count && e != NULL; i++) {
        expr *symbol = moved_term(c, &r.terms[i], largest - r.terms[i].shift);
        e = symbol != NULL ? expr_substitute(c->m, e, r.terms[i].name, symbol) : NULL;
    }
    return e;
}
