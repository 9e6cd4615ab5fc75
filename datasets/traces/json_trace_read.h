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
#include "distill/base/json/json_rest.h"
#include "distill/text/chat/conversation_json.h"

/// The texts of one line; `record` points into them and into the document. A json_trace may be used
/// for any number of lines.
typedef struct json_trace {
    trace_record record;
    distill_text id, response, answer, tests, extra;
    conversation_json conversation; // before the reply
    bool has_id, has_sample;        // the line gives them
    // further replies to the prompt ("generations"), and what is given for each of them; NULL at the
    // end, or if nothing is given
    const distill_json_node *more, *finishes, *verdicts, *complete;
    json_rest used; // private
} json_trace;

/// Fills `trace` from a line:
///   prompt    prompt, problem, question, instruction (with Alpaca's input), query, input: a text or
///             messages; or messages, conversations (conversation_json.h), of which what precedes
///             the reply becomes the record's `messages` where it is more than one message of the
///             user. `system` or `system_prompt` beside them is its system message.
///   reply     response, completion, output, generation, …, generations (a list, with
///             finish_reasons, is_reasoning_complete and correctness_math_verify of the same
///             length); the last message, if that is the assistant's; or solution; or answer, if a
///             thought stands in a field of its own or if it is GSM8K's. reasoning_content,
///             reasoning, thinking, … is put before it as its thought, unless the reply begins with
///             one (json_reply.h).
///   answer    answer, gold, expected_answer, final_answer, ground_truth, reference_answer as they
///             are; of solution and the like the result; "" if there is none
///   id, sample, domain ("math"), language, finish or finish_reason ("stop"), prompt_tokens,
///   response_tokens, error, correct, extracted, reason
///   tests     tests (any JSON), or the fields of published programming problems
///             (datasets/verify/code/code_tests.h); the default domain is "code" then
///   extra     all other fields that are not null, and the members of an object `extra`
/// Errors  FORMAT as FILE:LINE with the field that is missing or wrong.
distill_status json_trace_read(json_trace *trace, const distill_json *doc) DISTILL_MUST_CHECK;
/// Moves to the next reply of the line; *more is false if there is none.
distill_status json_trace_next(json_trace *trace, const distill_json *doc,
                               bool *more) DISTILL_MUST_CHECK;
void json_trace_free(json_trace *trace);

#endif
