// distill/text/tokenizer/word_scanner.h - a hand-written scanner for the word pattern of Qwen2 and
// Llama 3.
//
//     size_t length = word_scanner_next(text, at, 3);   // bytes of the word that begins at `at`
//
// Private to distill/text. It finds the same words as PCRE2 with the pattern below, in half the
// time; a test compares them:
//     (?i:'s|'t|'re|'ve|'m|'ll|'d)          an English ending
//   | [^\r\n\p{L}\p{N}]?\p{L}+              letters, after at most one other character
//   | \p{N}{1,K}                            up to K digits (Qwen2: 1, Llama 3: 3)
//   |  ?[^\s\p{L}\p{N}]+[\r\n]*             other characters, after a space, before line ends
//   | \s*[\r\n]+                            white space up to its last line end
//   | \s+(?!\S)                             white space, except its last character before a word
//   | \s+
#ifndef DISTILL_TEXT_TOKENIZER_WORD_SCANNER_H
#define DISTILL_TEXT_TOKENIZER_WORD_SCANNER_H

#include "distill/base/text.h"

/// K if `pattern` is this pattern, else 0.
size_t word_scanner_digits(distill_span pattern);

/// Length in bytes (> 0) of the word at `at` < text.length; `text` is valid UTF-8.
size_t word_scanner_next(distill_span text, size_t at, size_t digits);

#endif
