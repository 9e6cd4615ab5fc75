// datasets/prompts/prompt_record.h - a prompt, its reference answer, and the other fields of its
// line.
#ifndef DATASETS_PROMPTS_PROMPT_RECORD_H
#define DATASETS_PROMPTS_PROMPT_RECORD_H

#include "distill/base/text.h"

/// Spans are borrowed from the prompt set, or from the code that fills the record.
typedef struct prompt_record {
    distill_span id;
    distill_span prompt;   // the user's text; of a conversation, the last message of the user
    distill_span answer;   // reference answer; "" = none
    distill_span domain;   // math, choice, code, general, or another
    distill_span language; // "" = not given
    distill_span tests;    // JSON (datasets/verify/code/code_tests.h); "" = none
    distill_span messages; // the whole conversation as a JSON array (conversation_json.h), where it
                           // is more than one message of the user; "" otherwise
    distill_span extra;    // JSON object of the line's other fields, such as tools; "" = none
} prompt_record;

#endif
