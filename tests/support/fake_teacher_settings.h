// tests/support/fake_teacher_settings.h - the command line of the fake teacher.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_SETTINGS_H
#define TESTS_SUPPORT_FAKE_TEACHER_SETTINGS_H

#include "distill/base/options/options.h"
#include "tests/support/fake_teacher_fault.h"
#include "tests/support/fake_teacher_tls.h"

/// The field of the response that contains the thought.
typedef enum fake_reasoning {
    FAKE_REASONING_INLINE, // the content, with tags
    FAKE_REASONING_FIELD,  // "reasoning_content"
    FAKE_REASONING_SHORT,  // "reasoning"
    FAKE_REASONING_OPEN,   // the content, without the opening tag
    FAKE_REASONING_DETAILS // "reasoning_details", a list of parts
} fake_reasoning;
#define FAKE_REASONING_CHOICES "inline|reasoning_content|reasoning|open|details"

/// The response to a request for n > 1 replies.
typedef enum fake_many { FAKE_MANY_ALL, FAKE_MANY_REFUSE, FAKE_MANY_ONE } fake_many;
#define FAKE_MANY_CHOICES "all|refuse|one"

/// The response to a request for log-probabilities.
typedef enum fake_logprobs {
    FAKE_LOGPROBS_YES,
    FAKE_LOGPROBS_REFUSE,
    FAKE_LOGPROBS_IGNORE,
    FAKE_LOGPROBS_IDS // with a member "id", as by llama.cpp
} fake_logprobs;
#define FAKE_LOGPROBS_CHOICES "yes|refuse|ignore|ids"

/// each: after the end of each choice, as by llama.cpp; running: in every event, and at the end.
typedef enum fake_usage {
    FAKE_USAGE_YES,
    FAKE_USAGE_NO,
    FAKE_USAGE_EACH,
    FAKE_USAGE_RUNNING
} fake_usage;
#define FAKE_USAGE_CHOICES "yes|no|each|running"

typedef enum fake_connections {
    FAKE_CONNECTIONS_KEPT,
    FAKE_CONNECTIONS_CLOSED,
    FAKE_CONNECTIONS_HTTP10
} fake_connections;
#define FAKE_CONNECTIONS_CHOICES "keep|close|http10"

typedef struct fake_settings {
    distill_common_options common;
    int port;
    const char *port_file, *log, *key_env, *model, *away, *tls_ca, *server_header;
    fake_connections connections;
    bool props;
    fake_tls tls;
    fake_reasoning reasoning;
    fake_many many;
    fake_logprobs logprobs;
    fake_usage usage;
    bool judge, list_faults, strict, ignore_stream;
    size_t reply_tokens, event_tokens, context;
    size_t latency_ms, event_ms;
    size_t die_after, dead_for_ms, requests_per_minute;
    size_t life_s;
    distill_string_list fault_rules;
    const char *key; // from the environment
    fake_faults faults;
} fake_settings;

#endif
