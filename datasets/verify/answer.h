// datasets/verify/answer.h - the final answer within a reply. Private to the verifier.
//
//     … so x is 4.\n</think>\nThe answer is $\boxed{4}$.      ->  "4", found by "box"
//
// Only what stands behind the last </think> is read; a reply cut off within its thoughts has no
// answer. Of these, the one that stands last counts:
//
//     \boxed{…} and \fbox{…} (several joined by "and" are one list), <answer>…</answer>,
//     #### …, "the answer is …" in English or Chinese
//
// and only where none of them occurs, the reply itself if it is nothing but an answer, else the last
// formula or the last number of its text.
#ifndef DATASETS_VERIFY_ANSWER_H
#define DATASETS_VERIFY_ANSWER_H

#include "distill/base/text.h"

enum { ANSWER_PARTS = 16 };

typedef struct answer {
    size_t count;                    // 0: none was found
    distill_span part[ANSWER_PARTS]; // borrowed from the reply
    const char *found_by;            // static text: "box", "answer tag", "hash line", …
    bool loose;                      // a sentence: if it is no expression, its last number is meant
} answer;

/// The part of the reply in which an answer is looked for; false if it was cut off in its thoughts.
bool answer_text(distill_span *out, distill_span reply);
void answer_find(answer *out, distill_span reply);
/// All boxes of the reply that differ, in the order of the text: the parts of an answer in parts.
void answer_all_boxes(answer *out, distill_span reply);
/// The reference answer: a box, a "####" line or an answer sentence if it is a whole solution,
/// otherwise the text itself.
void answer_of_gold(answer *out, distill_span gold);
/// The last number of a text, empty if there is none that ends a statement.
distill_span answer_last_number(distill_span text);

#endif
