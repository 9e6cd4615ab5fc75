// distill/text/unicode.h - UTF-8, character classes and normal forms.
//
//     uint32_t code;
//     size_t step = unicode_next(&code, bytes + at);   // valid UTF-8
//     if (unicode_is_letter(code))
//         …
//
// The only module that includes utf8proc. Offsets are bytes.
#ifndef DISTILL_TEXT_UNICODE_H
#define DISTILL_TEXT_UNICODE_H

#include "distill/base/text.h"

typedef enum unicode_form { UNICODE_NFC, UNICODE_NFD, UNICODE_NFKC, UNICODE_NFKD } unicode_form;

/// Length of the longest prefix that is valid UTF-8 (no surrogates, no overlong forms).
size_t unicode_valid_prefix(const char *bytes, size_t length);
/// Errors  FORMAT with `name` and the place of the first byte that is not valid UTF-8.
distill_status unicode_check(distill_span text, const char *name) DISTILL_MUST_CHECK;
/// Length (1 to 3) of the maximal invalid part at `bytes`, where no valid character begins. *cut is
/// true if the part may be the beginning of a character whose remaining bytes are missing.
/// Source  Unicode 15, section 3.9, "U+FFFD Substitution of Maximal Subparts".
size_t unicode_invalid_part(const char *bytes, size_t length, bool *cut);
/// Appends `bytes`; each maximal invalid part becomes one U+FFFD.
distill_status unicode_repair(distill_text *out, const char *bytes,
                              size_t length) DISTILL_MUST_CHECK;

/// Reads the character at `bytes` of valid, non-empty UTF-8; returns its length in bytes.
size_t unicode_next(uint32_t *code, const char *bytes);
/// Length in bytes of the last character before `bytes + at` (at > 0, valid UTF-8).
size_t unicode_step_back(const char *bytes, size_t at);
/// Writes the UTF-8 of `code` (a scalar value); returns its length, 1 to 4.
size_t unicode_encode(char out[4], uint32_t code);

bool unicode_is_letter(uint32_t code);      // \p{L}
bool unicode_is_mark(uint32_t code);        // \p{M}
bool unicode_is_number(uint32_t code);      // \p{N}
bool unicode_is_punctuation(uint32_t code); // \p{P}
bool unicode_is_symbol(uint32_t code);      // \p{S}
bool unicode_is_space(uint32_t code);       // White_Space
bool unicode_is_word(uint32_t code);        // \w: letters, marks, decimal digits, connectors

bool unicode_is_decimal(uint32_t code); // \p{Nd}
/// False for control, format, private and unassigned characters, and for separators but the blank,
/// as Python's str.isprintable.
bool unicode_is_printable(uint32_t code);
/// The simple case mappings: one character to one.
uint32_t unicode_to_upper(uint32_t code);
uint32_t unicode_to_lower(uint32_t code);

/// The characters of White_Space, written for the inside of a PCRE2 class.
extern const char *const UNICODE_SPACE_CLASS;

/// Appends the normal form of valid UTF-8.
distill_status unicode_normalize(distill_text *out, distill_span text,
                                 unicode_form form) DISTILL_MUST_CHECK;
/// A quick check: true if the text is in NFC; false if it may not be.
bool unicode_is_surely_nfc(distill_span text);

#endif
