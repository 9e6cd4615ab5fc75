// datasets/traces/trace_columns.h - the columns of a trace as a table, and access to any column of
// a record.
//
//     for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++)
//         if (TRACE_COLUMNS[i].shape == TRACE_TEXT)
//             use(TRACE_COLUMNS[i].name, trace_column_text(&record, &TRACE_COLUMNS[i]));
//
// For code that treats all columns alike: shards, journal frames, JSON lines. Other code uses the
// fields of trace_record (record.h), which holds the list that the table expands.
#ifndef DATASETS_TRACES_TRACE_COLUMNS_H
#define DATASETS_TRACES_TRACE_COLUMNS_H

#include "datasets/traces/record.h"

typedef enum trace_shape {
    TRACE_TEXT,      // a distill_span
    TRACE_NUMBER,    // one value a trace
    TRACE_COUNT,     // the number of tokens, a size_t
    TRACE_PER_TOKEN, // an array [tokens]
    TRACE_PER_TOPK   // an array [tokens, K]
} trace_shape;

/// How a value is stored, little endian.
typedef enum trace_type {
    TRACE_TYPE_INT32,
    TRACE_TYPE_FLOAT32,
    TRACE_TYPE_FLOAT16,
    TRACE_TYPE_VERDICT, // int8: 1 right, 0 wrong, -1 unknown
    TRACE_TYPE_FINISH,  // uint8: trace_finish
    TRACE_TYPE_REASON,  // uint8: trace_reason
    TRACE_TYPE_BYTE,    // uint8: of a text
    TRACE_TYPE_OFFSET   // uint64: where a text, or the tokens of a trace, begin
} trace_type;

/// Parts that a trace, or a whole shard, may lack. Those of arrays and the verdict are the flags of
/// a journal frame, which has a byte for them.
typedef enum trace_part {
    TRACE_PART_ALWAYS = 0,
    TRACE_PART_TOKENS = 1,
    TRACE_PART_LOGPROBS = 2, // only with tokens
    TRACE_PART_TOPK = 4,     // only with tokens
    TRACE_PART_VERDICT = 8,
    TRACE_PART_ERROR = 16,
    TRACE_PART_TESTS = 32,
    TRACE_PART_MESSAGES = 64,
    TRACE_PART_EXTRA = 128
} trace_part;

typedef struct trace_column {
    const char *name; // of the field, and in JSON
    const char *path; // in a shard
    trace_shape shape;
    trace_type type;
    trace_part part;
    size_t offset;     // of the field in trace_record
    size_t frame_byte; // of a number: its place in a frame's numbers
} trace_column;

typedef enum trace_column_number {
#define TRACE_COLUMN_ENUM(name, ...) TRACE_COLUMN_##name,
    TRACE_COLUMN_LIST(TRACE_COLUMN_ENUM, TRACE_COLUMN_ENUM, TRACE_COLUMN_ENUM, TRACE_COLUMN_ENUM)
#undef TRACE_COLUMN_ENUM
        TRACE_COLUMN_COUNT
} trace_column_number;

enum {
#define TRACE_ONE_MORE(...) +1
#define TRACE_NO_MORE(...)
    TRACE_TEXT_COUNT =
        0 TRACE_COLUMN_LIST(TRACE_ONE_MORE, TRACE_NO_MORE, TRACE_NO_MORE, TRACE_NO_MORE)
#undef TRACE_ONE_MORE
#undef TRACE_NO_MORE
};

extern const trace_column TRACE_COLUMNS[TRACE_COLUMN_COUNT];

/// Bytes of a stored value.
size_t trace_type_size(trace_type type);
/// The stored value of a row that has none: NaN, unknown, or 0; static memory.
const void *trace_type_absent(trace_type type);

/// True for TRACE_PER_TOKEN and TRACE_PER_TOPK.
bool trace_column_is_array(const trace_column *column);
/// True for texts that are JSON values, which stand unquoted in JSON lines.
bool trace_column_is_json(const trace_column *column);
/// The parts that a record has, as bits.
unsigned trace_record_parts(const trace_record *record);

/// Errors  LIMIT if a text is longer than TRACE_MOST_TEXT_BYTES, or the tokens are more than
///         TRACE_MOST_TOKENS.
distill_status trace_record_check(const trace_record *record) DISTILL_MUST_CHECK;

/// The text of a TRACE_TEXT column.
distill_span trace_column_text(const trace_record *record, const trace_column *column);
void trace_column_set_text(trace_record *record, const trace_column *column, distill_span text);
/// Copies the value of a TRACE_NUMBER column to `stored`, as it is stored; and back.
void trace_column_store(void *stored, const trace_record *record, const trace_column *column);
void trace_column_load(trace_record *record, const trace_column *column, const void *stored);
/// The array of a column; NULL if the record has none.
const void *trace_column_values(const trace_record *record, const trace_column *column);
void trace_column_set_values(trace_record *record, const trace_column *column, const void *values);

#endif
