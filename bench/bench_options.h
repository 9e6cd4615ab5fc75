// bench/bench_options.h - the options of distill-bench.
#ifndef BENCH_BENCH_OPTIONS_H
#define BENCH_BENCH_OPTIONS_H

#include "datasets/sample/sampling_options.h"
#include "datasets/sample/served_options.h"

typedef struct bench_options {
    distill_common_options common;
    distill_string_list models;        // NAME=DIR, NAME=builtin, DIR, builtin or NAME=URL[#MODEL]
    distill_string_list server_models; // NAME=MODEL: the server's name of the model NAME
    distill_string_list suites; // NAME=FILE, builtin:TASK[:COUNT] or NAME=builtin:TASK[:COUNT]
    const char *output;
    bool overwrite;
    size_t limit;              // 0 = all problems
    const char *since, *until; // days of contests; NULL = any
    size_t n;
    distill_string_list pass_k; // "1", "8" or "1,8,64"
    distill_string_list by;     // fields of the problems
    sampling_options sampling;
    served_options served;
} bench_options;

extern const distill_program BENCH_PROGRAM;

/// Whether --prompt-template has its default text. The text decides, not whether the option was
/// given: the settings, which a resumed run is compared by, store the text alone.
bool bench_options_template_is_default(const bench_options *options);

/// Adds the options that decide the results to the open object of `w`: all but those that set only
/// the output's place and the speed.
distill_status bench_options_add_settings(distill_json_writer *w,
                                          const bench_options *options) DISTILL_MUST_CHECK;

#endif
