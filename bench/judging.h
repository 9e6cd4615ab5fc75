// bench/judging.h - the verdict on a sampled reply, filled into its trace before it is stored.
//
// The grader is datasets/verify/grade.h, as for the filter. The tests of a problem are not stored with
// the sample; they are in problems/.
#ifndef BENCH_JUDGING_H
#define BENCH_JUDGING_H

#include "datasets/traces/record.h"
#include "datasets/verify/grade.h"

typedef struct judging {
    grade last; // keeps the extracted answer of the record judged last
} judging;

/// The `judge` of datasets/sample/sampling.h; `context` is a judging. The record's extracted answer is
/// borrowed from it until the next call.
distill_status judging_judge(void *context, trace_record *record) DISTILL_MUST_CHECK;
void judging_free(judging *judge);

#endif
