// datasets/verify/answer.h - the final answer of a reply. Private to the verifier.
//
//     "… so x is 4.\n</think>\nThe answer is $\boxed{4}$."      ->  "4", found by "box"
//
// Only the text after the last </think> is searched; a reply truncated inside its reasoning has no
// answer. Among the following, the last one in the text is the answer:
//
//     \boxed{…} and \fbox{…} (answer_box.h), <answer>…</answer>, a line "#### …", a sentence
//     "the answer is …" in English or Chinese
//
// A reply with none of them is an answer as a whole if it is one short line; otherwise the last
// formula, or the number that the last sentence with a number states, is the answer
// (answer_statement.h).
#ifndef DATASETS_VERIFY_ANSWER_H
#define DATASETS_VERIFY_ANSWER_H

#include "distill/base/text.h"

enum { ANSWER_PARTS = 16 };

typedef struct answer {
    size_t count;                    // 0: the reply has no answer
    distill_span part[ANSWER_PARTS]; // borrowed from the reply
    const char *found_by;            // static text: "box", "answer tag", "hash line", …
    bool in_box;                     // found_by is "box" or "boxes"
    bool loose;                      // a sentence, not a box or a formula
    bool plain;                      // it is plain words with a number
    bool labels;                     // its only numbers are names: "option 5", "page 5"
    bool unclear;                    // the reply doubts, supposes, asks for or replaces it
    distill_span base;               // of "\boxed{10} in base 2": 2; empty: none
    distill_span stated;             // the number that it states; empty: none, or unclear
} answer;

/// Sets *out to the part of the reply that is searched; false if the reply ends inside its
/// reasoning.
bool answer_text(distill_span *out, distill_span reply);
void answer_find(answer *out, distill_span reply);
/// The reference answer. If `gold` is a whole solution, its box, "####" line or answer sentence;
/// otherwise the text itself.
void answer_of_gold(answer *out, distill_span gold);
/// Adds a part, trimmed; not one that is empty, or equal to another.
void answer_add(answer *out, distill_span part);

#endif
