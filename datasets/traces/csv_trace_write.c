// datasets/traces/csv_trace_write.c - loops over TRACE_COLUMNS, so that a new column of a text or a
// number is written without a change here.
//
// A cell is quoted if it holds a comma, a quote or a line end.
#include "datasets/traces/csv_trace_write.h"

#include "datasets/traces/trace_columns.h"

#include <string.h>

static bool has_cell(const trace_column *column)
{
    return column->shape == TRACE_TEXT || column->shape == TRACE_NUMBER;
}

distill_status csv_trace_write_names(distill_text *out)
{
    distill_status status = DISTILL_OK;
    bool any = false;
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        if (!has_cell(&TRACE_COLUMNS[i]))
            continue;
        TRY(distill_text_printf(out, "%s%s", any ? "," : "", TRACE_COLUMNS[i].name));
        any = true;
    }
    TRY(distill_text_add_char(out, '\n'));
done:
    return status;
}

static distill_status add_text(distill_text *out, distill_span text)
{
    distill_status status = DISTILL_OK;
    bool quoted = false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        quoted = quoted || c == ',' || c == '"' || c == '\r' || c == '\n';
    }
    if (!quoted)
        return distill_text_add_span(out, text);
    TRY(distill_text_add_char(out, '"'));
    for (const char *quote;
         (quote = memchr(text.bytes, '"', text.length)) != NULL;) { // a quote is written twice
        size_t length = (size_t)(quote - text.bytes) + 1;
        TRY(distill_text_append(out, text.bytes, length));
        TRY(distill_text_add_char(out, '"'));
        text = (distill_span){text.bytes + length, text.length - length};
    }
    TRY(distill_text_add_span(out, text));
    TRY(distill_text_add_char(out, '"'));
done:
    return status;
}

static distill_status add_number(distill_text *out, const trace_record *trace,
                                 const trace_column *column)
{
    union {
        int32_t integer;
        float real;
        int8_t verdict;
        uint8_t byte;
    } value = {0};
    if (column->type == TRACE_TYPE_FINISH)
        return distill_text_add(out, trace_finish_name(trace->finish));
    if (column->type == TRACE_TYPE_REASON)
        return distill_text_add(out, trace_reason_name(trace->reason));
    trace_column_store(&value, trace, column);
    if (column->type == TRACE_TYPE_FLOAT32)
        return distill_text_printf(out, "%.9g", (double)value.real);
    return distill_text_printf(out, "%d",
                               column->type == TRACE_TYPE_VERDICT ? value.verdict : value.integer);
}

distill_status csv_trace_write(distill_text *out, const trace_record *trace)
{
    distill_status status = DISTILL_OK;
    unsigned parts = trace_record_parts(trace);
    bool any = false;
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        unsigned part = (unsigned)column->part;
        if (!has_cell(column))
            continue;
        if (any)
            TRY(distill_text_add_char(out, ','));
        any = true;
        if ((parts & part) != part)
            continue;
        if (column->shape == TRACE_TEXT)
            TRY(add_text(out, trace_column_text(trace, column)));
        else
            TRY(add_number(out, trace, column));
    }
    TRY(distill_text_add_char(out, '\n'));
done:
    return status;
}
