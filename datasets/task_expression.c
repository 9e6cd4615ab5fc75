#include "datasets/task_expression.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { ITEMS = 64, DRAWS = 100000 };

// An expression as a row of items: a number (kind '0') or one of + - * / ( ).
typedef struct item {
    char kind;
    int value;
} item;

typedef struct item_row {
    item at[ITEMS];
    int count;
} item_row;

static bool row_parse(item_row *row, const char *text)
{
    row->count = 0;
    while (*text != '\0') {
        if (row->count == ITEMS)
            return false;
        item *next = &row->at[row->count++];
        *next = (item){.kind = *text};
        if (!isdigit((unsigned char)*text)) {
            if (strchr("+-*/()", *text++) == NULL)
                return false;
            continue;
        }
        next->kind = '0';
        for (; isdigit((unsigned char)*text); text++) {
            next->value = next->value * 10 + (*text - '0');
            if (next->value > TASK_LARGEST)
                return false;
        }
    }
    return row->count > 0;
}

static bool row_print(char *out, size_t capacity, size_t *length, const item_row *row)
{
    for (int i = 0; i < row->count; i++) {
        int written = row->at[i].kind == '0'
                          ? snprintf(out + *length, capacity - *length, "%d", row->at[i].value)
                          : snprintf(out + *length, capacity - *length, "%c", row->at[i].kind);
        *length += (size_t)written;
        if (*length >= capacity)
            return false;
    }
    return true;
}

static char kind_at(const item_row *row, int i)
{
    return i < 0 || i >= row->count ? ' ' : row->at[i].kind;
}

static bool is_one_of(char kind, const char *kinds)
{
    return strchr(kinds, kind) != NULL;
}

// May the operator at `i` be carried out now? Precedence and left-to-right order say no if the
// number on its left belongs to an earlier operator, or the one on its right to a stronger one.
static bool is_reducible(const item_row *row, int i)
{
    char kind = kind_at(row, i), left = kind_at(row, i - 2), right = kind_at(row, i + 2);
    if (!is_one_of(kind, "+-*/") || kind_at(row, i - 1) != '0' || kind_at(row, i + 1) != '0')
        return false;
    if (is_one_of(kind, "*/"))
        return !is_one_of(left, "*/");
    return !is_one_of(left, "+-*/") && !is_one_of(right, "*/");
}

static bool apply(int *out, char kind, int a, int b)
{
    if (kind == '/' && (b == 0 || a % b != 0))
        return false;
    *out = kind == '+' ? a + b : kind == '-' ? a - b : kind == '*' ? a * b : a / b;
    return *out >= 0 && *out <= TASK_LARGEST;
}

// Replaces items first … last by one number.
static void row_replace(item_row *row, int first, int last, int value)
{
    row->at[first] = (item){'0', value};
    memmove(&row->at[first + 1], &row->at[last + 1],
            (size_t)(row->count - last - 1) * sizeof row->at[0]);
    row->count -= last - first;
}

// Carries out the leftmost operation that may be; parentheses around a single number go with it.
static bool row_reduce(item_row *row)
{
    for (int i = 1; i < row->count; i++) {
        int value;
        if (!is_reducible(row, i))
            continue;
        if (!apply(&value, row->at[i].kind, row->at[i - 1].value, row->at[i + 1].value))
            return false;
        bool enclosed = kind_at(row, i - 2) == '(' && kind_at(row, i + 2) == ')';
        row_replace(row, i - (enclosed ? 2 : 1), i + (enclosed ? 2 : 1), value);
        return true;
    }
    return false;
}

bool task_expression_work(task_expression *out, const char *text)
{
    item_row row;
    size_t length = 0;
    if (strlen(text) >= sizeof out->text || !row_parse(&row, text))
        return false;
    snprintf(out->text, sizeof out->text, "%s", text);
    if (!row_print(out->working, sizeof out->working, &length, &row))
        return false;
    while (row.count > 1) {
        if (!row_reduce(&row) || length + 1 >= sizeof out->working)
            return false;
        out->working[length++] = '=';
        if (!row_print(out->working, sizeof out->working, &length, &row))
            return false;
    }
    out->value = row.at[0].value;
    return row.at[0].kind == '0';
}

int task_draw(distill_rng *rng, int low, int high)
{
    return low + (int)distill_rng_below(rng, (size_t)(high - low + 1));
}

// Writes `shape` with numbers for letters and signs for '?'.
static void fill_shape(char *text, size_t capacity, int *slots, const char *shape, distill_rng *rng)
{
    bool drawn[TASK_SLOTS] = {false};
    size_t length = 0;
    for (; *shape != '\0' && length < capacity; shape++) {
        int slot = *shape & 31;
        if (*shape == '?') {
            text[length++] = "+-"[task_draw(rng, 0, 1)];
        } else if (isalpha((unsigned char)*shape)) {
            if (!drawn[slot])
                slots[slot] =
                    islower((unsigned char)*shape) ? task_draw(rng, 2, 9) : task_draw(rng, 2, 60);
            drawn[slot] = true;
            length += (size_t)snprintf(text + length, capacity - length, "%d", slots[slot]);
        } else {
            text[length++] = *shape;
        }
    }
    text[length < capacity ? length : capacity - 1] = '\0';
}

distill_status task_expression_draw(task_expression *out, const char *shape, distill_rng *rng)
{
    for (int attempt = 0; attempt < DRAWS; attempt++) {
        char text[sizeof out->text];
        fill_shape(text, sizeof text, out->slots, shape, rng);
        if (task_expression_work(out, text))
            return DISTILL_OK;
    }
    return distill_fail(DISTILL_INTERNAL, "built-in task: no numbers fit the shape %s", shape);
}
