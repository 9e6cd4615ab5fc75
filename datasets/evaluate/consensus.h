// datasets/evaluate/consensus.h - cons@n: the replies to a problem vote, and the largest group of equal answers
// speaks for them.
//
//     consensus vote = {0};
//     TRY(consensus_add(&vote, extracted, is_right));   // each reply in which an answer was found
//     sum += consensus_share(&vote);                       // 1 right, 0 wrong, between: a tie
//     consensus_clear(&vote);
//
// Equal means equal in value (datasets/verify: answers_equal), not the same string: 1/2, 0.5 and
// \frac{1}{2} are one group. Replies without an answer do not vote; if nobody votes, the problem
// counts as wrong. Ties: every largest group is equally likely to be chosen, so the problem counts
// with the share of the tied groups that are right. This is the expectation over a fair draw, and
// does not depend on the order of the replies.
#ifndef DATASETS_EVALUATE_CONSENSUS_H
#define DATASETS_EVALUATE_CONSENSUS_H

#include "distill/base/text.h"

/// A group of replies with equal answers; `answer` is that of its first reply.
typedef struct consensus_group {
    distill_text answer;
    size_t votes, right;
} consensus_group;

typedef struct consensus {
    consensus_group *groups;
    size_t count, capacity;
} consensus;

distill_status consensus_add(consensus *vote, distill_span answer, bool right) DISTILL_MUST_CHECK;
/// Share of the largest groups that are right; a group is right if most of its replies are.
double consensus_share(const consensus *vote);
/// Takes the groups out, keeps the memory.
void consensus_clear(consensus *vote);
void consensus_free(consensus *vote);

#endif
