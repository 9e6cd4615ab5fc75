// datasets/prompts/builtin_tasks.h - problems with known answers and worked solutions, without a file.
//
// A problem is a pure function of (task, split, index). Train and test problems are disjoint by
// construction (how: builtin_tasks.c says so for each task, and a test proves it).
#ifndef DATASETS_PROMPTS_BUILTIN_TASKS_H
#define DATASETS_PROMPTS_BUILTIN_TASKS_H

#include "distill/base/text.h"

typedef enum builtin_split { BUILTIN_TRAIN, BUILTIN_TEST } builtin_split;

typedef struct builtin_problem {
    distill_text prompt;   // the question
    distill_text answer;   // what stands in \boxed{}
    distill_text solution; // "<think>\n…\n</think>\n\n… \boxed{answer}": the cold-start text
} builtin_problem;

typedef struct builtin_task builtin_task;

/// Task by name ("arithmetic", "equations", "word", "all"); NULL if there is none.
const builtin_task *builtin_task_find(const char *name);
/// "arithmetic, equations, word, all": for messages.
const char *builtin_task_names(void);
/// Clears and fills `problem`.
distill_status builtin_task_problem(builtin_problem *problem, const builtin_task *task,
                                    builtin_split split, uint64_t index) DISTILL_MUST_CHECK;
void builtin_problem_free(builtin_problem *problem);
/// Number of problems when no COUNT is given.
size_t builtin_task_default_count(const builtin_task *task);

#endif
