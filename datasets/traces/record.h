// datasets/traces/record.h - a trace: a prompt, a reply to it, and their metadata.
//
// TRACE_COLUMN_LIST is the only list of a trace's columns. The fields of trace_record, the datasets
// of a shard, the journal's frames and the JSON lines all expand from it or loop over it
// (trace_columns.h), so that a new column is a new row here, and code that fills or uses it.
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
    X(CODE_BLOCK, 10, "code_block", "the reply contains code blocks")                              \
    X(TOO_SHORT, 11, "too_short", "fewer tokens than --min-tokens")                                \
    X(TOO_LONG, 12, "too_long", "more tokens than --max-tokens")                                   \
    X(DUPLICATE, 13, "duplicate", "the same reply to the same prompt was already kept")            \
    X(CONTAMINATED, 14, "contaminated", "the prompt overlaps with a benchmark")                    \
    X(PASS_RATE, 15, "pass_rate", "the prompt is too easy or too hard")                            \
    X(NOT_SELECTED, 16, "not_selected", "another reply to the prompt was chosen")                  \
    X(ENCODING, 17, "encoding", "invalid UTF-8 or control characters")                             \
    X(EMPTY, 18, "empty", "the reply has no text")                                                 \
    X(REFUSAL, 19, "refusal", "the reply declines to answer")                                      \
    X(NEAR_DUPLICATE, 20, "near_duplicate", "a near duplicate of a trace that was kept")           \
    X(DOMAIN_CAP, 21, "domain_cap", "the domain has more traces than --max-per-domain")            \
    X(MIX, 22, "mix", "the domain has more traces than --mix allows")                              \
    X(NO_REFERENCE, 23, "no_reference", "no reference answer and no tests to compare with")        \
    X(BAD_REFERENCE, 24, "bad_reference", "the reference answer is a placeholder, such as proof")

typedef enum trace_reason {
#define TRACE_REASON_ENUM(name, value, key, sentence) TRACE_##name = value,
    TRACE_REASON_LIST(TRACE_REASON_ENUM)
#undef TRACE_REASON_ENUM
} trace_reason;

/// "wrong", "truncated", …: the names used in shards, tables and reports.
const char *trace_reason_name(trace_reason reason);
/// The sentence, for output that a person reads.
const char *trace_reason_text(trace_reason reason);

// clang-format off
/// The columns of a trace. NAME is for enumerations; the field's name is also the JSON key.
///   TEXT    NAME, field, part,                                    path   a text
///   NUMBER  NAME, field, part, C type, stored type, frame byte,   path   a number for each trace
///   COUNT   NAME, field, part,                                    path   the number of tokens
///   VALUES  NAME, field, part, C type, stored type, shape,        path   PER_TOKEN: array [tokens];
///                                                                        PER_TOPK: [tokens, K]
/// part         ALWAYS, or what a trace may lack: trace_part (trace_columns.h)
/// stored type  trace_type (trace_columns.h)
/// frame byte   place among the numbers of a journal frame (trace_frame.c)
/// path         below /traces of a shard: a dataset or, for a text, a group (docs/formats.md)
/// The order is that of JSON members (the verdict last), of arrays and texts in a frame, and of the
/// datasets in a shard. A new row changes the frames, which then need a new journal_kind; a new
/// text comes last, so that frames of older kinds can still be read.
#define TRACE_COLUMN_LIST(TEXT, NUMBER, COUNT, VALUES)                                                         \
    TEXT(  ID,              id,              ALWAYS,                                     "id")                 \
    NUMBER(SAMPLE,          sample,          ALWAYS,   int32_t,      INT32,   0,         "sample")             \
    TEXT(  PROMPT,          prompt,          ALWAYS,                                     "prompt")             \
    TEXT(  RESPONSE,        response,        ALWAYS,                                     "response")           \
    TEXT(  ANSWER,          answer,          ALWAYS,                                     "answer")             \
    TEXT(  DOMAIN,          domain,          ALWAYS,                                     "domain")             \
    TEXT(  LANGUAGE,        language,        ALWAYS,                                     "language")           \
    NUMBER(FINISH,          finish,          ALWAYS,   trace_finish, FINISH,  12,        "finish")             \
    NUMBER(PROMPT_TOKENS,   prompt_tokens,   ALWAYS,   int32_t,      INT32,   4,         "prompt_tokens")      \
    NUMBER(RESPONSE_TOKENS, response_tokens, ALWAYS,   int32_t,      INT32,   8,         "response_tokens")    \
    COUNT( TOKEN_COUNT,     token_count,     TOKENS,                                     "tokens/offsets")     \
    VALUES(TOKEN_IDS,       token_ids,       TOKENS,   int32_t,      INT32,   PER_TOKEN, "tokens/ids")         \
    VALUES(LOGPROBS,        logprobs,        LOGPROBS, float,        FLOAT32, PER_TOKEN, "tokens/logprobs")    \
    VALUES(TOPK_IDS,        topk_ids,        TOPK,     int32_t,      INT32,   PER_TOPK,  "topk/ids")           \
    VALUES(TOPK_LOGPROBS,   topk_logprobs,   TOPK,     uint16_t,     FLOAT16, PER_TOPK,  "topk/logprobs")      \
    NUMBER(CORRECT,         correct,         VERDICT,  int8_t,       VERDICT, 15,        "verdict/correct")    \
    TEXT(  EXTRACTED,       extracted,       VERDICT,                                    "verdict/extracted")  \
    NUMBER(REASON,          reason,          VERDICT,  trace_reason, REASON,  14,        "verdict/reason")     \
    TEXT(  ERROR,           error,           ERROR,                                      "error")              \
    TEXT(  TESTS,           tests,           TESTS,                                      "tests")              \
    TEXT(  MESSAGES,        messages,        MESSAGES,                                   "messages")           \
    TEXT(  EXTRA,           extra,           EXTRA,                                      "extra")
// clang-format on

/// One field for each column. Spans and arrays are borrowed from the code that fills the record.
///   answer     the reference answer; "" = none
///   tests      of a programming problem, JSON (datasets/verify/code/code_tests.h); "" = none
///   error      why the teacher failed, or why the reply is empty; "" = neither, or unknown
///   messages   the whole conversation before the reply as a JSON array (conversation_json.h), where
///              it is more than one message of the user, whose text is `prompt`; "" otherwise
///   extra      JSON object of the prompt's other fields (source, level, …, tools,
///              chat_template_kwargs); "" = none
///   prompt_tokens, response_tokens   0 = unknown
///   token_ids, logprobs, topk_ids, topk_logprobs   NULL if the teacher gave none; the last is in halves
///   correct    1, 0, or -1 for unknown; `extracted` is the answer that was found in the reply
typedef struct trace_record {
#define TRACE_TEXT_FIELD(name, field, part, path) distill_span field;
#define TRACE_NUMBER_FIELD(name, field, part, ctype, type, byte, path) ctype field;
#define TRACE_COUNT_FIELD(name, field, part, path) size_t field;
#define TRACE_VALUES_FIELD(name, field, part, ctype, type, shape, path) const ctype *field;
    TRACE_COLUMN_LIST(TRACE_TEXT_FIELD, TRACE_NUMBER_FIELD, TRACE_COUNT_FIELD, TRACE_VALUES_FIELD)
#undef TRACE_TEXT_FIELD
#undef TRACE_NUMBER_FIELD
#undef TRACE_COUNT_FIELD
#undef TRACE_VALUES_FIELD
    size_t topk; // K: values a token of the topk columns; 0 = none
    bool has_verdict;
} trace_record;

/// What a trace may hold: bytes of a text, tokens of the reply, K. Larger traces are refused when
/// they are written and when they are read, so that a length in a file cannot make a program
/// allocate more.
#define TRACE_MOST_TEXT_BYTES ((uint64_t)1 << 28)
#define TRACE_MOST_TOKENS ((uint64_t)1 << 26)
enum { TRACE_MOST_TOPK = 4096 };

#endif
