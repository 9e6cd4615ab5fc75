// distill/text/chat/chat_options.h - the options of chat templates, for every program that renders.
//
//     typedef struct gen_options {
//         distill_common_options common;
//         distill_chat_options chat; // for distill_chat_open
//     } gen_options;
//     static const distill_option ROWS[] = {DISTILL_CHAT_ROWS(offsetof(gen_options, chat)),
//                                           DISTILL_COMMON_ROWS};
#ifndef DISTILL_TEXT_CHAT_CHAT_OPTIONS_H
#define DISTILL_TEXT_CHAT_CHAT_OPTIONS_H

#include "distill/base/options/options.h"

typedef struct distill_chat_options {
    const char *chat_template; // "auto": the checkpoint's own; a name; or a file
    const char *kwargs;        // JSON object of variables; NULL = none
    const char *now;           // "YYYY-MM-DD" of strftime_now; NULL = today
} distill_chat_options;

#define DISTILL_CHAT_DEFAULTS                                                                      \
    {                                                                                              \
        .chat_template = "auto"                                                                    \
    }

#define DISTILL_CHAT_AT(base, field) ((base) + offsetof(distill_chat_options, field))
// clang-format off
#define DISTILL_CHAT_ROWS(base)                                                                    \
    {.name = "chat-template", .type = DISTILL_OPT_STRING,                                          \
     .offset = DISTILL_CHAT_AT(base, chat_template), .unit = "NAME|FILE",                          \
     .help = "form of the conversation: auto (the checkpoint's own template), chatml, qwen3, "     \
             "qwq, llama3, deepseek-r1, r1-zero, none, or a Jinja file"},                          \
    {.name = "chat-template-kwargs", .type = DISTILL_OPT_STRING,                                   \
     .offset = DISTILL_CHAT_AT(base, kwargs), .unit = "JSON",                                      \
     .help = "variables of the chat template, such as {\"enable_thinking\": false}"},              \
    {.name = "now", .type = DISTILL_OPT_STRING, .offset = DISTILL_CHAT_AT(base, now),              \
     .unit = "YYYY-MM-DD",                                                                         \
     .help = "date for chat templates that write it; by default the day of the first start"}
// clang-format on

#endif
