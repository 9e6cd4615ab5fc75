// student/json_sample.h - a sample from a JSON line.
#ifndef STUDENT_JSON_SAMPLE_H
#define STUDENT_JSON_SAMPLE_H

#include "student/data_sample.h"

/// Reads sample->line:
///     {"messages":[{"role":"user","content":"…"},{"role":"assistant","content":"…"}]}
///     {"conversations":[{"from":"human","value":"…"},{"from":"gpt","value":"…"}]}
///     {"prompt":"…","response":"…"}    or problem, question, instruction; completion, output
/// "finish":"length" means that the reply was cut, "error" that there is none. A message's
/// "reasoning_content" becomes its <think> part.
/// Errors  FORMAT as FILE:LINE with the field.
distill_status json_sample_parse(data_sample *sample, const char *path) DISTILL_MUST_CHECK;

#endif
