// datasets/filter/judge/judge_prompt.h - the prompt for a judge, and reading the verdict from its
// answer.
//
//     judge_case c = {.question = question, .reference = reference,
//                     .reply = judge_final_part(response)};
//     TRY(judge_prompt_write(&prompt, &c, tag));
//     judge_reading r = judge_read(answer);              // r.outcome == JUDGE_CORRECT, r.why
//
// The reply is untrusted: it may claim that it has ended, give instructions or state a verdict. It
// is put between marks with a tag that it cannot contain on purpose, and only the last line of the
// judge's answer counts.
#ifndef DATASETS_FILTER_JUDGE_JUDGE_PROMPT_H
#define DATASETS_FILTER_JUDGE_JUDGE_PROMPT_H

#include "distill/base/text.h"

/// Increase it when the text of the prompt changes, so that verdicts on the old text are not
/// reused.
#define JUDGE_PROMPT_VERSION "1"

// name, key in files, sentence
#define JUDGE_OUTCOME_LIST(X)                                                                      \
    X(CORRECT, "correct", "the verdict of the judge is right")                                     \
    X(INCORRECT, "incorrect", "the verdict of the judge is wrong")                                 \
    X(UNCLEAR, "unclear", "the judge cannot decide")                                               \
    X(MALFORMED, "malformed",                                                                      \
      "the last line of the judge's answer is not a verdict, or it has two")                       \
    X(FAILED, "failed", "the request to the judge failed")                                         \
    X(SKIPPED, "not_asked", "not sent: no answer after the thought, or one that is too long")

typedef enum judge_outcome {
#define JUDGE_OUTCOME_ENUM(name, key, sentence) JUDGE_##name,
    JUDGE_OUTCOME_LIST(JUDGE_OUTCOME_ENUM)
#undef JUDGE_OUTCOME_ENUM
        JUDGE_OUTCOMES
} judge_outcome;

const char *judge_outcome_key(judge_outcome outcome);
const char *judge_outcome_text(judge_outcome outcome);

enum { JUDGE_TAG = 33, JUDGE_REPLY_BYTES = 64 << 10 };

typedef struct judge_case {
    distill_span question;
    distill_span reference; // "" = none
    distill_span reply;     // without its thought
} judge_case;

/// The part of a response that is judged: the text after the last </think>, without white space
/// around it; empty if the response has an open <think> only.
distill_span judge_final_part(distill_span response);

/// Appends the prompt. `tag`: 32 characters that occur in none of the texts.
distill_status judge_prompt_write(distill_text *out, const judge_case *c,
                                  const char *tag) DISTILL_MUST_CHECK;

typedef struct judge_reading {
    judge_outcome outcome; // CORRECT, INCORRECT, UNCLEAR or MALFORMED
    distill_span why;      // the text before the verdict; borrowed from the answer
} judge_reading;

/// The last line must be "VERDICT: CORRECT", "VERDICT: INCORRECT" or "VERDICT: UNCLEAR", in any
/// case, with emphasis or a full stop. An earlier line with another verdict is a contradiction, and
/// MALFORMED. The judge's own thought is not read.
judge_reading judge_read(distill_span answer);

#endif
