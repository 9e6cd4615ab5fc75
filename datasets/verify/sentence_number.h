// datasets/verify/sentence_number.h - the number that a sentence of plain words states. Private to
// the verifier.
//
//     "Of the 12 apples, 5 are left."       ->  5
//     "It takes 2 hours and 30 minutes."    ->  2 hours and 30 minutes
//     "She has 3 dogs and 4 cats."          ->  unclear
#ifndef DATASETS_VERIFY_SENTENCE_NUMBER_H
#define DATASETS_VERIFY_SENTENCE_NUMBER_H

#include "distill/base/text.h"

typedef enum sentence_state {
    SENTENCE_NONE,       // no number
    SENTENCE_EXPRESSION, // no words of plain language
    SENTENCE_UNFINISHED, // the last number is part of a calculation: "pays 5 * 1", "2 + 3 ="
    SENTENCE_UNCLEAR,    // several numbers, or a bound ("at least 5")
    SENTENCE_LABELS,     // its only numbers are names: "see page 5", "option 5"
    SENTENCE_STATES      // one number
} sentence_state;

/// What stands before the sentence.
typedef enum sentence_lead {
    LEAD_NOTHING,
    LEAD_ANNOUNCED // "the answer is": a number at the beginning is stated
} sentence_lead;

/// Sets *number to the number that the sentence states, with its unit; empty unless
/// SENTENCE_STATES.
sentence_state sentence_number(distill_span *number, distill_span text, sentence_lead lead);
/// Likewise, of a text that may be an expression: SENTENCE_EXPRESSION unless it has a word of plain
/// language, and no sign of mathematics other than "=".
sentence_state sentence_number_in_words(distill_span *number, distill_span text,
                                        sentence_lead lead);

#endif
