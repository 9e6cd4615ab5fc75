// datasets/prompts/prompt_line.h - a JSON object as a prompt. Private to prompts.c.
//
//     prompt_line line = {.domain_noted = false};
//     TRY(prompt_line_read(&line, doc, fields, number));
//     use(&line.record);                                   // until the next read
//     prompt_line_free(&line);
#ifndef DATASETS_PROMPTS_PROMPT_LINE_H
#define DATASETS_PROMPTS_PROMPT_LINE_H

#include "datasets/prompts/prompt_fields.h"
#include "datasets/prompts/prompt_record.h"
#include "distill/base/json/json_reader.h"
#include "distill/text/chat/conversation_json.h"

typedef struct prompt_line {
    prompt_record record; // points into the texts below and into the document
    distill_text id, answer, tests, extra;
    conversation_json conversation;
    bool domain_noted; // the warning about an unknown domain was given
} prompt_line;

/// Reads a line; `number` becomes the id of a line without one:
///   prompt    problem, question, prompt, instruction (with Alpaca's input), a text or messages; else
///             messages or conversations (conversation_json.h); a system message from `system`
///   answer    answer, solution, expected_answer; a number is written as a number (27.0: "27"). Of a
///             worked text the result is kept: what follows the last "####" (GSM8K), of `solution`
///             the last \boxed{} (MATH)
///   id        id, unique_id, task_id
///   tests     tests, or the fields of published programming problems
///             (datasets/verify/code/code_tests.h)
///   domain, language   if they are strings; else "". Warns once about a domain without a rule.
///   extra     all other fields that are not null
/// Errors  FORMAT as FILE:LINE with the field that is missing or wrong.
distill_status prompt_line_read(prompt_line *line, const distill_json *doc,
                                const prompt_fields *fields, size_t number) DISTILL_MUST_CHECK;
void prompt_line_free(prompt_line *line);

#endif
