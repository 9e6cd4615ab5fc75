// datasets/traces/record.c - names of the ends of replies, and names and sentences of the reasons,
// expanded from the lists of record.h.
#include "datasets/traces/record.h"

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
