// datasets/sample/served_options.h - the options of OpenAI-compatible servers, for every program
// that uses one.
//
//     static const distill_option ROWS[] = {SERVED_ROWS(offsetof(gen_options, served)),
//                                           DISTILL_COMMON_ROWS};
//     TRY(served_options_open(&generator, &options->served, urls, url_count, model));
//
// The API key comes from an environment variable alone, so that it appears neither in the process
// list nor in the settings of an output.
#ifndef DATASETS_SAMPLE_SERVED_OPTIONS_H
#define DATASETS_SAMPLE_SERVED_OPTIONS_H

#include "distill/base/options/options.h"
#include "distill/generate/generator.h"
#include "distill/text/chat/chat_template.h"

typedef struct served_options {
    const char *api_key_env; // NULL = OPENAI_API_KEY, which may be unset
    size_t concurrency, retries;
    double timeout_s, content_timeout_s, total_timeout_s; // the last two: 0 = no limit
    double requests_per_minute, tokens_per_minute;
    double price_in, price_out; // for a million tokens
} served_options;

#define SERVED_DEFAULTS                                                                            \
    {                                                                                              \
        .concurrency = 64, .retries = 8, .timeout_s = 600, .content_timeout_s = 1800               \
    }

/// True for http://… and https://…
bool served_is_url(const char *word);

/// Opens a generator on these servers.
/// Errors  USAGE if --api-key-env is not the name of a variable or names an unset one; those of
///         distill_client_open.
distill_status served_options_open(distill_generator **out, const served_options *options,
                                   const char *const *urls, size_t url_count,
                                   const char *model) DISTILL_MUST_CHECK;

/// Warns if an option of servers was given to a program that uses none.
void served_options_warn_unused(const served_options *options);

/// The chat template of a served model. "auto" leaves it to the server: *out is NULL, and replies
/// are chat completions. With any other choice, "none" included, prompts are rendered here and their
/// text is completed (base models).
/// Errors  USAGE for --chat-template-kwargs with "auto"; those of distill_chat_open.
distill_status served_options_chat(distill_chat **out,
                                   const distill_chat_options *options) DISTILL_MUST_CHECK;

/// Names of these options, for trace_store_settings.keys. They may differ between runs: none of
/// them changes a reply.
#define SERVED_FREE_KEYS                                                                           \
    "api-key-env", "concurrency", "retries", "timeout", "content-timeout", "total-timeout",        \
        "requests-per-minute", "tokens-per-minute", "price-in", "price-out"

#define SERVED_AT(base, field) ((base) + offsetof(served_options, field))
// clang-format off
#define SERVED_ROWS(base)                                                                          \
    {.section = "Servers (http:// and https:// addresses)"},                                       \
    {.name = "api-key-env", .type = DISTILL_OPT_STRING, .offset = SERVED_AT(base, api_key_env),    \
     .unit = "VAR",                                                                                \
     .help = "environment variable that holds the key (OPENAI_API_KEY if it is set)"},             \
    {.name = "concurrency", .type = DISTILL_OPT_SIZE, .offset = SERVED_AT(base, concurrency),      \
     .low = 1, .high = 65536, .unit = "N",                                                         \
     .aliases = "max-concurrent,max-concurrent-requests,num-concurrent",                           \
     .help = "requests in flight, all servers together"},                                          \
    {.name = "retries", .type = DISTILL_OPT_SIZE, .offset = SERVED_AT(base, retries),              \
     .low = 0, .high = 1000, .unit = "N", .aliases = "max-retries",                                \
     .help = "retries of a request before its sample is recorded as failed"},                      \
    {.name = "timeout", .type = DISTILL_OPT_REAL, .offset = SERVED_AT(base, timeout_s),            \
     .low = 0.1, .high = 1e6, .unit = "S", .aliases = "request-timeout",                           \
     .help = "seconds without a byte after which a request fails"},                                \
    {.name = "content-timeout", .type = DISTILL_OPT_REAL,                                          \
     .offset = SERVED_AT(base, content_timeout_s), .low = 0, .high = 1e6, .unit = "S",             \
     .help = "seconds without a token after which a request fails, though comments arrive; 0 is "  \
             "off"},                                                                               \
    {.name = "total-timeout", .type = DISTILL_OPT_REAL,                                            \
     .offset = SERVED_AT(base, total_timeout_s), .low = 0, .high = 1e6, .unit = "S",               \
     .help = "seconds that a request may take in all; 0 is off"},                                  \
    {.name = "requests-per-minute", .type = DISTILL_OPT_REAL,                                      \
     .offset = SERVED_AT(base, requests_per_minute), .low = 0, .high = 1e9, .unit = "N",           \
     .aliases = "max-requests-per-minute", .help = "most requests a minute; 0 is off"},            \
    {.name = "tokens-per-minute", .type = DISTILL_OPT_REAL,                                        \
     .offset = SERVED_AT(base, tokens_per_minute), .low = 0, .high = 1e12, .unit = "N",            \
     .aliases = "max-tokens-per-minute",                                                           \
     .help = "most tokens a minute, of prompts and replies; 0 is off"},                            \
    {.name = "price-in", .type = DISTILL_OPT_REAL, .offset = SERVED_AT(base, price_in),            \
     .low = 0, .high = 1e9, .unit = "F", .help = "dollars a million tokens of prompts"},           \
    {.name = "price-out", .type = DISTILL_OPT_REAL, .offset = SERVED_AT(base, price_out),          \
     .low = 0, .high = 1e9, .unit = "F", .help = "dollars a million tokens of replies"}
// clang-format on

#endif
