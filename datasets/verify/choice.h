// datasets/verify/choice.h - multiple choice: the letter that a reply concludes with.
//
//     "It is not A. Hence C."                        ->  C
//     "The answer could be C or A."                  ->  none
//
// The last conclusion counts: a box, an <answer> tag, "the answer is", "option C is correct", 故选,
// or a line that consists of a letter. Without any, it is the only letter that the last sentence
// names and does not reject.
#ifndef DATASETS_VERIFY_CHOICE_H
#define DATASETS_VERIFY_CHOICE_H

#include "distill/base/text.h"

typedef struct choice {
    char letter;          // 'A' to 'J'; NUL: no conclusion
    bool ambiguous;       // there is a conclusion, without one letter: "B or D", an empty box
    const char *found_by; // static text: "box", "answer tag", "letter line", …
} choice;

/// Reads the last 32 KiB of the reply. `options` holds the texts of A, B, … and may be NULL: a
/// boxed or announced text that equals exactly one of them stands for its letter.
void choice_find(choice *out, distill_span reply, const distill_span *options, size_t count);
/// The letter of "B", "(b)", "\text{(B)}", "B."; NUL if the text has more than that.
char choice_letter_of(distill_span text);
/// A reference answer that means multiple choice: "B" or "(B)", a capital and nothing else.
bool choice_is_letter(distill_span gold);

#endif
