// datasets/prompts/prompts.h - a set of prompts: from JSON lines, from a built-in task, or added
// one by one.
//
//     prompt_set *prompts = NULL;
//     TRY(prompt_set_open(&prompts, "builtin:arithmetic:1000", NULL));
//     for (size_t i = 0; i < prompt_set_count(prompts); i++)
//         use(prompt_set_at(prompts, i));
//     prompt_set_close(prompts);
#ifndef DATASETS_PROMPTS_PROMPTS_H
#define DATASETS_PROMPTS_PROMPTS_H

#include "datasets/prompts/prompt_fields.h"
#include "datasets/prompts/prompt_record.h"

typedef struct prompt_set prompt_set;

/// `source`: FILE.jsonl, FILE.jsonl.zst or builtin:TASK[:COUNT]; `fields` may be NULL. Ids are
/// unique: a line without one gets its number, one that occurs twice is an error.
/// Errors  FORMAT as FILE:LINE with the field that is wrong; USAGE for an unknown task.
distill_status prompt_set_open(prompt_set **out, const char *source,
                               const prompt_fields *fields) DISTILL_MUST_CHECK;

/// An empty set, for prompt_set_add.
distill_status prompt_set_create(prompt_set **out) DISTILL_MUST_CHECK;
/// Adds a copy of the record. An empty id becomes the record's number, from 1; an empty domain
/// "code" with tests, else "math". `line`: of the file that it was read from, for messages; 0 =
/// none.
/// Errors  FORMAT for an empty prompt.
distill_status prompt_set_add(prompt_set *set, const prompt_record *record,
                              size_t line) DISTILL_MUST_CHECK;
/// Errors  FORMAT for an id that occurs twice, as SOURCE:LINE.
distill_status prompt_set_check_ids(const prompt_set *set, const char *source) DISTILL_MUST_CHECK;

size_t prompt_set_count(const prompt_set *set);
/// Borrowed from the set.
const prompt_record *prompt_set_at(const prompt_set *set, size_t index);
void prompt_set_close(prompt_set *set);

#endif
