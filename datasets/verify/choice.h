// datasets/verify/choice.h - multiple choice: the letter a reply concludes with. Private to the
// verifier.
//
//     "It is not A. Hence C."                        ->  C
//     "The answer could be C or A."                  ->  none
//
// The last conclusion counts: a box, an <answer> tag, "the answer is", "option C is correct", 故选, a
// line that is a letter; without any, the only letter that the last sentence names and does not reject.
#ifndef DATASETS_VERIFY_CHOICE_H
#define DATASETS_VERIFY_CHOICE_H

#include "distill/base/text.h"

typedef struct choice {
    char letter;          // 'A' to 'J'; NUL: no conclusion
    const char *found_by; // static text
} choice;

/// Reads the last 32 KiB. `options` (may be NULL): the texts of A, B, …; a boxed or announced text that is one of them counts.
void choice_find(choice *out, distill_span reply, const distill_span *options, size_t count);
/// "B", "(b)", "\text{(B)}", "B.": the letter; NUL if the text is more than that.
char choice_letter_of(distill_span text);
/// "B" or "(B)" in capitals and nothing else: a reference answer that means multiple choice.
bool choice_is_letter(distill_span gold);

#endif
