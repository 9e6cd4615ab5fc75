// datasets/traces/json_trace_write.h - a trace as a line of JSON.
#ifndef DATASETS_TRACES_JSON_TRACE_WRITE_H
#define DATASETS_TRACES_JSON_TRACE_WRITE_H

#include "datasets/traces/record.h"

/// Appends
/// {"id","sample","prompt","response","answer","domain","language","finish","prompt_tokens",
/// "response_tokens"}, with "error" where the teacher failed, "tests" where the problem has some
/// and, after filtering, "correct" (true, false, null), "extracted", "reason"; and a line end.
/// Token ids and log-probabilities are left out. json_trace_read() gives every text back with the
/// same bytes.
distill_status json_trace_write(distill_text *out, const trace_record *trace) DISTILL_MUST_CHECK;
/// Appends {"messages":[{"role":"user",…},{"role":"assistant",…}]} and a line end.
distill_status json_trace_write_messages(distill_text *out,
                                         const trace_record *trace) DISTILL_MUST_CHECK;

#endif
