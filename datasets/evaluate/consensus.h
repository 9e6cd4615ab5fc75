// datasets/evaluate/consensus.h - cons@n, the majority vote: the replies to a problem are grouped
// by equal answers, and the largest group decides.
//
//     consensus vote = {0};
//     TRY(consensus_add(&vote, extracted, is_right)); // each reply with an answer
//     sum += consensus_share(&vote);                  // 1 right, 0 wrong, between: a tie
//     consensus_clear(&vote);
//
// Answers are equal if their values are (answers_equal of datasets/verify/verdict.h): 1/2, 0.5 and
// \frac{1}{2} are one group. Replies without an answer do not vote; without any vote the problem
// counts as wrong. Ties: the problem counts with the share of the tied groups that are right, which
// is the expectation of a uniform draw between them and does not depend on the order of the
// replies.
// Source  Wang et al. 2022, "Self-Consistency", arXiv:2203.11171.
#ifndef DATASETS_EVALUATE_CONSENSUS_H
#define DATASETS_EVALUATE_CONSENSUS_H

#include "distill/base/text.h"

/// Replies with equal answers; `answer` is that of the first one.
typedef struct consensus_group {
    distill_text answer;
    size_t votes, right;
} consensus_group;

typedef struct consensus {
    consensus_group *groups;
    size_t count, capacity;
} consensus;

/// Errors  NO_MEMORY.
distill_status consensus_add(consensus *vote, distill_span answer, bool right) DISTILL_MUST_CHECK;
/// Share of the largest groups that are right; a group is right if more than half of its replies
/// are.
double consensus_share(const consensus *vote);
/// Removes the groups, keeps their memory for the next problem.
void consensus_clear(consensus *vote);
void consensus_free(consensus *vote);

#endif
