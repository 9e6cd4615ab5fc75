// bench/bench_output.h - the output directory of a benchmark: one writer at a time, and a rerun
// with the same settings resumes it.
//
//     OUTPUT/.lock                             held by the process that writes
//     OUTPUT/settings.json                     what decides the results; a rerun must give the same
//     OUTPUT/problems/SUITE.jsonl              the problems, as distill-gen --prompts reads them
//     OUTPUT/samples/MODEL/SUITE/              trace shards with verdicts (docs/formats.md)
//     OUTPUT/samples/MODEL/SUITE.json          tokens and seconds of sampling
//     OUTPUT/samples/MODEL/SUITE.usage.json    of a served model: requests, tokens, cost
//     OUTPUT/report.html
//     OUTPUT/results.json                      written last: the run is finished
#ifndef BENCH_BENCH_OUTPUT_H
#define BENCH_BENCH_OUTPUT_H

#include "distill/base/output_dir.h"

typedef struct bench_output {
    distill_output_dir dir;
    bool finished; // results.json exists, made with the same settings
} bench_output;

typedef enum output_mode { OUTPUT_RESUME, OUTPUT_OVERWRITE } output_mode;

/// Creates the directory, locks it and compares or writes settings.json. OUTPUT_OVERWRITE first
/// removes the files of an earlier run (those above, nothing else).
/// Errors  MISMATCH naming the first setting that differs; IO if another process writes there.
distill_status bench_output_open(bench_output *out, const char *dir, distill_span settings,
                                 output_mode mode) DISTILL_MUST_CHECK;
void bench_output_close(bench_output *output);

/// Sets `path` to the file or folder of that name in the output.
distill_status bench_output_path(distill_text *path, const bench_output *output,
                                 const char *name) DISTILL_MUST_CHECK;

#endif
