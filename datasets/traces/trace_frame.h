// datasets/traces/trace_frame.h - a trace as one block of bytes, for the journal. Private to the
// trace store.
//
// Little endian: order u64, number of tokens u64, K u64, the length of each text u64, 16 bytes of
// numbers; then the arrays that the trace has, then the texts, each padded to a multiple of 8
// bytes. Which arrays, and whether a verdict, is a byte of flags (trace_part) among the numbers.
#ifndef DATASETS_TRACES_TRACE_FRAME_H
#define DATASETS_TRACES_TRACE_FRAME_H

#include "datasets/traces/record.h"

typedef enum trace_frame_form {
    TRACE_FRAME_CURRENT,
    TRACE_FRAME_OLDER // JOURNAL_TRACE_4: no messages, no extra
} trace_frame_form;

/// Sets `out` (cleared first) to the frame of `record`.
distill_status trace_frame_encode(distill_text *out, const trace_record *record,
                                  uint64_t order) DISTILL_MUST_CHECK;
/// Fills `record`, whose spans and arrays point into `frame`, which must be aligned to 8 bytes.
/// Errors  FORMAT if the lengths do not add up.
distill_status trace_frame_decode(trace_record *record, uint64_t *order, distill_span frame,
                                  trace_frame_form form) DISTILL_MUST_CHECK;

#endif
