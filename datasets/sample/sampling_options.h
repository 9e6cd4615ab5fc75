// datasets/sample/sampling_options.h - the options of sampling, for every program that samples.
//
//     typedef struct gen_options {
//         distill_common_options common;
//         sampling_options sampling;
//     } gen_options;
//     static const gen_options DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS,
//                                          .sampling = SAMPLING_DEFAULTS};
//     static const distill_option ROWS[] = {SAMPLING_ROWS(offsetof(gen_options, sampling)),
//                                           DISTILL_COMMON_ROWS};
#ifndef DATASETS_SAMPLE_SAMPLING_OPTIONS_H
#define DATASETS_SAMPLE_SAMPLING_OPTIONS_H

#include "datasets/sample/sampling.h"
#include "distill/base/options/options.h"
#include "distill/tensor/panel_matrix.h"
#include "distill/text/chat/chat_options.h"

typedef struct sampling_options {
    double temperature, top_p, min_p;
    size_t top_k, max_tokens;
    distill_string_list stop;
    const char *system, *prompt_template, *think_prefix;
    distill_chat_options chat;
    distill_weights weights;
    size_t batch_size; // 0 = chosen by the free memory
    size_t shard_traces;
    int compression_level;
} sampling_options;

/// Requests a boxed answer, as DeepSeek-R1's evaluation does.
#define PROMPT_TEMPLATE_DEFAULT                                                                    \
    "{prompt}\nPlease reason step by step, and put your final answer within \\boxed{}."

#define SAMPLING_DEFAULTS                                                                          \
    {                                                                                              \
        .temperature = 0.6, .top_p = 0.95, .max_tokens = 32768, .prompt_template = "auto",         \
        .chat = DISTILL_CHAT_DEFAULTS, .shard_traces = 10000, .compression_level = 3               \
    }

/// Errors  USAGE for an empty stop string and a prompt template without {prompt}.
distill_status sampling_options_check(const sampling_options *options) DISTILL_MUST_CHECK;

/// Sets *out to the prompt template: `given`, unless that is "auto"; else the `prompt_template` of
/// DIR/generation_config.json, the one that a student was trained with; else the default. `dir` may
/// be NULL (a server). Release with distill_free.
distill_status sampling_prompt_template(char **out, const char *given,
                                        const char *dir) DISTILL_MUST_CHECK;

/// The part of a job that the options describe. The caller sets prompts, generator, chat, samples,
/// seed and store.
sampling_job sampling_options_job(const sampling_options *options);

#define SAMPLING_AT(base, field) ((base) + offsetof(sampling_options, field))
// clang-format off
#define SAMPLING_ROWS(base)                                                                        \
    {.section = "Sampling"},                                                                       \
    {.name = "temperature", .letter = 't', .type = DISTILL_OPT_REAL,                               \
     .offset = SAMPLING_AT(base, temperature), .low = 0, .high = 100, .unit = "F",                 \
     .help = "softmax temperature; 0 takes the most probable token"},                              \
    {.name = "top-p", .type = DISTILL_OPT_REAL, .offset = SAMPLING_AT(base, top_p),                \
     .low = 1e-9, .high = 1, .unit = "F",                                                          \
     .help = "draw from the smallest set of tokens that has this probability; 1 is off"},          \
    {.name = "top-k", .type = DISTILL_OPT_SIZE, .offset = SAMPLING_AT(base, top_k),                \
     .low = 0, .high = 1 << 30, .unit = "N",                                                       \
     .help = "draw from the N most probable tokens; 0 is off"},                                    \
    {.name = "min-p", .type = DISTILL_OPT_REAL, .offset = SAMPLING_AT(base, min_p),                \
     .low = 0, .high = 1, .unit = "F",                                                             \
     .help = "leave out tokens less probable than F times the most probable one; 0 is off"},       \
    {.name = "max-tokens", .type = DISTILL_OPT_SIZE, .offset = SAMPLING_AT(base, max_tokens),      \
     .low = 1, .high = 1 << 28, .unit = "N",                                                       \
     .aliases = "max-new-tokens,max-completion-length,max-gen-toks,generation-size",               \
     .help = "longest reply; clipped to what the prompt leaves of the model's context"},           \
    {.name = "stop", .type = DISTILL_OPT_LIST, .offset = SAMPLING_AT(base, stop), .unit = "TEXT",  \
     .help = "end a reply before this text (repeatable)"},                                         \
    {.name = "batch-size", .type = DISTILL_OPT_SIZE, .offset = SAMPLING_AT(base, batch_size),      \
     .low = 0, .high = 1 << 16, .unit = "N", .aliases = "max-num-seqs",                            \
     .help = "sequences decoded together; 0 chooses by the free memory"},                          \
    {.name = "weights", .type = DISTILL_OPT_CHOICE, .offset = SAMPLING_AT(base, weights),          \
     .choices = "bf16|fp32|int8",                                                                  \
     .help = "how a local model's weights are stored in memory; int8 rounds activations too"},     \
    {.section = "Prompts"},                                                                        \
    {.name = "prompt-template", .type = DISTILL_OPT_STRING,                                        \
     .offset = SAMPLING_AT(base, prompt_template), .unit = "TEXT",                                 \
     .help = "the user's message, with {prompt} in it; '{prompt}' alone is the prompt as given; "  \
             "auto is the one that the checkpoint was trained with, or else '{prompt}' and a "     \
             "request to reason step by step and to box the answer"},                              \
    {.name = "system", .type = DISTILL_OPT_STRING, .offset = SAMPLING_AT(base, system),            \
     .unit = "TEXT", .aliases = "system-prompt,system-instruction",                                \
     .help = "system message for prompts that have none of their own"},                            \
    {.name = "think-prefix", .type = DISTILL_OPT_STRING,                                           \
     .offset = SAMPLING_AT(base, think_prefix), .unit = "TEXT", .aliases = "assistant-prefill",    \
     .help = "text every reply is forced to begin with, such as '<think>\\n'"},                    \
    DISTILL_CHAT_ROWS(SAMPLING_AT(base, chat)),                                                    \
    {.section = "Shards"},                                                                         \
    {.name = "shard-traces", .type = DISTILL_OPT_SIZE, .offset = SAMPLING_AT(base, shard_traces),  \
     .low = 1, .high = 1 << 30, .unit = "N", .help = "traces in a shard"},                         \
    {.name = "compression-level", .type = DISTILL_OPT_INT,                                         \
     .offset = SAMPLING_AT(base, compression_level), .low = 1, .high = 22, .unit = "N",            \
     .help = "zstd level of the shards"}
// clang-format on

#endif
