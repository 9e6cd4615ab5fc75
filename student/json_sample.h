// student/json_sample.h - a sample from a JSON line.
#ifndef STUDENT_JSON_SAMPLE_H
#define STUDENT_JSON_SAMPLE_H

#include "student/data_sample.h"

/// Reads sample->line, in any layout that `distill import` reads (json_trace_read.h), with one
/// reply. "finish":"length" means that the reply was cut, "error" that there is none.
/// Errors  FORMAT as FILE:LINE with the field; UNSUPPORTED for a line with several replies.
distill_status json_sample_parse(data_sample *sample, const char *path) DISTILL_MUST_CHECK;

#endif
