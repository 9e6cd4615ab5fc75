// student/data_source.h - private to training_data.c: where samples come from, one after another.
#ifndef STUDENT_DATA_SOURCE_H
#define STUDENT_DATA_SOURCE_H

#include "distill/base/memory.h"
#include "distill/base/text.h"
#include "distill/text/chat/chat_template.h"

/// One thing to learn, before it is rendered. What the source fetches is filled in order by one
/// thread; `parse` then works on many samples at once.
typedef struct data_sample {
    size_t number;         // line, trace or problem, from 1
    distill_text line;     // JSON line, as read
    distill_text prompt;   // the user's text
    distill_text response; // the reply
    distill_ids
        reply_ids;      // the tokens that were sampled for it, without the stop token; none if not
                        // known, or of another tokenizer
    bool complete;      // the reply ends by itself
    bool failed;        // the teacher gave no reply: left out
    distill_text turns; // texts of `messages`, one after the other
    distill_message *messages; // the conversation before the reply; NULL: `prompt` alone
    size_t message_count;
} data_sample;

void data_sample_clear(data_sample *sample);
void data_sample_free(data_sample *sample);

typedef struct data_source data_source;

/// `path` without weight. Stored token ids are read only where the traces' tokenizer is the one with
/// `tokenizer_sha256`.
/// Errors  IO, FORMAT; USAGE for a task that does not exist.
distill_status data_source_open(data_source **out, const char *path,
                                const char *tokenizer_sha256) DISTILL_MUST_CHECK;
void data_source_close(data_source *source);
/// Fetches the next sample; *more is false at the end.
distill_status data_source_next(data_source *source, data_sample *sample,
                                bool *more) DISTILL_MUST_CHECK;
/// Makes prompt or messages and response of what was fetched. May run in many threads.
distill_status data_source_parse(const data_source *source, data_sample *sample) DISTILL_MUST_CHECK;
/// What the source says prompts were sampled with: "{prompt}…" and a system message; NULL if it
/// says nothing. Borrowed.
const char *data_source_template(const data_source *source);
const char *data_source_system(const data_source *source);

#endif
