// datasets/prompts/prompts.h - prompts with reference answers, from JSON lines or from a built-in task.
#ifndef DATASETS_PROMPTS_PROMPTS_H
#define DATASETS_PROMPTS_PROMPTS_H

#include "distill/text/chat/chat_template.h"

typedef struct prompt_record {
    distill_span id;
    distill_span prompt; // the user's text (of `messages`: the last user message)
    distill_span answer; // "" = none
    distill_span domain; // unless given: "code" with tests, else "math"
    distill_span language;
    distill_span tests; // JSON (datasets/verify/code/code_tests.h); "" = none
    const distill_message
        *messages; // earlier turns, system included; NULL if only `prompt` was given
    size_t message_count;
} prompt_record;

typedef struct prompt_fields {
    const char *prompt, *answer, *id; // NULL = found by themselves
    const char *split;                // of built-in tasks: "train" (gen) or "test" (bench)
} prompt_fields;

typedef struct prompt_set prompt_set;

/// `source`: FILE.jsonl, FILE.jsonl.zst or builtin:TASK[:COUNT]. Ids are unique: a missing one is
/// made of the line number, a double one is an error. Errors  FORMAT as FILE:LINE with the field
/// that is wrong.
distill_status prompt_set_open(prompt_set **out, const char *source,
                               const prompt_fields *fields) DISTILL_MUST_CHECK;

/// An empty set, filled by prompt_set_add.
distill_status prompt_set_create(prompt_set **out) DISTILL_MUST_CHECK;
/// Adds a copy of the record. An empty id becomes the record's number, an empty domain "code" with
/// tests, else "math". `line`: of the file that it was read from, for messages; 0 = none.
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
