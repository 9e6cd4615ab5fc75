// bench/model_under_test.h - a model to be measured: its name in the tables, its checkpoint or its
// server, and a fingerprint of its content.
//
//     TRY(model_under_test_open(&model, "student=out/student", &options));
//     model.name, model.dir;        // "student", "out/student"
//     model.fingerprint;            // changes with the weights
//     TRY(model_under_test_open(&model, "big=https://api.example.com/v1#big-32b", &options));
//     model.servers;                // a generator
//     model.fingerprint;            // changes with the address and the model
#ifndef BENCH_MODEL_UNDER_TEST_H
#define BENCH_MODEL_UNDER_TEST_H

#include "bench/bench_options.h"
#include "distill/base/sha256.h"
#include "distill/base/text.h"

typedef struct model_under_test {
    char *name, *folder;
    distill_text dir;           // local: the checkpoint
    distill_generator *servers; // served: a generator on them; NULL = local
    char fingerprint[DISTILL_SHA256_HEX];
} model_under_test;

/// `word`: NAME=DIR, NAME=builtin, DIR (named by its last part), builtin, or NAME=URL[#MODEL] of an
/// OpenAI-compatible server. The server's name of the model is #MODEL, else the one that
/// --server-model gives for NAME, else that of the server's only model.
/// Errors  USAGE without a name; IO for a directory that does not exist; those of
///         served_options_open. After an error there is nothing to close.
distill_status model_under_test_open(model_under_test *out, const char *word,
                                     const bench_options *options) DISTILL_MUST_CHECK;
/// What trace shards record as the teacher: the server's name of the model, or the directory.
const char *model_under_test_source(const model_under_test *model);
void model_under_test_close(model_under_test *model);

#endif
