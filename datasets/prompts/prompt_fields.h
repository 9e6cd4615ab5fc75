// datasets/prompts/prompt_fields.h - the names of a prompt's fields in JSON lines, listed once for
// reading, messages and help.
#ifndef DATASETS_PROMPTS_PROMPT_FIELDS_H
#define DATASETS_PROMPTS_PROMPT_FIELDS_H

#include "datasets/prompts/builtin_tasks.h"
#include "distill/base/skipped_lines.h"

/// The first of these that a line has is read.
#define PROMPT_KEYS(X) X("problem") X("question") X("prompt") X("instruction")
#define ANSWER_KEYS(X) X("answer") X("solution") X("expected_answer")
#define ID_KEYS(X) X("id") X("unique_id") X("task_id")

/// PROMPT_KEYS(PROMPT_KEY_WORD) is "problem, question, prompt, instruction, ".
#define PROMPT_KEY_WORD(key) key ", "

/// Where prompts are taken from.
typedef struct prompt_fields {
    const char *prompt, *answer, *id; // the user's names of these fields; NULL = the keys above
    builtin_split split;              // of built-in tasks
    skipped_lines *skipped;           // takes bad lines; NULL = they are errors
} prompt_fields;

#endif
