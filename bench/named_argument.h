// bench/named_argument.h - "NAME=VALUE" on the command line, and names as folders.
//
//     TRY(naming_split(&name, &value, "math500=m.jsonl"));     // "math500", "m.jsonl"
//     TRY(naming_folder(&folder, "builtin:word:100"));                   // "builtin-word-100"
#ifndef BENCH_NAMED_ARGUMENT_H
#define BENCH_NAMED_ARGUMENT_H

#include "distill/base/text.h"

/// Splits at the first "=", if what stands before it can be a name (it has no "/"); otherwise *name
/// is empty and *value is all of `word`. Borrowed from `word`.
void naming_split(distill_span *name, distill_span *value, const char *word);

/// Appends `name` with every byte that is not a letter, digit or one of . _ + - replaced by "-"; it
/// never begins with a dot.
distill_status naming_folder(distill_text *out, distill_span name) DISTILL_MUST_CHECK;

/// One thing that the user named.
typedef struct naming_entry {
    const char *name, *folder;
} naming_entry;
/// USAGE if two names, or their folders, are the same. `what`: "model" or "suite".
distill_status naming_check_unique(const naming_entry *entries, size_t count,
                                   const char *what) DISTILL_MUST_CHECK;

#endif
