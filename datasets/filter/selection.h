// datasets/filter/selection.h - decisions that need all replies to a prompt: its pass rate, and
// which replies are selected.
//
//     selection_rule rule;
//     TRY(selection_parse(&rule, "shortest:2"));
//     TRY(selection_apply(traces, count, &limits)); // sets the reason of those that are rejected
#ifndef DATASETS_FILTER_SELECTION_H
#define DATASETS_FILTER_SELECTION_H

#include "datasets/filter/trace_summary.h"

typedef enum selection_order {
    SELECT_ALL,
    SELECT_FIRST,    // in the order of the input
    SELECT_SHORTEST, // by tokens of the reply; by bytes where its tokens are unknown
    SELECT_RANDOM,
    // right ones first, then the least repetition (in steps of 5% of the reply), then the nearest
    // to the median length of the replies that are not rejected, then the shortest
    SELECT_BEST
} selection_order;

typedef struct selection_rule {
    selection_order order;
    size_t most; // replies to a prompt
} selection_rule;

typedef struct selection_limits {
    selection_rule rule;
    bool drop_duplicates;                // exact ones, found by the pipeline
    double min_pass_rate, max_pass_rate; // share of right replies to a prompt; 0 and 1 = off
    uint64_t seed;
} selection_limits;

/// "all", "first:K", "shortest:K", "random:K", "best:K". Errors  USAGE.
distill_status selection_parse(selection_rule *rule, const char *text) DISTILL_MUST_CHECK;

/// Sets the reason of traces that were kept so far and are rejected here. Does not change their
/// order.
/// Errors  NO_MEMORY.
distill_status selection_apply(trace_summary *traces, size_t count,
                               const selection_limits *limits) DISTILL_MUST_CHECK;

#endif
