// teacher/gen_options.h - the options of distill-gen.
#ifndef TEACHER_GEN_OPTIONS_H
#define TEACHER_GEN_OPTIONS_H

#include "distill/base/options.h"

typedef struct gen_options {
    distill_common_options common;
    const char *teacher;
    const char *prompts;
    const char *output;
    bool overwrite;
    size_t n;
    double temperature;
    double top_p;
    size_t top_k;
    double min_p;
    size_t max_tokens;
    distill_string_list stop;
    size_t logprobs;
    const char *system;
    const char *prompt_template;
    const char *think_prefix;
    const char *chat_template;
    size_t batch_size;
    size_t shard_traces;
    int compression_level;
    const char *prompt_field;
    const char *answer_field;
    const char *id_field;
} gen_options;

extern const distill_program GEN_PROGRAM;

#endif
