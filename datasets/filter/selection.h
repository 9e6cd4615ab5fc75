// datasets/filter/selection.h - decisions that need all replies to a prompt: the pass rate, and which
// replies to take.
//
//     selection_rule rule;
//     TRY(selection_parse(&rule, "shortest:2"));
//     TRY(selection_apply(traces, count, &limits));    // sets the reason of those that go
#ifndef DATASETS_FILTER_SELECTION_H
#define DATASETS_FILTER_SELECTION_H

#include "datasets/filter/trace_summary.h"

typedef enum selection_order {
    SELECT_ALL,
    SELECT_FIRST,    // in order of the input
    SELECT_SHORTEST, // tokens of the reply; bytes where no tokens are known
    SELECT_RANDOM,
    // right ones first, then the least repetition (in steps of 5% of the reply), then those nearest to
    // the median length of the prompt's replies that are left, then the shorter
    SELECT_BEST
} selection_order;

typedef struct selection_rule {
    selection_order order;
    size_t most; // replies a prompt
} selection_rule;

typedef struct selection_limits {
    selection_rule rule;
    bool drop_duplicates; // exact ones: the pipeline's
    double min_pass_rate,
        max_pass_rate; // share of right replies among all of a prompt's; 0, 1 = off
    uint64_t seed;
} selection_limits;

/// "all", "first:K", "shortest:K", "random:K", "best:K". Errors  USAGE.
distill_status selection_parse(selection_rule *rule, const char *text) DISTILL_MUST_CHECK;

/// Sets the reason of traces that were kept so far (TRACE_KEPT) and now go; the order of `traces`
/// stays.
distill_status selection_apply(trace_summary *traces, size_t count,
                               const selection_limits *limits) DISTILL_MUST_CHECK;

#endif
