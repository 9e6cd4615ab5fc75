// datasets/traces/shard/shard_layout.h - the datasets of a shard, once, for writer and reader.
//
// A shard of n traces (drawn in full in docs/formats.md):
//   1. /traces/NAME/{bytes,offsets}   a text: uint8[all bytes], uint64[n+1]; row i is
//                                     bytes[offsets[i] … offsets[i+1])
//   2. /traces/NAME                   a value a trace, [n]
//   3. /traces/tokens/…, topk/…       a value a token, [offsets[n]]; row i as in tokens/offsets
// Private to the shard files.
#ifndef DATASETS_TRACES_SHARD_SHARD_LAYOUT_H
#define DATASETS_TRACES_SHARD_SHARD_LAYOUT_H

#include "datasets/traces/record.h"

#include <hdf5.h>

/// Element types; all little endian.
typedef enum shard_type {
    SHARD_UINT8,
    SHARD_INT8,
    SHARD_INT32,
    SHARD_UINT64,
    SHARD_FLOAT32,
    SHARD_FLOAT16,
    SHARD_FINISH, // uint8 enum: stop, length, error
    SHARD_REASON  // uint8 enum: TRACE_REASON_LIST
} shard_type;

/// What a dataset's rows are.
typedef enum shard_rows {
    SHARD_PER_BYTE,   // bytes of a text
    SHARD_PER_OFFSET, // n + 1
    SHARD_PER_TRACE,  // n
    SHARD_PER_TOKEN,  // tokens of all traces
    SHARD_PER_TOPK    // likewise, K values each
} shard_rows;

/// Parts that a shard may lack; bits.
enum {
    SHARD_ALWAYS = 0,
    SHARD_TOKENS = 1,
    SHARD_LOGPROBS = 2,
    SHARD_TOPK = 4,
    SHARD_VERDICT = 8,
    SHARD_ERROR = 16,
    SHARD_TESTS = 32
};

#define SHARD_TEXT_LIST(X)                                                                         \
    X(ID, id, SHARD_ALWAYS, "/traces/id")                                                          \
    X(PROMPT, prompt, SHARD_ALWAYS, "/traces/prompt")                                              \
    X(RESPONSE, response, SHARD_ALWAYS, "/traces/response")                                        \
    X(ANSWER, answer, SHARD_ALWAYS, "/traces/answer")                                              \
    X(DOMAIN, domain, SHARD_ALWAYS, "/traces/domain")                                              \
    X(LANGUAGE, language, SHARD_ALWAYS, "/traces/language")                                        \
    X(EXTRACTED, extracted, SHARD_VERDICT, "/traces/verdict/extracted")                            \
    X(ERROR, error, SHARD_ERROR, "/traces/error")                                                  \
    X(TESTS, tests, SHARD_TESTS, "/traces/tests")

#define SHARD_VALUE_LIST(X)                                                                        \
    X(SAMPLE, SHARD_INT32, SHARD_PER_TRACE, SHARD_ALWAYS, "/traces/sample")                        \
    X(FINISH, SHARD_FINISH, SHARD_PER_TRACE, SHARD_ALWAYS, "/traces/finish")                       \
    X(PROMPT_TOKENS, SHARD_INT32, SHARD_PER_TRACE, SHARD_ALWAYS, "/traces/prompt_tokens")          \
    X(RESPONSE_TOKENS, SHARD_INT32, SHARD_PER_TRACE, SHARD_ALWAYS, "/traces/response_tokens")      \
    X(TOKEN_OFFSETS, SHARD_UINT64, SHARD_PER_OFFSET, SHARD_TOKENS, "/traces/tokens/offsets")       \
    X(TOKEN_IDS, SHARD_INT32, SHARD_PER_TOKEN, SHARD_TOKENS, "/traces/tokens/ids")                 \
    X(LOGPROBS, SHARD_FLOAT32, SHARD_PER_TOKEN, SHARD_LOGPROBS, "/traces/tokens/logprobs")         \
    X(TOPK_IDS, SHARD_INT32, SHARD_PER_TOPK, SHARD_TOPK, "/traces/topk/ids")                       \
    X(TOPK_LOGPROBS, SHARD_FLOAT16, SHARD_PER_TOPK, SHARD_TOPK, "/traces/topk/logprobs")           \
    X(CORRECT, SHARD_INT8, SHARD_PER_TRACE, SHARD_VERDICT, "/traces/verdict/correct")              \
    X(REASON, SHARD_REASON, SHARD_PER_TRACE, SHARD_VERDICT, "/traces/verdict/reason")

/// Datasets by number: first two for each text (bytes, offsets), then the values.
typedef enum shard_dataset {
#define SHARD_TEXT_ENUM(name, field, part, path) SHARD_##name##_BYTES, SHARD_##name##_OFFSETS,
    SHARD_TEXT_LIST(SHARD_TEXT_ENUM)
#undef SHARD_TEXT_ENUM
#define SHARD_VALUE_ENUM(name, type, rows, part, path) SHARD_##name##_VALUES,
        SHARD_VALUE_LIST(SHARD_VALUE_ENUM)
#undef SHARD_VALUE_ENUM
            SHARD_DATASETS
} shard_dataset;

enum { SHARD_TEXTS = SHARD_SAMPLE_VALUES / 2 };

typedef struct shard_column {
    const char *path;
    shard_type type;
    shard_rows rows;
    unsigned part; // 0, or the part it belongs to
} shard_column;

extern const shard_column SHARD_COLUMNS[SHARD_DATASETS];

/// Bytes of one element.
size_t shard_type_size(shard_type type);
/// "int32", "uint8 enum", …: for messages.
const char *shard_type_name(shard_type type);
/// The HDF5 type, to be closed by the caller; negative on failure.
hid_t shard_type_create(shard_type type);
/// Is the type of a dataset in a file this one? An enum may lack newer names, or be a plain uint8.
bool shard_type_fits(shard_type type, hid_t found);

#endif
