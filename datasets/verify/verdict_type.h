// datasets/verify/verdict_type.h - the result of checking a reply: an outcome and its evidence.
//
// Every part of the verifier includes this header; verdict.h makes verdicts of replies.
#ifndef DATASETS_VERIFY_VERDICT_TYPE_H
#define DATASETS_VERIFY_VERDICT_TYPE_H

#include "distill/base/text.h"

typedef enum verdict_outcome {
    VERDICT_UNKNOWN = -1, // no rule decides
    VERDICT_WRONG = 0,
    VERDICT_RIGHT = 1
} verdict_outcome;

/// Owns `extracted`; the other texts are static.
typedef struct verdict {
    verdict_outcome outcome;
    distill_text
        extracted;        // the answer read out of the reply, empty if there is none; for code, the
                          // evidence ("test 3 of 5: …")
    bool found;           // the reply has an answer
    const char *rule;     // what decided; all names are listed in docs/verifier.md
    const char *found_by; // where the answer was found: "box", "answer sentence", …
} verdict;

void verdict_free(verdict *v);

#endif
