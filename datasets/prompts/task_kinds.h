// datasets/prompts/task_kinds.h - what a built-in task must give: one function that draws a problem.
// Private to the tasks.
#ifndef DATASETS_PROMPTS_TASK_KINDS_H
#define DATASETS_PROMPTS_TASK_KINDS_H

#include "datasets/prompts/builtin_tasks.h"
#include "distill/base/rng.h"

typedef struct task_draft {
    distill_text prompt;
    distill_text thinking; // what stands between <think> and </think>
    distill_text key;      // what the problem is, without its wording: decides the split
    int answer;
} task_draft;

/// Each clears and fills `draft` with a problem drawn from `rng`.
distill_status task_arithmetic_draw(task_draft *draft, distill_rng *rng) DISTILL_MUST_CHECK;
distill_status task_equations_draw(task_draft *draft, distill_rng *rng) DISTILL_MUST_CHECK;
distill_status task_word_draw(task_draft *draft, distill_rng *rng) DISTILL_MUST_CHECK;

#endif
