// bench/model_under_test.h - a model to be measured: its name in the tables, its directory or its server,
// and what it is made of.
//
//     TRY(model_under_test_open(&model, "student=out/student", &options));
//     model.name "student", model.dir "out/student", model.fingerprint: changes with the weights
//     TRY(model_under_test_open(&model, "big=https://api.example.com/v1#big-32b", &options));
//     model.servers: a generator; model.fingerprint: changes with address and model
#ifndef BENCH_MODEL_UNDER_TEST_H
#define BENCH_MODEL_UNDER_TEST_H

#include "bench/bench_options.h"
#include "distill/base/sha256.h"
#include "distill/base/text.h"

typedef struct model_under_test {
    char *name, *folder;
    distill_text dir;           // local: its checkpoint
    distill_generator *servers; // served: what asks them; NULL = local
    char fingerprint[DISTILL_SHA256_HEX];
} model_under_test;

/// `word`: NAME=DIR, NAME=builtin, DIR (named by its last part), builtin, or NAME=URL[#MODEL] of an
/// OpenAI-compatible server. Which of a server's models it is, is said by #MODEL, else by a
/// NAME=MODEL of --server-model, else by the server, if it has only one.
/// Errors  USAGE without a name; IO for a directory that is not there; those of
///         served_options_open.
distill_status model_under_test_open(model_under_test *out, const char *word,
                                     const bench_options *options) DISTILL_MUST_CHECK;
/// The name of the model, or its directory, for the record.
const char *model_under_test_source(const model_under_test *model);
void model_under_test_close(model_under_test *model);

#endif
