// datasets/filter/correctness.h - is the reply's answer the reference answer?
#ifndef DATASETS_FILTER_CORRECTNESS_H
#define DATASETS_FILTER_CORRECTNESS_H

#include "datasets/traces/record.h"

typedef enum correctness_rule {
    CORRECTNESS_AUTO, // by the trace's domain; code where it has tests
    CORRECTNESS_MATH,
    CORRECTNESS_CHOICE,
    CORRECTNESS_CODE, // the program in the reply passes the tests
    CORRECTNESS_NONE
} correctness_rule;

typedef struct correctness {
    int8_t correct;         // 1, 0, -1 unknown
    distill_text extracted; // the answer that was found; of code: what the tests said
    trace_reason reason;    // KEPT, WRONG, UNKNOWN or NO_ANSWER
} correctness;

/// Is this trace judged by running its program?
bool correctness_runs_code(correctness_rule rule, const trace_record *trace);

/// A reply that ends at the token limit inside its think part is wrong, and nothing is read out of
/// it. With CORRECTNESS_NONE every reply is unknown, and kept.
distill_status correctness_judge(correctness *out, correctness_rule rule,
                                 const trace_record *trace) DISTILL_MUST_CHECK;

#endif
