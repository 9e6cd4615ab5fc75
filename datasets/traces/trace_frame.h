// datasets/traces/trace_frame.h - a trace as one block of bytes, for the journal.
//
// Little endian: order u64, the numbers of the record, a length for each text and array, then the
// texts and arrays themselves. Private to the trace store.
#ifndef DATASETS_TRACES_TRACE_FRAME_H
#define DATASETS_TRACES_TRACE_FRAME_H

#include "datasets/traces/record.h"

/// Sets `out` (cleared first) to the frame of `record`.
distill_status trace_frame_encode(distill_text *out, const trace_record *record,
                                  uint64_t order) DISTILL_MUST_CHECK;
/// Fills `record`, whose spans and arrays point into `frame` (aligned to 8 bytes).
/// Errors  FORMAT if the lengths do not add up.
distill_status trace_frame_decode(trace_record *record, uint64_t *order,
                                  distill_span frame) DISTILL_MUST_CHECK;

#endif
