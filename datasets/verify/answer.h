// datasets/verify/answer.h - the final answer of a reply. Private to the verifier.
//
//     "… so x is 4.\n</think>\nThe answer is $\boxed{4}$."      ->  "4", found by "box"
//
// Only the text after the last </think> is searched; a reply truncated inside its reasoning has no
// answer. Among the following, the last one in the text is the answer:
//
//     \boxed{…} and \fbox{…} (several joined by "and" form one list), <answer>…</answer>,
//     a line "#### …", a sentence "the answer is …" in English or Chinese
//
// A reply with none of them is an answer as a whole if it is short and has no verb; otherwise its
// last formula or its last number is the answer.
#ifndef DATASETS_VERIFY_ANSWER_H
#define DATASETS_VERIFY_ANSWER_H

#include "distill/base/text.h"

enum { ANSWER_PARTS = 16 };

typedef struct answer {
    size_t count;                    // 0: the reply has no answer
    distill_span part[ANSWER_PARTS]; // borrowed from the reply
    const char *found_by;            // static text: "box", "answer tag", "hash line", …
    bool in_box;                     // found_by is "box"
    bool loose; // a sentence: where it is no expression, its last number counts
} answer;

/// Sets *out to the part of the reply that is searched; false if the reply ends inside its
/// reasoning.
bool answer_text(distill_span *out, distill_span reply);
void answer_find(answer *out, distill_span reply);
/// All distinct boxes of the reply, in order: the parts of an answer given in parts.
void answer_all_boxes(answer *out, distill_span reply);
/// The reference answer. If `gold` is a whole solution, its box, "####" line or answer sentence;
/// otherwise the text itself.
void answer_of_gold(answer *out, distill_span gold);
/// The last number of a text; empty if there is none or if it belongs to an unfinished calculation.
distill_span answer_last_number(distill_span text);

#endif
