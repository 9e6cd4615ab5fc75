// bench/named_argument.h - "NAME=VALUE" on the command line, and names as folders.
//
//     named_argument_split(&name, &value, "math500=m.jsonl");              // "math500", "m.jsonl"
//     TRY(named_argument_folder(&folder, distill_span_of("builtin:word:5"))); // "builtin-word-5"
#ifndef BENCH_NAMED_ARGUMENT_H
#define BENCH_NAMED_ARGUMENT_H

#include "distill/base/text.h"

/// Splits at the first "=", if a name precedes it (no "/"); otherwise *name is empty and *value is
/// all of `word`. Borrowed from `word`.
void named_argument_split(distill_span *name, distill_span *value, const char *word);

/// Appends `name` with every byte that is not a letter, a digit or one of . _ + - replaced by "-";
/// a leading dot is replaced, too.
distill_status named_argument_folder(distill_text *out, distill_span name) DISTILL_MUST_CHECK;

/// A name that the user gave, and its folder. Borrowed.
typedef struct named_argument {
    const char *name, *folder;
} named_argument;
/// Errors  USAGE if two names, or their folders, are the same. `what`: the option, "model" or "suite".
distill_status named_argument_check_unique(const named_argument *arguments, size_t count,
                                           const char *what) DISTILL_MUST_CHECK;

/// Copies of words.
typedef struct word_list {
    char **at;
    size_t count;
} word_list;
/// Splits values at commas ("aime24,gsm8k", as lm-eval writes lists), except those that contain
/// "=".
/// Owns  release with word_list_free, also after an error.
distill_status named_argument_split_lists(word_list *out, const char *const *values,
                                          size_t count) DISTILL_MUST_CHECK;
void word_list_free(word_list *words);

#endif
