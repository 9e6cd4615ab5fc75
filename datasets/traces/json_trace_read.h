// datasets/traces/json_trace_read.h - a line of JSON as traces: a line that json_trace_write()
// wrote, or one of the layouts in which traces are published.
//
//     json_trace trace = {.has_id = false};
//     TRY(json_trace_read(&trace, doc));
//     for (bool more = true; more;) {
//         use(&trace.record);
//         TRY(json_trace_next(&trace, doc, &more));   // a line may hold several replies
//     }
//     json_trace_free(&trace);
#ifndef DATASETS_TRACES_JSON_TRACE_READ_H
#define DATASETS_TRACES_JSON_TRACE_READ_H

#include "datasets/traces/record.h"
#include "distill/base/json/json_reader.h"

/// The texts of one line; `record` points into them and into the document. A json_trace may be used
/// for any number of lines.
typedef struct json_trace {
    trace_record record;
    distill_text id, prompt, response, answer, tests;
    bool has_id, has_sample;       // the line gives them
    const distill_json_node *more; // further replies to the prompt ("generations"); NULL at the end
    const distill_json_node *finishes; // the ends of these replies, one each; NULL = not given
    const distill_json_node *verdicts; // likewise
    size_t think_bytes;                // of the response: a thought from a separate field
} json_trace;

/// Fills `trace` from a line:
///   prompt    prompt, problem, question, instruction (with Alpaca's input), query, input, or the
///             user's message in messages or conversations (ShareGPT); contents may be lists of
///             text parts
///   reply     response, completion, output, generation, generated_solution, deepseek_solution,
///             deepseek_attempt, generations (a list, with finish_reasons and
///             correctness_math_verify of the same length), messages, conversations, or solution;
///             if there is none of these, GSM8K's answer. reasoning_content, reasoning, thinking, …
///             of the line or of the message is put before it as its thought, unless the reply
///             begins with one.
///   answer    answer, gold, expected_answer, final_answer, ground_truth; "" if there is none
///   id, sample, domain ("math"), language, finish or finish_reason ("stop"), prompt_tokens,
///   response_tokens, error, correct, extracted, reason
///   tests     tests (any JSON), or the fields of published programming problems
///             (datasets/verify/code/code_tests.h); the default domain is "code" then
/// Errors  FORMAT as FILE:LINE with the field that is missing or wrong.
distill_status json_trace_read(json_trace *trace, const distill_json *doc) DISTILL_MUST_CHECK;
/// Moves to the next reply of the line; *more is false if there is none.
distill_status json_trace_next(json_trace *trace, const distill_json *doc,
                               bool *more) DISTILL_MUST_CHECK;
void json_trace_free(json_trace *trace);

#endif
