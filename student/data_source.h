// student/data_source.h - a source of training data: trace shards, JSON lines, a built-in task.
//
//     data_source *source = NULL;
//     TRY(data_source_open(&source, "kept/", distill_tokenizer_sha256(tokenizer)));
//     TRY(data_source_next(source, &sample, &more));     // in order, from one thread
//     TRY(data_source_parse(source, &sample));           // from any thread
#ifndef STUDENT_DATA_SOURCE_H
#define STUDENT_DATA_SOURCE_H

#include "student/data_sample.h"

typedef struct data_source data_source;

/// `path` without weight. Stored token ids are read only where the traces' tokenizer is the one
/// with `tokenizer_sha256`.
/// Errors  IO, FORMAT; USAGE for a task that does not exist.
distill_status data_source_open(data_source **out, const char *path,
                                const char *tokenizer_sha256) DISTILL_MUST_CHECK;
void data_source_close(data_source *source);
/// Fetches the next sample; *more is false at the end.
distill_status data_source_next(data_source *source, data_sample *sample,
                                bool *more) DISTILL_MUST_CHECK;
/// Parses what was fetched into prompt or messages and response. May run in many threads.
distill_status data_source_parse(const data_source *source, data_sample *sample) DISTILL_MUST_CHECK;
/// The replies were sampled by distill-gen; false for JSON lines, built-in tasks and imported traces.
bool data_source_is_sampled(const data_source *source);
/// Prompt template and system message that the source's prompts were sampled with; NULL if unknown.
/// Borrowed.
const char *data_source_template(const data_source *source);
const char *data_source_system(const data_source *source);

#endif
