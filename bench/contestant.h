// bench/contestant.h - a model to be measured: its name in the tables, its directory, and what it
// is made of.
//
//     TRY(contestant_open(&model, "student=out/student"));
//     model.name "student", model.dir "out/student", model.fingerprint: changes with the weights
#ifndef BENCH_CONTESTANT_H
#define BENCH_CONTESTANT_H

#include "distill/base/sha256.h"
#include "distill/base/text.h"

typedef struct contestant {
    char *name, *folder;
    distill_text dir;
    char fingerprint[DISTILL_SHA256_HEX];
} contestant;

/// `word`: NAME=DIR, NAME=builtin, DIR (named by its last part) or builtin.
/// Errors  USAGE without a name; UNSUPPORTED for the address of a server; IO for a directory that
///         is not there.
distill_status contestant_open(contestant *out, const char *word) DISTILL_MUST_CHECK;
void contestant_close(contestant *model);

#endif
