// bench/named_argument.h - "NAME=VALUE" on the command line, and names as folders.
//
//     TRY(named_argument_split(&name, &value, "math500=m.jsonl"));     // "math500", "m.jsonl"
//     TRY(named_argument_folder(&folder, "builtin:word:100"));                   // "builtin-word-100"
#ifndef BENCH_NAMED_ARGUMENT_H
#define BENCH_NAMED_ARGUMENT_H

#include "distill/base/text.h"

/// Splits at the first "=", if what stands before it can be a name (it has no "/"); otherwise *name
/// is empty and *value is all of `word`. Borrowed from `word`.
void named_argument_split(distill_span *name, distill_span *value, const char *word);

/// Appends `name` with every byte that is not a letter, digit or one of . _ + - replaced by "-"; it
/// never begins with a dot.
distill_status named_argument_folder(distill_text *out, distill_span name) DISTILL_MUST_CHECK;

/// One thing that the user named.
typedef struct named_argument {
    const char *name, *folder;
} named_argument;
/// USAGE if two names, or their folders, are the same. `what`: "model" or "suite".
distill_status named_argument_check_unique(const named_argument *entries, size_t count,
                                           const char *what) DISTILL_MUST_CHECK;

#endif
