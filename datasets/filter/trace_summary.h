// datasets/filter/trace_summary.h - the fields of a trace, 56 bytes, that the decisions among
// several traces need.
#ifndef DATASETS_FILTER_TRACE_SUMMARY_H
#define DATASETS_FILTER_TRACE_SUMMARY_H

#include "datasets/traces/record.h"

typedef struct trace_summary {
    uint64_t index;     // place in the input
    uint64_t prompt;    // hash of id and prompt: equal for the traces of a prompt
    uint64_t reply;     // hash of prompt and reply, without the id
    uint64_t extracted; // offset of the extracted answer in its buffer
    uint32_t extracted_length;
    uint32_t tokens;  // of the reply; 0 = unknown
    uint32_t bytes;   // of the reply
    float repetition; // share of the reply that is repetition; negative = not measured
    uint16_t domain;  // number of its name
    int8_t correct;   // 1, 0, -1
    uint8_t reason;   // trace_reason
    uint8_t grade;    // grade_reason
    bool unfinished;  // cut before its answer: unknown, and not right in pass rates
} trace_summary;

#endif
