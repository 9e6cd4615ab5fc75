// student/json_sample.c - a JSON line, read as `distill import` reads it, as a sample.
#include "student/json_sample.h"

#include "datasets/traces/json_trace_read.h"
#include "distill/text/unicode.h"

#include <stdio.h>

distill_status json_sample_parse(data_sample *sample, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    json_trace trace = {.has_id = false};
    char name[1100];
    snprintf(name, sizeof name, "%.1000s:%zu", path, sample->number);
    TRY(unicode_check(distill_text_span(&sample->line), name));
    TRY(distill_json_parse(&doc, sample->line.bytes, sample->line.length, name));
    TRY(json_trace_read(&trace, doc));
    if (trace.more != NULL)
        TRY(distill_fail(DISTILL_UNSUPPORTED,
                         "%s: a line with several replies; `distill import` makes a trace of each",
                         name));
    TRY(data_sample_take(sample, &trace.record));
done:
    json_trace_free(&trace);
    distill_json_free(doc);
    return status;
}
