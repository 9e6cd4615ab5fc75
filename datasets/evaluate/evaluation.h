// datasets/evaluate/evaluation.h - evaluation by sampling: n replies to every problem of a set,
// each graded and stored with its verdict.
//
//     evaluation *e = NULL;
//     TRY(evaluation_open(&e, "out/samples/student/math500", &settings));
//     if (!evaluation_is_finished(e)) {
//         job.generator = generator;                    // needed only if replies are missing
//         TRY(evaluation_sample(e, &job, EVALUATION_LOCAL));
//     }
//     evaluation_close(e);
//     TRY(evaluation_score(&score, "out/samples/student/math500", problems, n, seed));
//
// Files   DIR/            trace shards with verdicts (docs/formats.md)
//         DIR.json        tokens and seconds of sampling, over all runs
//         DIR.usage.json  requests, tokens and cost of a served model, over all runs
// Tests are not stored with the replies: the problems have them.
#ifndef DATASETS_EVALUATE_EVALUATION_H
#define DATASETS_EVALUATE_EVALUATION_H

#include "datasets/evaluate/sample_score.h"
#include "datasets/sample/sampling.h"

typedef struct evaluation evaluation;

/// Opens the replies stored in `dir`, or creates it; `settings` are the store's, always with
/// verdicts.
/// Errors  those of trace_store_open.
distill_status evaluation_open(evaluation **out, const char *dir,
                               const trace_store_settings *settings) DISTILL_MUST_CHECK;
/// True if no reply is missing.
bool evaluation_is_finished(const evaluation *e);
typedef enum evaluation_source { EVALUATION_LOCAL, EVALUATION_SERVED } evaluation_source;
/// Samples and grades what is missing. The store, the judge and the account of `job` are set here.
/// Problems whose prompt does not fit in the context and samples that fail permanently are
/// reported; they count as wrong.
/// Errors  those of sampling_run; INTERRUPTED with the work so far saved.
distill_status evaluation_sample(evaluation *e, const sampling_job *job,
                                 evaluation_source source) DISTILL_MUST_CHECK;
void evaluation_close(evaluation *e);

/// Scores the replies in `dir`, and the speed of sampling them. Errors  those of sample_score_read.
distill_status evaluation_score(sample_score *out, const char *dir, const prompt_set *problems,
                                size_t n, uint64_t seed) DISTILL_MUST_CHECK;

/// A sampling_job's `judge`: grades a trace and fills in its verdict; `context` is a grade, whose
/// extracted answer the trace borrows until the next call. Removes the tests of the trace.
distill_status evaluation_grade(void *context, trace_record *record) DISTILL_MUST_CHECK;

#endif
