// datasets/traces/record.h - a trace: one prompt, one reply, what is known about it. Formats are drawn in
// docs/formats.md.
#ifndef DATASETS_TRACES_RECORD_H
#define DATASETS_TRACES_RECORD_H

#include "distill/base/text.h"

/// How a reply ended. Values are stored in shards: never renumber, only append.
#define TRACE_FINISH_LIST(X)                                                                       \
    X(STOP, 0, "stop")     /* by itself, or at a stop string */                                    \
    X(LENGTH, 1, "length") /* at the token limit */                                                \
    X(ERROR, 2, "error")   /* the teacher failed; `error` says why */

typedef enum trace_finish {
#define TRACE_FINISH_ENUM(name, value, key) TRACE_FINISH_##name = value,
    TRACE_FINISH_LIST(TRACE_FINISH_ENUM)
#undef TRACE_FINISH_ENUM
} trace_finish;

/// "stop", "length", "error": the names used in shards and JSON; "?" for another value.
const char *trace_finish_name(trace_finish finish);

/// Why a trace was not kept. Values are stored in shards: never renumber, only append.
#define TRACE_REASON_LIST(X)                                                                       \
    X(KEPT, 0, "kept", "kept")                                                                     \
    X(WRONG, 1, "wrong", "the answer is not the reference answer")                                 \
    X(UNKNOWN, 2, "unknown", "the rules cannot decide whether the answer is right")                \
    X(NO_ANSWER, 3, "no_answer", "no answer was found in the reply")                               \
    X(TRUNCATED, 4, "truncated", "the reply ends at the token limit")                              \
    X(ERROR, 5, "error", "the teacher failed on this prompt")                                      \
    X(FORMAT, 6, "format", "the think part is missing, empty, nested, repeated or unclosed")       \
    X(LANGUAGE, 7, "language", "languages are mixed")                                              \
    X(REPETITION, 8, "repetition", "the reply repeats itself")                                     \
    X(PARAGRAPH, 9, "paragraph", "a paragraph is too long")                                        \
    X(CODE_BLOCK, 10, "code_block", "the reply holds code blocks")                                 \
    X(TOO_SHORT, 11, "too_short", "fewer tokens than --min-tokens")                                \
    X(TOO_LONG, 12, "too_long", "more tokens than --max-tokens")                                   \
    X(DUPLICATE, 13, "duplicate", "the same reply to the same prompt was already kept")            \
    X(CONTAMINATED, 14, "contaminated", "the prompt overlaps with a benchmark")                    \
    X(PASS_RATE, 15, "pass_rate", "the prompt is too easy or too hard")                            \
    X(NOT_SELECTED, 16, "not_selected", "another reply to the prompt was chosen")                  \
    X(ENCODING, 17, "encoding", "broken UTF-8 or control characters")                              \
    X(EMPTY, 18, "empty", "the reply has no text")                                                 \
    X(REFUSAL, 19, "refusal", "the reply declines to answer")                                      \
    X(NEAR_DUPLICATE, 20, "near_duplicate", "almost the same as a trace that was kept")            \
    X(DOMAIN_CAP, 21, "domain_cap", "the domain has more traces than --max-per-domain")            \
    X(MIX, 22, "mix", "more of the domain than --mix asks for")

typedef enum trace_reason {
#define TRACE_REASON_ENUM(name, value, key, sentence) TRACE_##name = value,
    TRACE_REASON_LIST(TRACE_REASON_ENUM)
#undef TRACE_REASON_ENUM
} trace_reason;

/// "wrong", "truncated", …: the names used in shards, tables and reports.
const char *trace_reason_name(trace_reason reason);
/// The sentence for people.
const char *trace_reason_text(trace_reason reason);

/// What a trace may hold at most: bytes of a text, tokens of the reply. Refused when written, and when
/// read: no length in a file decides about memory.
#define TRACE_MOST_TEXT_BYTES ((uint64_t)1 << 28)
#define TRACE_MOST_TOKENS ((uint64_t)1 << 26)

/// Spans and arrays are borrowed from whoever filled the record.
typedef struct trace_record {
    distill_span id, prompt, response, answer, domain, language;
    distill_span
        tests; // of a programming problem, JSON (datasets/verify/code/code_tests.h); "" = none
    distill_span error; // why the teacher failed on it; empty = it did not, or nobody says
    int32_t sample;
    trace_finish finish;
    int32_t prompt_tokens, response_tokens;
    const int32_t *token_ids; // NULL if the teacher gave none
    const float *logprobs;    // NULL likewise
    size_t token_count;
    size_t topk; // K, 0 = none
    const int32_t *topk_ids;
    const uint16_t *topk_logprobs; // IEEE half
    bool has_verdict;
    int8_t correct; // 1, 0, -1 unknown
    distill_span extracted;
    trace_reason reason;
} trace_record;

/// Errors  LIMIT naming the text that is too long.
distill_status trace_record_check(const trace_record *record) DISTILL_MUST_CHECK;

#endif
