// datasets/traces/json_trace_write.c - the texts and numbers of a record as members of an object.
//
// Loops over TRACE_COLUMNS, so that a new column of a text or a number is written without a change
// here. The members of the verdict come last.
//
// Limits: columns of values for each token are left out.
#include "datasets/traces/json_trace_write.h"

#include "datasets/traces/trace_columns.h"
#include "distill/base/json/json_writer.h"

#include <stdio.h>

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

/// Adds a column that is JSON. It comes from a file, so it is parsed and not copied.
/// Errors  FORMAT with the id of the trace.
static distill_status add_json(distill_json_writer *w, const trace_record *trace,
                               const trace_column *column)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_span text = trace_column_text(trace, column);
    char name[200];
    snprintf(name, sizeof name, "%s of the trace %.*s", column->name,
             (int)(trace->id.length < 100 ? trace->id.length : 100), trace->id.bytes);
    TRY(distill_json_parse(&doc, text.bytes, text.length, name));
    distill_json_add_node(w, column->name, doc, distill_json_root(doc));
done:
    distill_json_free(doc);
    return status;
}

typedef enum member_set { VERDICT_MEMBERS, OTHER_MEMBERS } member_set;

/// Adds the columns of `set` that the trace has.
static distill_status add_columns(distill_json_writer *w, const trace_record *trace, member_set set)
{
    distill_status status = DISTILL_OK;
    unsigned parts = trace_record_parts(trace);
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        unsigned part = (unsigned)column->part;
        if ((part == TRACE_PART_VERDICT) != (set == VERDICT_MEMBERS) || (parts & part) != part)
            continue;
        if (column->shape == TRACE_TEXT && trace_column_is_json(column))
            TRY(add_json(w, trace, column));
        else if (column->shape == TRACE_TEXT)
            distill_json_add_span(w, column->name, trace_column_text(trace, column));
        else if (column->shape == TRACE_NUMBER)
            add_number(w, column, trace);
    }
done:
    return status;
}

distill_status json_trace_write(distill_text *out, const trace_record *trace)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    TRY(add_columns(&w, trace, OTHER_MEMBERS));
    TRY(add_columns(&w, trace, VERDICT_MEMBERS));
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
done:
    return status;
}

static void add_message(distill_json_writer *w, const char *role, distill_span content)
{
    distill_json_begin_object(w, NULL);
    distill_json_add_string(w, "role", role);
    distill_json_add_span(w, "content", content);
    distill_json_end_object(w);
}

/// Adds the conversation before the reply: the trace's messages, or its prompt alone.
static distill_status add_turns(distill_json_writer *w, const trace_record *trace)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    if (trace->messages.length == 0) {
        add_message(w, "user", trace->prompt);
        goto done;
    }
    TRY(distill_json_parse(&doc, trace->messages.bytes, trace->messages.length, "messages"));
    for (const distill_json_node *turn = distill_json_first(distill_json_root(doc)); turn != NULL;
         turn = distill_json_next(turn))
        distill_json_add_node(w, NULL, doc, turn);
done:
    distill_json_free(doc);
    return status;
}

/// Adds the member `tools` of the trace's other fields, which chat templates read.
static distill_status add_tools(distill_json_writer *w, const trace_record *trace)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    if (trace->extra.length == 0)
        goto done;
    TRY(distill_json_parse(&doc, trace->extra.bytes, trace->extra.length, "extra"));
    const distill_json_node *tools = distill_json_present(distill_json_root(doc), "tools");
    if (tools != NULL)
        distill_json_add_node(w, "tools", doc, tools);
done:
    distill_json_free(doc);
    return status;
}

distill_status json_trace_write_messages(distill_text *out, const trace_record *trace)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    distill_json_begin_array(&w, "messages");
    TRY(add_turns(&w, trace));
    add_message(&w, "assistant", trace->response);
    distill_json_end_array(&w);
    TRY(add_tools(&w, trace));
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
done:
    return status;
}
