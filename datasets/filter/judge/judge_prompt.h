// datasets/filter/judge/judge_prompt.h - what a judge is asked, and how its verdict is read.
//
//     judge_case c = {.question = …, .reference = …, .reply = judge_final_part(response)};
//     TRY(judge_prompt_write(&prompt, &c, tag));
//     judge_reading r = judge_read(answer);       // r.outcome == JUDGE_CORRECT, r.why
//
// The reply under judgement is untrusted: it may claim to be over, give orders or name a verdict. It
// stands between marks with a tag that its author cannot have known, and of the judge's answer only
// the last line counts.
#ifndef DATASETS_FILTER_JUDGE_JUDGE_PROMPT_H
#define DATASETS_FILTER_JUDGE_JUDGE_PROMPT_H

#include "distill/base/text.h"

/// Raise it when the words of the prompt change: verdicts given to other words are not reused.
#define JUDGE_PROMPT_VERSION "1"

// name, key in files, sentence for people
#define JUDGE_OUTCOME_LIST(X)                                                                      \
    X(CORRECT, "correct", "the judge says that it is right")                                       \
    X(INCORRECT, "incorrect", "the judge says that it is wrong")                                   \
    X(UNCLEAR, "unclear", "the judge cannot tell")                                                 \
    X(MALFORMED, "malformed", "the judge's last line is no verdict, or it gave two")               \
    X(FAILED, "failed", "the judge could not be asked")                                            \
    X(NOT_ASKED, "not_asked", "nothing to judge: no answer behind the think part, or too much")

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
    distill_span reply;     // without its think part
} judge_case;

/// What is judged of a response: everything behind the last </think>, without white space around it;
/// empty if it ends inside its think part.
distill_span judge_final_part(distill_span response);

/// Appends the prompt. `tag`: 32 characters that stand in none of the texts.
distill_status judge_prompt_write(distill_text *out, const judge_case *c,
                                  const char *tag) DISTILL_MUST_CHECK;

typedef struct judge_reading {
    judge_outcome outcome; // CORRECT, INCORRECT, UNCLEAR or MALFORMED
    distill_span why;      // what stands before the verdict; borrowed from the answer
} judge_reading;

/// The last line must be "VERDICT: CORRECT", "VERDICT: INCORRECT" or "VERDICT: UNCLEAR" (emphasis,
/// a full stop and small letters are forgiven); another such line with another word is a
/// contradiction. The judge's own think part is left out.
judge_reading judge_read(distill_span answer);

#endif
