// datasets/verify/choice_line.h - the letter of a multiple-choice reply that announces none.
// Private to the verifier.
#ifndef DATASETS_VERIFY_CHOICE_LINE_H
#define DATASETS_VERIFY_CHOICE_LINE_H

#include "distill/base/text.h"

/// The letter of the last line that consists of one; *place is where it begins. If there is none,
/// the letter with which lines begin, if it is the same in all such lines: several of them are a
/// list of the options.
char choice_last_line(distill_span text, size_t *place);
/// The only letter that the last sentence names and does not reject; NUL if there is none,
/// CHOICE_AMBIGUOUS if there are several. A letter that is joined to a rejected one is rejected
/// too: "not A or B".
char choice_only_letter(distill_span text);

#endif
