// trace_digest DIR: prints the SHA-256 of the content of all traces of an output directory, which
// does not depend on its shards, settings and dates, and their number.
#include "datasets/traces/shard/trace_reader.h"
#include "datasets/traces/trace_columns.h"
#include "distill/base/sha256.h"

#include <stdio.h>

static distill_status add_column(distill_text *out, const trace_column *column,
                                 const trace_record *record)
{
    distill_status status = DISTILL_OK;
    char stored[8];
    size_t size = trace_type_size(column->type);
    size_t values = record->token_count * (column->shape == TRACE_PER_TOPK ? record->topk : 1);
    const void *array = NULL;
    switch (column->shape) {
    case TRACE_TEXT:
        TRY(distill_text_printf(out, "%zu:", trace_column_text(record, column).length));
        TRY(distill_text_add_span(out, trace_column_text(record, column)));
        break;
    case TRACE_NUMBER:
        trace_column_store(stored, record, column);
        TRY(distill_text_append(out, stored, size));
        break;
    case TRACE_COUNT:
        TRY(distill_text_printf(out, "%zu %zu ", record->token_count, record->topk));
        break;
    case TRACE_PER_TOKEN:
    case TRACE_PER_TOPK:
        array = trace_column_values(record, column);
        if (array != NULL)
            TRY(distill_text_append(out, array, values * size));
        break;
    }
done:
    return status;
}

static distill_status add_trace(distill_text *out, const trace_record *record)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++)
        TRY(add_column(out, &TRACE_COLUMNS[i], record));
done:
    return status;
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    distill_text all = {0};
    trace_reader *reader = NULL;
    char hex[DISTILL_SHA256_HEX];
    if (argc != 2)
        return 2;
    TRY(trace_reader_open(&reader, argv[1]));
    TRY(trace_reader_verify(reader));
    for (size_t i = 0; i < trace_reader_count(reader); i++) {
        trace_record record;
        TRY(trace_reader_read(reader, i, &record));
        TRY(add_trace(&all, &record));
    }
    TRY(distill_sha256_bytes(hex, all.bytes != NULL ? all.bytes : "", all.length));
    printf("%s %zu\n", hex, trace_reader_count(reader));
done:
    if (status != DISTILL_OK)
        fprintf(stderr, "trace_digest: %s\n", distill_error_message());
    trace_reader_close(reader);
    distill_text_free(&all);
    return status != DISTILL_OK;
}
