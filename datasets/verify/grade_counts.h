// datasets/verify/grade_counts.h - how many replies got which verdict: the same figures in every
// report.
//
//     grade_counts counts = {0};
//     counts.of[g.reason]++;
//     counts.truncated += reply_was_cut;
//
//     "5 right, 2 wrong (1 no_answer), 3 unknown (2 truncated, 1 no_reference); 2 cut at the token
//     limit"
#ifndef DATASETS_VERIFY_GRADE_COUNTS_H
#define DATASETS_VERIFY_GRADE_COUNTS_H

#include "datasets/verify/grade.h"
#include "distill/base/json/json_writer.h"

typedef struct grade_counts {
    uint64_t of[GRADE_REASONS];
    uint64_t truncated; // replies that end at the token limit, whatever their verdict
} grade_counts;

/// Replies with this outcome, for any reason.
uint64_t grade_counts_with(const grade_counts *counts, verdict_outcome outcome);
/// Appends the line above, without a line feed.
distill_status grade_counts_write(distill_text *out, const grade_counts *counts) DISTILL_MUST_CHECK;
/// Adds "verdicts": {"right":N,"wrong":N,"unknown":N,"truncated":N,"reasons":{"no_answer":N,…}}.
/// The reasons are those of the wrong and the unknown ones, zeros left out.
void grade_counts_add(distill_json_writer *w, const grade_counts *counts);

#endif
