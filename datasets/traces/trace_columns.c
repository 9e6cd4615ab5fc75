// datasets/traces/trace_columns.c - TRACE_COLUMN_LIST as a table; fields of a record by their
// offset.
//
// Each row of the table holds offsetof() its field, so that code can loop over the columns. Values
// keep the byte order of the machine, which must be little endian.
#include "datasets/traces/trace_columns.h"

#include <math.h>
#include <string.h>

const trace_column TRACE_COLUMNS[TRACE_COLUMN_COUNT] = {
#define FIELD(field) .name = #field, .offset = offsetof(trace_record, field)
#define TEXT_ROW(NAME, field, PART, where)                                                         \
    {FIELD(field), .path = "/traces/" where, .shape = TRACE_TEXT, .type = TRACE_TYPE_BYTE,         \
     .part = TRACE_PART_##PART},
#define NUMBER_ROW(NAME, field, PART, ctype, TYPE, byte, where)                                    \
    {FIELD(field),                                                                                 \
     .path = "/traces/" where,                                                                     \
     .shape = TRACE_NUMBER,                                                                        \
     .type = TRACE_TYPE_##TYPE,                                                                    \
     .part = TRACE_PART_##PART,                                                                    \
     .frame_byte = byte},
#define COUNT_ROW(NAME, field, PART, where)                                                        \
    {FIELD(field), .path = "/traces/" where, .shape = TRACE_COUNT, .type = TRACE_TYPE_OFFSET,      \
     .part = TRACE_PART_##PART},
#define VALUES_ROW(NAME, field, PART, ctype, TYPE, SHAPE, where)                                   \
    {FIELD(field), .path = "/traces/" where, .shape = TRACE_##SHAPE, .type = TRACE_TYPE_##TYPE,    \
     .part = TRACE_PART_##PART},
    TRACE_COLUMN_LIST(TEXT_ROW, NUMBER_ROW, COUNT_ROW, VALUES_ROW)
#undef TEXT_ROW
#undef NUMBER_ROW
#undef COUNT_ROW
#undef VALUES_ROW
#undef FIELD
};

size_t trace_type_size(trace_type type)
{
    static const size_t SIZES[] = {
        [TRACE_TYPE_INT32] = 4,   [TRACE_TYPE_FLOAT32] = 4, [TRACE_TYPE_FLOAT16] = 2,
        [TRACE_TYPE_VERDICT] = 1, [TRACE_TYPE_FINISH] = 1,  [TRACE_TYPE_REASON] = 1,
        [TRACE_TYPE_BYTE] = 1,    [TRACE_TYPE_OFFSET] = 8,
    };
    return SIZES[type];
}

const void *trace_type_absent(trace_type type)
{
    static const float nan = NAN;
    static const int8_t unknown = -1;
    static const uint64_t zero = 0;
    if (type == TRACE_TYPE_FLOAT32)
        return &nan;
    return type == TRACE_TYPE_VERDICT ? (const void *)&unknown : &zero;
}

static void *field_of(trace_record *record, const trace_column *column)
{
    return (char *)record + column->offset;
}

static const void *const_field_of(const trace_record *record, const trace_column *column)
{
    return (const char *)record + column->offset;
}

distill_span trace_column_text(const trace_record *record, const trace_column *column)
{
    return *(const distill_span *)const_field_of(record, column);
}

void trace_column_set_text(trace_record *record, const trace_column *column, distill_span text)
{
    *(distill_span *)field_of(record, column) = text;
}

void trace_column_store(void *stored, const trace_record *record, const trace_column *column)
{
    const void *field = const_field_of(record, column);
    if (column->type == TRACE_TYPE_FINISH)
        *(uint8_t *)stored = (uint8_t) * (const trace_finish *)field;
    else if (column->type == TRACE_TYPE_REASON)
        *(uint8_t *)stored = (uint8_t) * (const trace_reason *)field;
    else
        memcpy(stored, field, trace_type_size(column->type));
}

void trace_column_load(trace_record *record, const trace_column *column, const void *stored)
{
    void *field = field_of(record, column);
    if (column->type == TRACE_TYPE_FINISH)
        *(trace_finish *)field = (trace_finish) * (const uint8_t *)stored;
    else if (column->type == TRACE_TYPE_REASON)
        *(trace_reason *)field = (trace_reason) * (const uint8_t *)stored;
    else
        memcpy(field, stored, trace_type_size(column->type));
}

// A pointer is copied by its bytes, since the fields differ in type and all pointers have one form.

const void *trace_column_values(const trace_record *record, const trace_column *column)
{
    const void *values = NULL;
    memcpy(&values, const_field_of(record, column), sizeof values);
    return values;
}

void trace_column_set_values(trace_record *record, const trace_column *column, const void *values)
{
    memcpy(field_of(record, column), &values, sizeof values);
}

bool trace_column_is_array(const trace_column *column)
{
    return column->shape == TRACE_PER_TOKEN || column->shape == TRACE_PER_TOPK;
}

bool trace_column_is_json(const trace_column *column)
{
    return column->part == TRACE_PART_MESSAGES || column->part == TRACE_PART_EXTRA;
}

/// A record has an optional text if it is not empty, and a part of arrays if there are tokens and
/// none of the part's arrays is NULL.
unsigned trace_record_parts(const trace_record *record)
{
    unsigned parts = record->has_verdict ? TRACE_PART_VERDICT : 0, arrays = 0, missing = 0;
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        unsigned part = (unsigned)column->part;
        if (column->shape == TRACE_TEXT && part != TRACE_PART_VERDICT &&
            trace_column_text(record, column).length > 0)
            parts |= part;
        if (!trace_column_is_array(column))
            continue;
        arrays |= part;
        if (trace_column_values(record, column) == NULL ||
            (column->shape == TRACE_PER_TOPK && record->topk == 0))
            missing |= part;
    }
    if ((missing & TRACE_PART_TOKENS) != 0)
        return parts;
    return parts | (arrays & ~missing);
}

distill_status trace_record_check(const trace_record *record)
{
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        if (column->shape != TRACE_TEXT)
            continue;
        size_t length = trace_column_text(record, column).length;
        if (length > TRACE_MOST_TEXT_BYTES)
            return distill_fail(DISTILL_LIMIT,
                                "the %s of a trace has %zu bytes: more than %llu are not stored",
                                column->name, length, (unsigned long long)TRACE_MOST_TEXT_BYTES);
    }
    if (record->token_ids != NULL && record->token_count > TRACE_MOST_TOKENS)
        return distill_fail(DISTILL_LIMIT, "a trace of %zu tokens: more than %llu are not stored",
                            record->token_count, (unsigned long long)TRACE_MOST_TOKENS);
    return DISTILL_OK;
}
