// datasets/evaluate/sample_score.h - scores of the stored samples of a model on a set of problems.
//
//     sample_score score = {0};
//     TRY(sample_score_read(&score, "out/samples/student/math500", problems, 64, seed));
//     score.pass1, score.ci95, score.cons, score.tallies[problem];
#ifndef DATASETS_EVALUATE_SAMPLE_SCORE_H
#define DATASETS_EVALUATE_SAMPLE_SCORE_H

#include "datasets/evaluate/statistics.h"
#include "datasets/prompts/prompts.h"
#include "datasets/traces/record.h"
#include "datasets/verify/grade_counts.h"

/// A reply; its index is its row in the samples.
typedef struct scored_reply {
    uint32_t problem;
    int32_t tokens;
    int8_t correct; // 1, 0, -1 unknown (counts as not right)
    uint8_t finish; // trace_finish
} scored_reply;

typedef struct sample_score {
    size_t n, problems;
    problem_tally *tallies; // [problems]
    double *shares;         // [problems] share of right replies
    scored_reply *replies;  // [reply_count]
    size_t reply_count;
    double pass1;
    statistics_interval ci95;
    double cons;
    double mean_tokens;
    double truncated;    // share of the replies that ended at the token limit
    double unknown;      // share of those that no rule decides, the truncated ones left out
    grade_counts grades; // of all replies
    double tokens_per_s; // 0 = unknown
} sample_score;

/// Reads the samples in `dir`: at most `n` replies to each problem of `prompts`, problems in order.
/// The seed is that of the bootstrap.
/// Owns    release with sample_score_free; after an error there is nothing to release.
/// Errors  FORMAT for a reply without a verdict, to a problem that is not in `prompts`, or beyond
/// the
///         `n`th; those of the reader.
distill_status sample_score_read(sample_score *out, const char *dir, const prompt_set *prompts,
                                 size_t n, uint64_t seed) DISTILL_MUST_CHECK;
void sample_score_free(sample_score *score);

#endif
