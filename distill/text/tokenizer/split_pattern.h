// distill/text/tokenizer/split_pattern.h - regular expressions of tokenizer.json, matched with
// PCRE2.
//
//     TRY(split_pattern_compile(&pattern, span, false, where));
//     TRY(split_pattern_each(pattern, match, text, on_match, &context));
//
// Private to distill/text, and the only module that includes PCRE2. Patterns are compiled to
// machine code where PCRE2 supports it.
// Threads  a compiled pattern is immutable; `split_match` is used by one thread at a time.
#ifndef DISTILL_TEXT_TOKENIZER_SPLIT_PATTERN_H
#define DISTILL_TEXT_TOKENIZER_SPLIT_PATTERN_H

#include "distill/base/text.h"

typedef struct split_pattern split_pattern;
typedef struct split_match split_match; // scratch memory of matching

/// Compiles a regular expression in Oniguruma's dialect, which tokenizer.json uses, or a literal
/// string. `where` is the pattern's place, for messages.
/// Errors  FORMAT for an invalid pattern; UNSUPPORTED for syntax with another meaning in PCRE2.
distill_status split_pattern_compile(split_pattern **out, distill_span pattern, bool literal,
                                     const char *where) DISTILL_MUST_CHECK;
void split_pattern_free(split_pattern *pattern);

distill_status split_match_create(split_match **out) DISTILL_MUST_CHECK;
void split_match_free(split_match *match);

typedef distill_status (*split_handler)(void *context, size_t begin, size_t end);

/// Calls `on_match` for each non-empty match in `text` (valid UTF-8), in order: bytes begin … end-1. The handler may match other texts with the same scratch memory.
/// Errors  those of the handler; LIMIT if the pattern takes too many steps.
distill_status split_pattern_each(const split_pattern *pattern, split_match *match,
                                  distill_span text, split_handler on_match,
                                  void *context) DISTILL_MUST_CHECK;

#endif
