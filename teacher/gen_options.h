// teacher/gen_options.h - the options of distill-gen.
#ifndef TEACHER_GEN_OPTIONS_H
#define TEACHER_GEN_OPTIONS_H

#include "datasets/sampling_options.h"

typedef struct gen_options {
    distill_common_options common;
    const char *teacher;
    const char *prompts;
    const char *output;
    bool overwrite;
    size_t n;
    size_t logprobs;
    sampling_options sampling;
    const char *prompt_field;
    const char *answer_field;
    const char *id_field;
} gen_options;

extern const distill_program GEN_PROGRAM;

#endif
