// datasets/task_expression.h - small integer expressions and their working, one reduction at a
// time.
//
//     task_expression drawn;
//     TRY(task_expression_draw(&drawn, "A+b*c-D", &rng));
//     drawn.working is "12+3*6-5=12+18-5=30-5=25", drawn.value is 25
//
// Private to the built-in tasks. Every number that appears, results between included, is in 0 …
// TASK_LARGEST.
#ifndef DATASETS_TASK_EXPRESSION_H
#define DATASETS_TASK_EXPRESSION_H

#include "distill/base/rng.h"
#include "distill/base/status.h"

#include <stdbool.h>

enum { TASK_LARGEST = 99, TASK_SLOTS = 27, TASK_WORKING = 512 };

typedef struct task_expression {
    int slots[TASK_SLOTS];      // number drawn for a letter: slots[letter & 31]
    char text[64];              // "12+3*6-5"
    char working[TASK_WORKING]; // "12+3*6-5=12+18-5=30-5=25"
    int value;
} task_expression;

/// Writes the working of `text` (digits, + - * / and parentheses): the leftmost operation that may
/// be carried out is replaced by its result until one number is left. Gives false if a number
/// leaves the range, a division is not exact, or `text` is not such an expression.
bool task_expression_work(task_expression *out, const char *text);

/// Draws numbers for the letters of `shape` until the working stays in range: a … z small factors
/// (2 … 9), A … Z larger terms (2 … 60), '?' a plus or minus sign. A letter stands for one number;
/// `a` and `A` may not both occur. Errors  INTERNAL for a shape that no numbers fit.
distill_status task_expression_draw(task_expression *out, const char *shape,
                                    distill_rng *rng) DISTILL_MUST_CHECK;

/// Uniform in low … high.
int task_draw(distill_rng *rng, int low, int high);

#endif
