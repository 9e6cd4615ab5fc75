// student/data_sample.h - one example to learn, before it is rendered and encoded.
#ifndef STUDENT_DATA_SAMPLE_H
#define STUDENT_DATA_SAMPLE_H

#include "datasets/traces/record.h"
#include "distill/text/tokenizer/tokenizer.h"

/// A source fetches samples one after another (data_source_next) and parses them in many threads
/// (data_source_parse).
typedef struct data_sample {
    size_t number;         // line, trace or problem, from 1
    distill_text line;     // JSON line, as read
    distill_text prompt;   // the user's text
    distill_text response; // the reply
    distill_text messages; // the conversation before the reply as JSON; "" = `prompt` alone
    distill_text extra;    // other fields as JSON, such as tools; "" = none
    distill_ids reply_ids; // tokens that were sampled for it, without the stop token; empty if they
                           // are unknown or of another tokenizer
    bool complete;         // the reply ends by itself
    bool failed;           // there is no reply: left out
} data_sample;

/// Empties the sample and keeps its memory.
void data_sample_clear(data_sample *sample);
/// Copies texts and finish of a trace, but no token ids.
distill_status data_sample_take(data_sample *sample, const trace_record *trace) DISTILL_MUST_CHECK;
void data_sample_free(data_sample *sample);

#endif
