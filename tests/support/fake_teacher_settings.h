// tests/support/fake_teacher_settings.h - what the fake teacher was told on its command line.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_SETTINGS_H
#define TESTS_SUPPORT_FAKE_TEACHER_SETTINGS_H

#include "distill/base/options/options.h"
#include "tests/support/fake_teacher_fault.h"

typedef struct fake_settings {
    distill_common_options common;
    int port;
    const char *port_file, *log, *key_env, *model, *away, *tls, *tls_ca;
    const char *reasoning; // inline|reasoning_content|reasoning|open
    const char *many;      // all|refuse|one: what n > 1 gets
    const char *logprobs;  // yes|refuse|ignore
    const char *usage;     // yes|no
    bool judge, list_faults, strict, ignore_stream;
    size_t reply_tokens, tokens_an_event, context;
    size_t latency_ms, event_ms;
    size_t die_after, dead_for_ms, requests_a_minute;
    size_t life_s;
    distill_string_list fault_rules;
    const char *key; // from the environment
    fake_faults faults;
} fake_settings;

#endif
