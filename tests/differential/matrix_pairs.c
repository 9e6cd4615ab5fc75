// tests/differential/matrix_pairs.c - pairs of matrices and determinants.
//
// Entries are whole numbers or halves; a determinant is worked out by the rule of Sarrus.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

typedef struct grid {
    int rows, columns;
    rational at[3][3];
} grid;

static bool same_grid(const grid *a, const grid *b)
{
    bool same = a->rows == b->rows && a->columns == b->columns;
    for (int i = 0; same && i < a->rows * a->columns; i++)
        same = rational_equal(a->at[i / a->columns][i % a->columns],
                              b->at[i / a->columns][i % a->columns]);
    return same;
}

/// The rows with & and \\, each entry times `factor`.
static const char *entries(distill_rng *rng, const grid *g, rational factor)
{
    const char *row[3], *cell[3];
    const char *between = pair_chance(rng, 50) ? " & " : "&",
               *end = pair_chance(rng, 70) ? " \\\\ " : "\\\\\n";
    for (int i = 0; i < g->rows; i++) {
        for (int j = 0; j < g->columns; j++)
            cell[j] = rational_plain(rational_times(g->at[i][j], factor));
        row[i] = pair_join(cell, (size_t)g->columns, between);
    }
    return pair_join(row, (size_t)g->rows, end);
}

static const char *write_grid(distill_rng *rng, const grid *g)
{
    static const char *const FORMS[] = {"\\begin{pmatrix}@1\\end{pmatrix}",
                                        "\\begin{pmatrix} @1 \\end{pmatrix}",
                                        "\\begin{bmatrix}@1\\end{bmatrix}",
                                        "\\left[\\begin{array}{@2}@1\\end{array}\\right]",
                                        "\\left(\\begin{array}{@2}@1\\end{array}\\right)",
                                        "\\left[\\begin{matrix}@1\\end{matrix}\\right]",
                                        "\\left(\\begin{smallmatrix}@1\\end{smallmatrix}\\right)",
                                        "\\left(\\begin{matrix}@1\\end{matrix}\\right)",
                                        "\\begin{bmatrix} @1 \\end{bmatrix}",
                                        "\\bigl(\\begin{smallmatrix}@1\\end{smallmatrix}\\bigr)",
                                        "\\left[ \\begin{array}{@2} @1 \\end{array} \\right]"};
    const char *columns = g->columns == 2 ? "cc" : "ccc", *form = PAIR_PICK(rng, FORMS);
    int k = pair_chance(rng, 80) ? 1 : pair_nonzero(rng, 4);
    if (k == 1 || k == -1)
        return pair_fill(form, entries(rng, g, rational_of(1, 1)), columns, NULL);
    return pair_text("\\frac{1}{%d}%s", k,
                     pair_fill(form, entries(rng, g, rational_of(k, 1)), columns, NULL));
}

static grid draw_grid(distill_rng *rng)
{
    grid g = {.rows = pair_int(rng, 2, 3), .columns = pair_int(rng, 2, 3)};
    bool halves = pair_chance(rng, 20);
    for (int i = 0; i < 9; i++)
        g.at[i / 3][i % 3] = rational_of(pair_int(rng, -9, 9), halves ? 2 : 1);
    return g;
}

/// An entry changed, two rows exchanged, or the transpose of a square.
static grid grid_near(distill_rng *rng, const grid *g)
{
    grid other = *g;
    while (same_grid(g, &other)) {
        int i = pair_int(rng, 0, g->rows - 1), j = pair_int(rng, 0, g->columns - 1);
        int how = pair_int(rng, 0, 3);
        other = *g;
        if (how == 0 && g->rows == g->columns)
            for (int k = 0; k < 9; k++)
                other.at[k / 3][k % 3] = g->at[k % 3][k / 3];
        else if (how == 1)
            for (int k = 0; k < 3; k++) {
                other.at[0][k] = g->at[1][k];
                other.at[1][k] = g->at[0][k];
            }
        else
            other.at[i][j] =
                rational_near(rng, g->at[i][j].n == 0 ? rational_of(1, 1) : g->at[i][j]);
    }
    return other;
}

void make_matrix(pair *p, distill_rng *rng)
{
    grid g = draw_grid(rng), other = p->truth == PAIR_EQUAL ? g : grid_near(rng, &g);
    const char *a = write_grid(rng, &g), *b = write_grid(rng, &other);
    pair_set(p, rng, a, b);
}

static long long determinant(const grid *g)
{
    long long sum = 0;
    if (g->rows == 2)
        return g->at[0][0].n * g->at[1][1].n - g->at[0][1].n * g->at[1][0].n;
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        sum += g->at[0][i].n * (g->at[1][j].n * g->at[2][k].n - g->at[1][k].n * g->at[2][j].n);
    }
    return sum;
}

void make_determinant(pair *p, distill_rng *rng)
{
    static const char *const FORMS[] = {"\\begin{vmatrix}@1\\end{vmatrix}",
                                        "\\det\\begin{pmatrix}@1\\end{pmatrix}",
                                        "\\det\\left(\\begin{bmatrix}@1\\end{bmatrix}\\right)",
                                        "\\left|\\begin{matrix}@1\\end{matrix}\\right|",
                                        "\\left|\\begin{array}{@2}@1\\end{array}\\right|",
                                        "\\det \\begin{bmatrix} @1 \\end{bmatrix}",
                                        "\\operatorname{det}\\begin{pmatrix}@1\\end{pmatrix}",
                                        "\\det\\left[\\begin{array}{@2}@1\\end{array}\\right]",
                                        "\\left\\vert\\begin{matrix}@1\\end{matrix}\\right\\vert"};
    grid g = draw_grid(rng);
    g.columns = g.rows;
    for (int i = 0; i < 9; i++)
        g.at[i / 3][i % 3].d = 1;
    long long value = determinant(&g);
    if (p->truth == PAIR_DIFFERENT)
        value = value == 0 ? 1 : whole_near(rng, value);
    const char *rows = entries(rng, &g, rational_of(1, 1));
    const char *a = pair_fill(PAIR_PICK(rng, FORMS), rows, g.rows == 2 ? "cc" : "ccc", NULL);
    pair_set(p, rng, a, pair_text("%lld", value));
}

// ---- products whose order counts ----------------------------------------------------------------

/// The first two are equal only if products of the letters commute: @1 and @2 are matrices, @3 is a
/// vector. The first one is also written as the third.
static const char *const MATRIX_FORMS[][3] = {
    {"@1@2-@2@1", "0", "@1@2 - @2@1"},
    {"@1^T @2", "@2 @1^T", "@1^{T} @2"},
    {"@1 @2 @1^{-1}", "@2", "@1@2@1^{-1}"},
    {"@1^{-1}@2@1", "@2", "@1^{-1} @2 @1"},
    {"(@1@2)^{-1}", "@1^{-1}@2^{-1}", "\\left(@1@2\\right)^{-1}"},
    {"(@1@2)^T", "@1^T@2^T", "(@1 @2)^{T}"},
    {"e^{@1+@2}", "e^{@1}e^{@2}", "e^{@1 + @2}"},
    {"@1^2@2", "@2@1^2", "@1^{2} @2"},
    {"@1@2^3", "@2^3@1", "@1 @2^{3}"},
    {"@3^T@1@3", "@1@3^T@3", "@3^{T} @1 @3"},
    {"@1^{\\top}@2", "@2@1^{\\top}", "@1^\\top @2"},
    {"@1^{-1}@2", "@2@1^{-1}", "@1^{-1} @2"},
};

void make_matrix_letters(pair *p, distill_rng *rng)
{
    static const char *const LETTERS[][2] = {
        {"A", "B"}, {"P", "Q"}, {"M", "N"}, {"R", "S"}, {"B", "C"}};
    static const char *const VECTORS[] = {"x", "v", "u"};
    const char *const *letter = LETTERS[distill_rng_below(rng, PAIR_COUNT(LETTERS))];
    const char *const *form = MATRIX_FORMS[distill_rng_below(rng, PAIR_COUNT(MATRIX_FORMS))];
    const char *vector = PAIR_PICK(rng, VECTORS);
    bool equal = p->truth == PAIR_EQUAL;
    const char *a = pair_fill(form[0], letter[0], letter[1], vector);
    const char *b = pair_fill(form[equal ? 2 : 1], letter[0], letter[1], vector);
    p->truth = equal ? PAIR_EQUAL : PAIR_OPEN;
    pair_set(p, rng, a, b);
}

void make_vector_product(pair *p, distill_rng *rng)
{
    static const char *const STYLES[] = {"\\vec{@1}", "\\mathbf{@1}", "\\vec @1",
                                         "\\boldsymbol{@1}"};
    static const char *const FORMS[][3] = {
        {"@1\\times @2", "@1\\cdot @2", "@1 \\times @2"},
        {"@1\\times @2", "@2\\times @1", "-@2 \\times @1"},
        {"|@1\\times @2|", "|@1||@2|", "|@1 \\times @2|"},
        {"@1\\cdot @2", "@1\\times @2", "@2 \\cdot @1"},
        {"2@1\\times @2", "2@1\\cdot @2", "2 @1 \\times @2"},
        {"@1\\times(@2\\times @3)", "(@1\\times @2)\\times @3", "@1 \\times (@2 \\times @3)"},
        {"(@1\\cdot @2)@3", "@1(@2\\cdot @3)", "(@1 \\cdot @2)@3"}};
    const char *style = PAIR_PICK(rng, STYLES), *name[3] = {"a", "b", "c"};
    const char *const *form = FORMS[distill_rng_below(rng, PAIR_COUNT(FORMS))];
    bool equal = p->truth == PAIR_EQUAL;
    for (int i = 0; i < 3; i++)
        name[i] = pair_fill(style, name[i], NULL, NULL);
    const char *a = pair_fill(form[0], name[0], name[1], name[2]);
    const char *b = pair_fill(form[equal ? 2 : 1], name[0], name[1], name[2]);
    p->truth = equal ? PAIR_EQUAL : PAIR_OPEN;
    pair_set(p, rng, a, b);
}

// ---- permutations -------------------------------------------------------------------------------

/// The cycle of `count` numbers, begun anywhere.
static const char *write_cycle(distill_rng *rng, const int *number, size_t count,
                               const char *between)
{
    const char *part[5];
    size_t first = distill_rng_below(rng, count);
    for (size_t i = 0; i < count; i++)
        part[i] = pair_text("%d", number[(first + i) % count]);
    return pair_text("(%s)", pair_join(part, count, between));
}

void make_permutation(pair *p, distill_rng *rng)
{
    static const char *const BETWEEN[] = {" ", " ", "\\ ", "\\,", "~", ""};
    int number[] = {1, 2, 3, 4, 5, 6, 7};
    size_t first = (size_t)pair_int(rng, 3, 5), second = pair_chance(rng, 70) ? 2 : 0;
    const char *between[] = {PAIR_PICK(rng, BETWEEN), PAIR_PICK(rng, BETWEEN)}, *text[2];
    if (second == 0 && between[0][0] == '\0') // (123) may be a number
        between[0] = " ";
    if (second == 0 && between[1][0] == '\0')
        between[1] = " ";
    for (size_t i = 6; i > 0; i--) {
        size_t j = distill_rng_below(rng, i + 1);
        int kept = number[i];
        number[i] = number[j], number[j] = kept;
    }
    for (int side = 0; side < 2; side++) {
        if (side == 1 && p->truth == PAIR_DIFFERENT) {
            int kept = number[0];
            number[0] = number[1], number[1] = kept;
        }
        const char *cycle[] = {write_cycle(rng, number, first, between[side]),
                               second > 0 ? write_cycle(rng, number + first, second, between[side])
                                          : ""};
        pair_shuffle(rng, cycle, 2);
        text[side] = pair_text("%s%s", cycle[0], cycle[1]);
    }
    pair_set(p, rng, text[0], text[1]);
}
