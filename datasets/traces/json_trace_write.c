// datasets/traces/json_trace_write.c - the texts and numbers of a record as members of an object.
//
// Loops over TRACE_COLUMNS, so that a new column of a text or a number is written without a change
// here. The members of the verdict come last.
//
// Limits: columns of values for each token are left out.
#include "datasets/traces/json_trace_write.h"

#include "datasets/traces/trace_columns.h"
#include "distill/base/json/json_writer.h"

static void add_correct(distill_json_writer *w, const char *key, int8_t correct)
{
    if (correct < 0)
        distill_json_add_null(w, key);
    else
        distill_json_add_bool(w, key, correct > 0);
}

static void add_number(distill_json_writer *w, const trace_column *column,
                       const trace_record *trace)
{
    union {
        int32_t integer;
        float real;
        int8_t verdict;
    } value = {0};
    switch (column->type) {
    case TRACE_TYPE_FINISH:
        distill_json_add_string(w, column->name, trace_finish_name(trace->finish));
        return;
    case TRACE_TYPE_REASON:
        distill_json_add_string(w, column->name, trace_reason_name(trace->reason));
        return;
    default:
        trace_column_store(&value, trace, column);
    }
    if (column->type == TRACE_TYPE_VERDICT)
        add_correct(w, column->name, value.verdict);
    else if (column->type == TRACE_TYPE_FLOAT32)
        distill_json_add_number(w, column->name, (double)value.real);
    else
        distill_json_add_int(w, column->name, value.integer);
}

typedef enum member_set { VERDICT_MEMBERS, OTHER_MEMBERS } member_set;

/// Adds the columns of `set` that the trace has.
static void add_columns(distill_json_writer *w, const trace_record *trace, member_set set)
{
    unsigned parts = trace_record_parts(trace);
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        unsigned part = (unsigned)column->part;
        if ((part == TRACE_PART_VERDICT) != (set == VERDICT_MEMBERS) || (parts & part) != part)
            continue;
        if (column->shape == TRACE_TEXT)
            distill_json_add_span(w, column->name, trace_column_text(trace, column));
        else if (column->shape == TRACE_NUMBER)
            add_number(w, column, trace);
    }
}

distill_status json_trace_write(distill_text *out, const trace_record *trace)
{
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    add_columns(&w, trace, OTHER_MEMBERS);
    add_columns(&w, trace, VERDICT_MEMBERS);
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}

static void add_message(distill_json_writer *w, const char *role, distill_span content)
{
    distill_json_begin_object(w, NULL);
    distill_json_add_string(w, "role", role);
    distill_json_add_span(w, "content", content);
    distill_json_end_object(w);
}

distill_status json_trace_write_messages(distill_text *out, const trace_record *trace)
{
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    distill_json_begin_array(&w, "messages");
    add_message(&w, "user", trace->prompt);
    add_message(&w, "assistant", trace->response);
    distill_json_end_array(&w);
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}
