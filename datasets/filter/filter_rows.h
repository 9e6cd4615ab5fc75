// datasets/filter/filter_rows.h - the filters that look at one trace, as rows of a table: the first
// that fires is the reason.
//
// A further filter is a further row: a reason in datasets/traces/record.h, a setting, a function.
#ifndef DATASETS_FILTER_FILTER_ROWS_H
#define DATASETS_FILTER_FILTER_ROWS_H

#include "datasets/filter/filter_settings.h"
#include "datasets/filter/rules/language_mix.h"
#include "datasets/filter/rules/repetition.h"

/// What the rows work with; one a thread.
typedef struct filter_scratch {
    repetition_scratch *repetition;
    language_scratch *language;
    decontamination_scratch words;
    contamination overlap;  // found last
    float repetition_share; // of the last trace; negative: not measured
} filter_scratch;

distill_status filter_scratch_create(filter_scratch *scratch) DISTILL_MUST_CHECK;
void filter_scratch_free(filter_scratch *scratch);

typedef struct filter_row {
    trace_reason reason;
    /// Sets *reject; a filter that is off never does.
    distill_status (*check)(bool *reject, const filter_settings *settings,
                            const trace_record *trace, filter_scratch *scratch);
} filter_row;

extern const filter_row FILTER_ROWS[];
extern const size_t FILTER_ROW_COUNT;

/// Sets *reason to that of the first row that rejects the trace, TRACE_KEPT if none does.
/// Threads  may run on different traces at the same time.
distill_status filter_rows_check(trace_reason *reason, const filter_settings *settings,
                                 const trace_record *trace,
                                 filter_scratch *scratch) DISTILL_MUST_CHECK;

#endif
