// datasets/prompts/task_kinds.h - what a built-in task provides: a function that draws a problem.
// Private to the tasks: builtin_tasks.c, task_arithmetic.c, task_equations.c, task_word.c.
#ifndef DATASETS_PROMPTS_TASK_KINDS_H
#define DATASETS_PROMPTS_TASK_KINDS_H

#include "distill/base/rng.h"
#include "distill/base/text.h"

/// Names of the tasks, in the order in which "all" takes them.
#define TASK_KIND_LIST(X) X(arithmetic) X(equations) X(word)

typedef struct task_draft {
    distill_text prompt;
    distill_text thinking; // the worked steps: the content of the think part
    distill_text key;      // the problem without its wording; decides the split
    int answer;
} task_draft;

/// task_NAME_draw: fills `draft`, whose texts are empty, with a problem drawn from `rng`.
#define TASK_DRAW(name)                                                                            \
    distill_status task_##name##_draw(task_draft *draft, distill_rng *rng) DISTILL_MUST_CHECK;
TASK_KIND_LIST(TASK_DRAW)
#undef TASK_DRAW

#endif
