// datasets/prompts/builtin_tasks.h - generated problems with known answers and worked solutions.
//
//     builtin_problem problem = {0};
//     TRY(builtin_task_problem(&problem, builtin_task_find("word"), BUILTIN_TRAIN, 17));
//     builtin_problem_free(&problem);
//
// A problem is a pure function of (task, split, index). No problem is in both splits
// (builtin_tasks.c says why).
#ifndef DATASETS_PROMPTS_BUILTIN_TASKS_H
#define DATASETS_PROMPTS_BUILTIN_TASKS_H

#include "distill/base/text.h"

typedef enum builtin_split { BUILTIN_TRAIN, BUILTIN_TEST } builtin_split;

typedef struct builtin_problem {
    distill_text prompt;   // the question
    distill_text answer;   // the content of \boxed{}
    distill_text solution; // "<think>\n…\n</think>\n\n… \boxed{answer}": a reply to learn from
} builtin_problem;

typedef struct builtin_task builtin_task;

enum { BUILTIN_DEFAULT_COUNT = 300 }; // problems where no COUNT is given

/// Task by name ("arithmetic", "equations", "word", "all"); NULL if there is none.
const builtin_task *builtin_task_find(const char *name);
/// "arithmetic, equations, word, all": for messages.
const char *builtin_task_names(void);
/// Clears and fills `problem`.
distill_status builtin_task_problem(builtin_problem *problem, const builtin_task *task,
                                    builtin_split split, uint64_t index) DISTILL_MUST_CHECK;
void builtin_problem_free(builtin_problem *problem);

#endif
