// datasets/verify/choice_letter.h - the letter of an option at a place of a text. Private to the
// verifier.
#ifndef DATASETS_VERIFY_CHOICE_LETTER_H
#define DATASETS_VERIFY_CHOICE_LETTER_H

#include "distill/base/text.h"

/// A conclusion that names several letters, or is cut off, in place of a letter.
enum { CHOICE_AMBIGUOUS = '?' };

/// The byte is part of a word: a letter, a digit, '_' or an apostrophe.
bool choice_word_byte(char c);
/// The letter of an option at `at`, perhaps wrapped, in upper case; NUL if there is none. *end is
/// the place after it.
char choice_letter_at(distill_span text, size_t at, size_t *end);
/// Skips what may join the letters of two options; *joined is set if "or", "and" or a sign is
/// there.
size_t choice_skip_joins(distill_span text, size_t at, bool *joined);
/// Another letter is joined to the one that ends at `end`: "C or A", "B, D", "B, or maybe D".
bool choice_names_another(distill_span text, size_t end, char letter);

#endif
