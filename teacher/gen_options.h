// teacher/gen_options.h - the options of distill-gen.
#ifndef TEACHER_GEN_OPTIONS_H
#define TEACHER_GEN_OPTIONS_H

#include "datasets/sample/sampling_options.h"
#include "datasets/sample/served_options.h"

typedef struct gen_options {
    distill_common_options common;
    distill_string_list teachers; // one directory, or one or more addresses of servers
    const char *model;            // the servers' name of it
    const char *prompts;
    const char *output;
    bool overwrite, retry_failed, skip_bad;
    size_t n;
    size_t logprobs;
    sampling_options sampling;
    served_options served;
    const char *prompt_field;
    const char *answer_field;
    const char *id_field;
} gen_options;

extern const distill_program GEN_PROGRAM;

/// Errors  USAGE for options that are missing or do not go together.
distill_status gen_options_check(const gen_options *options) DISTILL_MUST_CHECK;

#endif
