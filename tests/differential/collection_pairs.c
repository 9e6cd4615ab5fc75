// tests/differential/collection_pairs.c - pairs of sets, tuples, vectors, lists and plus-minus
// answers.
//
// Members are distinct rationals. Sets and lists are equal in any order, tuples and vectors only in
// theirs, named coordinates by name.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 5 };

typedef struct members {
    size_t count;
    rational at[MOST];
} members;

static bool has(const members *m, rational q)
{
    for (size_t i = 0; i < m->count; i++)
        if (rational_equal(m->at[i], q))
            return true;
    return false;
}

static rational draw_member(distill_rng *rng)
{
    return pair_chance(rng, 75) ? rational_of(pair_int(rng, -30, 60), 1)
                                : rational_draw_over(rng, 12, 2, 6);
}

static members draw_members(distill_rng *rng, size_t count)
{
    members m = {0};
    while (m.count < count) {
        rational q = draw_member(rng);
        if (!has(&m, q))
            m.at[m.count++] = q;
    }
    return m;
}

/// Another set: a member changed, left out or added.
static members members_near(distill_rng *rng, const members *m)
{
    members other = *m;
    size_t i = distill_rng_below(rng, m->count);
    int how = pair_int(rng, 0, 9);
    if (how == 0 && m->count > 2) {
        other.at[i] = other.at[--other.count];
    } else if (how == 1 && m->count < MOST) {
        do
            other.at[m->count] = draw_member(rng);
        while (has(m, other.at[m->count]));
        other.count++;
    } else {
        do
            other.at[i] = rational_near(rng, m->at[i]);
        while (has(m, other.at[i]));
    }
    return other;
}

static void write_members(distill_rng *rng, const char **out, const members *m)
{
    for (size_t i = 0; i < m->count; i++)
        out[i] = rational_tex(rng, m->at[i]);
}

// ---- sets ---------------------------------------------------------------------------------------

static const char *braces(distill_rng *rng, const char *inside)
{
    static const char *const FORMS[] = {"\\{@1\\}",
                                        "\\{@1\\}",
                                        "\\left\\{@1\\right\\}",
                                        "\\{ @1 \\}",
                                        "\\lbrace @1\\rbrace",
                                        "\\big\\{@1\\big\\}",
                                        "\\Big\\{@1\\Big\\}",
                                        "\\left\\lbrace @1\\right\\rbrace",
                                        "\\{\\,@1\\,\\}"};
    return pair_fill(PAIR_PICK(rng, FORMS), inside, NULL, NULL);
}

static const char *write_set(distill_rng *rng, const members *m)
{
    const char *text[MOST];
    write_members(rng, text, m);
    pair_shuffle(rng, text, m->count);
    return braces(rng, pair_join(text, m->count, pair_chance(rng, 50) ? "," : ", "));
}

/// Sets of the empty set and of sets of one number, numbered 0 … 5; all differ.
static const char *write_nested(distill_rng *rng, int which, int n)
{
    static const char *const EMPTY[] = {"\\emptyset", "\\varnothing", "\\{\\}"};
    const char *empty = PAIR_PICK(rng, EMPTY), *one = braces(rng, pair_text("%d", n));
    bool turned = pair_chance(rng, 50);
    switch (which) {
    case 0:
        return empty;
    case 1:
        return braces(rng, empty);
    case 2:
        return braces(rng,
                      turned ? pair_text("%s,%s", empty, one) : pair_text("%s, %s", one, empty));
    case 3:
        return braces(rng, one);
    case 4:
        return one;
    default:
        return braces(rng,
                      turned ? pair_text("%s,%d", one, n + 1) : pair_text("%d,%s", n + 1, one));
    }
}

void make_set(pair *p, distill_rng *rng)
{
    const char *a, *b;
    if (pair_chance(rng, 20)) {
        int which = pair_int(rng, 0, 5), n = pair_int(rng, 1, 9), other = which;
        while (p->truth == PAIR_DIFFERENT && other == which)
            other = pair_int(rng, 0, 5);
        a = write_nested(rng, which, n);
        b = write_nested(rng, other, n);
    } else {
        members m = draw_members(rng, (size_t)pair_int(rng, 2, MOST));
        members other = p->truth == PAIR_EQUAL ? m : members_near(rng, &m);
        a = write_set(rng, &m);
        b = write_set(rng, &other);
    }
    pair_set(p, rng, a, b);
}

// ---- tuples and named coordinates ---------------------------------------------------------------

typedef const char *const names[3];
static names NAMES[] = {{"x", "y", "z"}, {"x", "y", "z"}, {"a", "b", "c"}, {"m", "n", "p"}};

static const char *write_tuple(distill_rng *rng, const members *m)
{
    static const char *const FORMS[] = {"(@1)",
                                        "(@1)",
                                        "\\left(@1\\right)",
                                        "( @1 )",
                                        "\\big(@1\\big)",
                                        "\\left( @1 \\right)",
                                        "\\bigl(@1\\bigr)",
                                        "(\\,@1\\,)",
                                        "\\text{(@1)}",
                                        "\\Big(@1\\Big)"};
    const char *text[MOST];
    write_members(rng, text, m);
    const char *inside = pair_join(text, m->count, pair_chance(rng, 50) ? "," : ", ");
    return pair_fill(PAIR_PICK(rng, FORMS), inside, NULL, NULL);
}

/// "x=1, y=2" in the order of `order`, or "(x,y)=(1,2)".
static const char *write_named(distill_rng *rng, const members *m, names *name, bool in_order)
{
    const char *part[MOST];
    const char *equals = pair_chance(rng, 50) ? "=" : " = ";
    for (size_t i = 0; i < m->count; i++)
        part[i] = pair_text("%s%s%s", (*name)[i], equals, rational_tex(rng, m->at[i]));
    if (pair_chance(rng, 30))
        return pair_text("(%s)=%s", pair_join(*name, m->count, ","), write_tuple(rng, m));
    if (!in_order)
        pair_shuffle(rng, part, m->count);
    return pair_join(part, m->count, pair_chance(rng, 70) ? ", " : ",\\ ");
}

/// Two members exchanged, or one changed.
static members tuple_near(distill_rng *rng, const members *m)
{
    members other = *m;
    size_t i = distill_rng_below(rng, m->count), j = (i + 1) % m->count;
    if (pair_chance(rng, 50)) {
        other.at[i] = m->at[j];
        other.at[j] = m->at[i];
    } else {
        other.at[i] = rational_near(rng, m->at[i]);
    }
    return other;
}

void make_tuple(pair *p, distill_rng *rng)
{
    members m = draw_members(rng, (size_t)pair_int(rng, 2, 4));
    members other = p->truth == PAIR_EQUAL ? m : tuple_near(rng, &m);
    const char *a = write_tuple(rng, &m), *b = write_tuple(rng, &other);
    pair_set(p, rng, a, b);
}

void make_named(pair *p, distill_rng *rng)
{
    names *name = &NAMES[distill_rng_below(rng, PAIR_COUNT(NAMES))];
    members m = draw_members(rng, (size_t)pair_int(rng, 2, 3));
    members other = p->truth == PAIR_EQUAL ? m : tuple_near(rng, &m);
    const char *a = write_named(rng, &m, name, false);
    const char *b =
        pair_chance(rng, 40) ? write_tuple(rng, &other) : write_named(rng, &other, name, false);
    pair_set(p, rng, a, b);
}

/// Several points in any order: the solutions of a system.
void make_points(pair *p, distill_rng *rng)
{
    static const char *const BETWEEN[] = {",", ", ", "; ", "\\text{ and }", " and ", ",\\ "};
    const char *a[3], *b[3];
    size_t count = (size_t)pair_int(rng, 2, 3), changed = distill_rng_below(rng, count);
    members all = draw_members(rng, 2); // the first coordinates of all points differ
    for (size_t i = 0; i < count; i++) {
        members m = {2, {rational_of(10 * (long long)i + pair_int(rng, 0, 9), 1), all.at[i % 2]}};
        members other = p->truth == PAIR_DIFFERENT && i == changed ? tuple_near(rng, &m) : m;
        if (p->truth == PAIR_DIFFERENT && rational_equal(m.at[0], m.at[1]))
            other.at[1] = rational_add(m.at[1], rational_of(100, 1));
        a[i] = write_tuple(rng, &m);
        b[i] = write_tuple(rng, &other);
    }
    pair_shuffle(rng, a, count);
    pair_shuffle(rng, b, count);
    p->form = PAIR_BOX;
    const char *x = pair_join(a, count, PAIR_PICK(rng, BETWEEN));
    const char *y = pair_join(b, count, PAIR_PICK(rng, BETWEEN));
    pair_set(p, rng, x, y);
}

// ---- vectors ------------------------------------------------------------------------------------

static const char *write_vector(distill_rng *rng, const members *m)
{
    static names UNITS[] = {{"\\mathbf{i}", "\\mathbf{j}", "\\mathbf{k}"},
                            {"\\hat{i}", "\\hat{j}", "\\hat{k}"},
                            {"\\vec{i}", "\\vec{j}", "\\vec{k}"},
                            {"\\hat{\\mathbf{i}}", "\\hat{\\mathbf{j}}", "\\hat{\\mathbf{k}}"}};
    static const char *const COLUMNS[] = {"pmatrix", "pmatrix", "bmatrix"};
    const char *text[MOST], *environment = PAIR_PICK(rng, COLUMNS);
    write_members(rng, text, m);
    switch (pair_int(rng, 0, 3)) {
    case 0:
        return pair_text("\\langle %s\\rangle", pair_join(text, m->count, ", "));
    case 1:
        if (has(m, rational_of(0, 1))) // an absent unit does not tell the dimension
            return write_tuple(rng, m);
        return rational_sum(m->at, UNITS[pair_int(rng, 0, 3)], m->count);
    case 2:
        return write_tuple(rng, m);
    default:
        return pair_text("\\begin{%s}%s\\end{%s}", environment, pair_join(text, m->count, "\\\\ "),
                         environment);
    }
}

/// Products of two named vectors, which do not commute.
static void make_cross(pair *p, distill_rng *rng)
{
    static const char *const BOLD[] = {
        "\\mathbf{@1}\\times\\mathbf{@2}", "\\mathbf{@1} \\times \\mathbf{@2}",
        "-\\mathbf{@2}\\times\\mathbf{@1}", "-(\\mathbf{@2}\\times\\mathbf{@1})"};
    static const char *const ARROWS[] = {"\\vec{@1}\\times\\vec{@2}", "\\vec{@1} \\times \\vec{@2}",
                                         "-\\vec{@2}\\times\\vec{@1}",
                                         "-\\vec{@2} \\times \\vec{@1}"};
    static const char *const LETTERS[][2] = {{"u", "v"}, {"a", "b"}, {"v", "w"}, {"p", "q"}};
    const char *const *letter = LETTERS[pair_int(rng, 0, 3)];
    const char *const *form = pair_chance(rng, 50) ? BOLD : ARROWS;
    const char *a = pair_fill(form[pair_int(rng, 0, 3)], letter[0], letter[1], NULL);
    bool turned = p->truth == PAIR_DIFFERENT;
    const char *b = pair_fill(form[pair_int(rng, 0, 3)], letter[turned], letter[!turned], NULL);
    pair_set(p, rng, a, b);
}

void make_vector(pair *p, distill_rng *rng)
{
    if (pair_chance(rng, 15)) {
        make_cross(p, rng);
        return;
    }
    members m = draw_members(rng, (size_t)pair_int(rng, 2, 3));
    members other = p->truth == PAIR_EQUAL ? m : tuple_near(rng, &m);
    const char *a = write_vector(rng, &m), *b = write_vector(rng, &other);
    pair_set(p, rng, a, b);
}

// ---- lists --------------------------------------------------------------------------------------

/// The members in any order, as people list several solutions.
static const char *write_list(distill_rng *rng, const members *m, const char *name)
{
    static const char *const LAST[] = {", ",
                                       ",",
                                       " \\text{ and } ",
                                       "\\text{ or }",
                                       ", \\text{ and } ",
                                       " and ",
                                       " or ",
                                       "; ",
                                       "\\text{ and }",
                                       "\\quad\\text{or}\\quad",
                                       " \\quad \\text{and} \\quad ",
                                       ",\\ ",
                                       "\\text{, }",
                                       " \\text{, } ",
                                       ",\\;"};
    const char *text[MOST], *last = PAIR_PICK(rng, LAST), *between = ", ";
    write_members(rng, text, m);
    pair_shuffle(rng, text, m->count);
    if (strcmp(last, "; ") == 0 || strcmp(last, ",") == 0)
        between = last;
    if (strstr(last, "or") != NULL && pair_chance(rng, 30))
        between = last;
    bool each = name != NULL && pair_chance(rng, 50);
    for (size_t i = 0; i < m->count; i++)
        if (each || (name != NULL && i == 0))
            text[i] = pair_text("%s=%s", name, text[i]);
    return pair_text("%s%s%s", pair_join(text, m->count - 1, between), last, text[m->count - 1]);
}

/// A box for each member: "\boxed{1} and \boxed{2}".
static const char *write_boxes(distill_rng *rng, const members *m)
{
    static const char *const BETWEEN[] = {" and ",
                                          " or ",
                                          ", ",
                                          "$ and $",
                                          "$ or $",
                                          "$, $",
                                          "$ or alternatively $",
                                          " \\quad\\text{and}\\quad ",
                                          "$ as well as $",
                                          "$,\\n\\n$"};
    const char *text[MOST], *between = PAIR_PICK(rng, BETWEEN);
    write_members(rng, text, m);
    pair_shuffle(rng, text, m->count);
    for (size_t i = 0; i < m->count; i++)
        text[i] = pair_text("\\boxed{%s}", text[i]);
    const char *all = pair_join(text, m->count, between);
    return between[0] == '$' ? pair_text("The solutions are $%s$.", all)
                             : pair_text("We find %s.", all);
}

void make_list(pair *p, distill_rng *rng)
{
    static const char *const LETTERS[] = {"x", "x", "n", "t"};
    members m = draw_members(rng, (size_t)pair_int(rng, 2, 4));
    members other = p->truth == PAIR_EQUAL ? m : members_near(rng, &m);
    const char *name = pair_chance(rng, 30) ? PAIR_PICK(rng, LETTERS) : NULL;
    p->form = PAIR_BOX;
    if (pair_chance(rng, 25)) {
        p->form = PAIR_REPLY;
        const char *gold = write_list(rng, &m, NULL);
        pair_set_ordered(p, gold, write_boxes(rng, &other));
        return;
    }
    const char *a = write_list(rng, &m, name);
    const char *b = write_list(rng, &other, pair_chance(rng, 50) ? name : NULL);
    pair_set(p, rng, a, b);
}

// ---- plus-minus ---------------------------------------------------------------------------------

/// a plus and minus the root of n times b; a may be 0.
static const char *write_plus_minus(distill_rng *rng, int a, int b, int n, const char *name)
{
    const char *root = n == 1 ? pair_text("%d", b)
                              : pair_text("%s\\sqrt{%d}", b == 1 ? "" : pair_text("%d", b), n);
    const char *head = name == NULL ? "" : pair_text("%s=", name);
    const char *left = a == 0 ? "" : pair_text("%d", a);
    const char *plus =
        n == 1 ? pair_text("%d", a + b) : pair_text("%s%s%s", left, a == 0 ? "" : "+", root);
    const char *minus = n == 1 ? pair_text("%d", a - b) : pair_text("%s-%s", left, root);
    switch (pair_int(rng, 0, 4)) {
    case 0:
        return pair_text("%s%s, %s%s", head, plus, pair_chance(rng, 50) ? head : "", minus);
    case 1:
        return pair_text("%s%s,%s%s", head, minus, pair_chance(rng, 50) ? head : "", plus);
    case 2:
        return pair_text("%s%s\\text{ and }%s", head, plus, minus);
    default:
        return pair_text("%s%s\\pm%s%s", head, left, root[0] == '\\' ? "" : " ", root);
    }
}

/// y = plus or minus b/a x, the asymptotes of a hyperbola.
static const char *write_slopes(distill_rng *rng, int a, int b)
{
    switch (pair_int(rng, 0, 3)) {
    case 0:
        return pair_text("%dx\\pm%dy=0", b, a);
    case 1:
        return pair_text("y=\\frac{%d}{%d}x, y=-\\frac{%d}{%d}x", b, a, b, a);
    case 2:
        return pair_text("%dy=\\pm %dx", a, b);
    default:
        return pair_text("y=\\pm\\frac{%d}{%d}x", b, a);
    }
}

void make_plus_minus(pair *p, distill_rng *rng)
{
    static const int ROOTS[] = {1, 2, 3, 5, 6, 7, 10};
    int a = pair_chance(rng, 40) ? 0 : pair_nonzero(rng, 9), b = pair_int(rng, 1, 9);
    int n = ROOTS[pair_int(rng, 0, 6)], a2 = a, b2 = b;
    const char *name = pair_chance(rng, 30) ? "x" : NULL;
    if (pair_chance(rng, 15)) {
        int down = b == 9 ? 7 : b + 1;
        bool turned = p->truth == PAIR_DIFFERENT;
        const char *x = write_slopes(rng, down, b);
        const char *y = turned ? write_slopes(rng, b, down) : write_slopes(rng, down, b);
        pair_set(p, rng, x, y);
        return;
    }
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 50) && a != 0)
        a2 = -a;
    else if (p->truth == PAIR_DIFFERENT)
        b2 = b + 1;
    const char *x = write_plus_minus(rng, a, b, n, name);
    const char *y = write_plus_minus(rng, a2, b2, n, pair_chance(rng, 50) ? name : NULL);
    pair_set(p, rng, x, y);
}
