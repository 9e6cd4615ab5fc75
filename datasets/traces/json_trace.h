// datasets/traces/json_trace.h - a trace as a line of JSON, out and in.
//
// Out: {"id","sample","prompt","response","answer","domain","language","finish","prompt_tokens",
//       "response_tokens"}, "error" where the teacher failed, "tests" where the problem has some, and, after filtering, "correct" (true,
//       false, null), "extracted", "reason"; read back, every text has the same bytes. Or {"messages":[user, assistant]}.
// In:   those, and the layouts in which traces are published; see json_trace_read.
#ifndef DATASETS_TRACES_JSON_TRACE_H
#define DATASETS_TRACES_JSON_TRACE_H

#include "datasets/traces/record.h"
#include "distill/base/json/json_reader.h"

/// Appends the line, with its line end.
distill_status json_trace_write(distill_text *out, const trace_record *trace) DISTILL_MUST_CHECK;
/// Appends {"messages":[{"role":"user",…},{"role":"assistant",…}]} and a line end.
distill_status json_trace_write_messages(distill_text *out,
                                         const trace_record *trace) DISTILL_MUST_CHECK;

/// Texts of one imported line; `record` points into them and into the document.
typedef struct json_trace {
    trace_record record;
    distill_text id, prompt, response, answer, tests;
    bool has_id, has_sample;
    const distill_json_node *more; // further replies to the prompt ("generations"); NULL at the end
    const distill_json_node *finishes; // of these replies, side by side; may be NULL
    const distill_json_node *verdicts; // likewise
    size_t think_bytes;                // of the reply: a think part that stood apart
} json_trace;

/// Fills `trace` from a line:
///   prompt    prompt, problem, question, instruction (with Alpaca's input), query, input, or the
///             turns before the last one of the assistant in messages or conversations (ShareGPT);
///             contents may be lists of text parts
///   reply     response, completion, output, generation, generated_solution, deepseek_solution,
///             deepseek_attempt, generations (a list: json_trace_next gives the others, with
///             finish_reasons and correctness_math_verify beside them), messages, conversations, or
///             solution; for GSM8K's lines, which have nothing else, answer. reasoning_content,
///             reasoning, thinking, …, of the line or of the message, is set in front as its think
///             part, unless the reply begins with one.
///   answer    answer, gold, expected_answer, final_answer, ground_truth; "" if there is none
///   id, sample, domain ("math"), language, finish or finish_reason ("stop"), prompt_tokens,
///   response_tokens, error, correct, extracted, reason
///   tests     tests (any JSON), or the fields of published programming problems
///             (datasets/verify/code/code_tests.h); the domain is "code" then unless it is given
/// Errors  FORMAT as FILE:LINE with the field that is missing or wrong.
distill_status json_trace_read(json_trace *trace, const distill_json *doc) DISTILL_MUST_CHECK;
/// The next reply of a line that holds several; *more is false if there is none.
distill_status json_trace_next(json_trace *trace, const distill_json *doc,
                               bool *more) DISTILL_MUST_CHECK;
void json_trace_free(json_trace *trace);

#endif
