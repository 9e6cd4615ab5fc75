// datasets/traces/csv_trace_write.h - a trace as a row of comma-separated values (RFC 4180).
#ifndef DATASETS_TRACES_CSV_TRACE_WRITE_H
#define DATASETS_TRACES_CSV_TRACE_WRITE_H

#include "datasets/traces/record.h"

/// Appends the names of all columns of texts and numbers, and a line end.
distill_status csv_trace_write_names(distill_text *out) DISTILL_MUST_CHECK;
/// Appends the values of these columns; of parts that the trace lacks they are empty. `correct` is 1,
/// 0 or -1.
distill_status csv_trace_write(distill_text *out, const trace_record *trace) DISTILL_MUST_CHECK;

#endif
