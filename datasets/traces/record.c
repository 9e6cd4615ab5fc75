// datasets/traces/record.c - names and sentences of the reasons, and what a trace may hold.
#include "datasets/traces/record.h"

#include "datasets/traces/trace_columns.h"

const char *trace_finish_name(trace_finish finish)
{
    switch (finish) {
#define FINISH_KEY(name, value, key)                                                               \
    case TRACE_FINISH_##name:                                                                      \
        return key;
        TRACE_FINISH_LIST(FINISH_KEY)
#undef FINISH_KEY
    }
    return "?";
}

const char *trace_reason_name(trace_reason reason)
{
    switch (reason) {
#define REASON_KEY(name, value, key, sentence)                                                     \
    case TRACE_##name:                                                                             \
        return key;
        TRACE_REASON_LIST(REASON_KEY)
#undef REASON_KEY
    }
    return "?";
}

const char *trace_reason_text(trace_reason reason)
{
    switch (reason) {
#define REASON_SENTENCE(name, value, key, sentence)                                                \
    case TRACE_##name:                                                                             \
        return sentence;
        TRACE_REASON_LIST(REASON_SENTENCE)
#undef REASON_SENTENCE
    }
    return "?";
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
