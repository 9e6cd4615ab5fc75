// datasets/prompts/builtin_tasks.c - disjoint splits of generated problems.
//
// A problem's key (its numbers and operations, without its wording) is hashed, and the hash alone
// decides whether it is a test problem (one in TEST_SHARE) or a training problem. Problem `index`
// of a split is the first draw, of a random sequence addressed by (task, split, index), whose key
// is in that split. So no key is in both splits. Within a split two indices may give the same
// problem: of the first 10,000 problems of a task at least 98% are different, in either split.
#include "datasets/prompts/builtin_tasks.h"

#include "datasets/prompts/task_kinds.h"
#include "distill/base/rng.h"
#include "distill/text/chat/think.h"

#include <string.h>

enum { TEST_SHARE = 8, DRAWS = 1 << 16 };

struct builtin_task {
    const char *name;
    distill_status (*draw)(task_draft *draft,
                           distill_rng *rng); // NULL: a problem of each task in turn
};

static const builtin_task TASKS[] = {
#define TASK_ROW(name) {#name, task_##name##_draw},
    TASK_KIND_LIST(TASK_ROW)
#undef TASK_ROW
        {"all", NULL},
};
enum { TASK_COUNT = sizeof TASKS / sizeof TASKS[0], KINDS = TASK_COUNT - 1 };

const builtin_task *builtin_task_find(const char *name)
{
    for (size_t i = 0; i < TASK_COUNT; i++)
        if (strcmp(TASKS[i].name, name) == 0)
            return &TASKS[i];
    return NULL;
}

const char *builtin_task_names(void)
{
#define TASK_WORD(name) #name ", "
    return TASK_KIND_LIST(TASK_WORD) "all";
#undef TASK_WORD
}

static builtin_split split_of(distill_span key)
{
    uint64_t hash = distill_mix64(distill_fnv1a(DISTILL_FNV1A_START, key.bytes, key.length));
    return hash % TEST_SHARE == 0 ? BUILTIN_TEST : BUILTIN_TRAIN;
}

static void draft_clear(task_draft *draft)
{
    distill_text_clear(&draft->prompt);
    distill_text_clear(&draft->thinking);
    distill_text_clear(&draft->key);
}

static distill_status draw_in_split(task_draft *draft, const builtin_task *task,
                                    builtin_split split, uint64_t index)
{
    distill_status status = DISTILL_OK;
    uint64_t seed = split == BUILTIN_TEST ? 1 : 0;
    distill_rng rng = {distill_rng_stream(seed, task->name, strlen(task->name), index), 0};
    for (int i = 0; i < DRAWS; i++) {
        draft_clear(draft);
        TRY(task->draw(draft, &rng));
        if (split_of(distill_text_span(&draft->key)) == split)
            goto done;
    }
    TRY(distill_fail(DISTILL_INTERNAL, "built-in task %s: no problem in the split", task->name));
done:
    return status;
}

distill_status builtin_task_problem(builtin_problem *problem, const builtin_task *task,
                                    builtin_split split, uint64_t index)
{
    distill_status status = DISTILL_OK;
    task_draft draft = {0};
    if (task->draw == NULL) {
        task = &TASKS[index % KINDS];
        index /= KINDS;
    }
    TRY(draw_in_split(&draft, task, split, index));
    distill_text_clear(&problem->prompt);
    distill_text_clear(&problem->answer);
    distill_text_clear(&problem->solution);
    TRY(distill_text_add_span(&problem->prompt, distill_text_span(&draft.prompt)));
    TRY(distill_text_printf(&problem->answer, "%d", draft.answer));
    TRY(distill_think_write(&problem->solution, distill_text_span(&draft.thinking)));
    TRY(distill_text_printf(&problem->solution, "The answer is \\boxed{%d}.", draft.answer));
done:
    distill_text_free(&draft.prompt);
    distill_text_free(&draft.thinking);
    distill_text_free(&draft.key);
    return status;
}

void builtin_problem_free(builtin_problem *problem)
{
    distill_text_free(&problem->prompt);
    distill_text_free(&problem->answer);
    distill_text_free(&problem->solution);
}
