// datasets/verify/verdict.h - is the reply right? Three outcomes, and the evidence.
//
//     verdict v = {0};
//     TRY(verdict_math(&v, gold, response));
//     v.outcome == VERDICT_RIGHT; v.extracted.bytes; v.rule ("boxed, rational")
//     verdict_free(&v);
//
// No input makes it slow, deep or large. Threads: no shared state.
#ifndef DATASETS_VERIFY_VERDICT_H
#define DATASETS_VERIFY_VERDICT_H

#include "distill/base/text.h"

typedef enum verdict_outcome {
    VERDICT_UNKNOWN = -1,
    VERDICT_WRONG = 0,
    VERDICT_RIGHT = 1
} verdict_outcome;

typedef struct verdict {
    verdict_outcome outcome;
    distill_text extracted; // the answer that was read out of the reply; empty if none was found
    bool found;             // an answer was found
    const char *rule;       // static text: which rule decided
    const char *found_by;   // static text: where the answer stood ("box", "answer sentence", …)
} verdict;

void verdict_free(verdict *v);

/// Mathematics: a reply without an answer is wrong (`found` is false). The last \boxed{}, "the answer is …", "####"; text after </think> first.
distill_status verdict_math(verdict *v, distill_span gold,
                            distill_span response) DISTILL_MUST_CHECK;
/// Multiple choice: gold is a letter.
distill_status verdict_choice(verdict *v, distill_span gold,
                              distill_span response) DISTILL_MUST_CHECK;
/// By domain: "math", "choice"; "" is choice for a gold that is a single letter, else math; anything
/// else is unknown.
distill_status verdict_of(verdict *v, distill_span domain, distill_span gold,
                          distill_span response) DISTILL_MUST_CHECK;
/// Are two extracted answers the same (for voting)? Reflexive and symmetric.
verdict_outcome answers_equal(distill_span a, distill_span b);

#endif
