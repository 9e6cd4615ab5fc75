// datasets/filter/judge/judge_pass.h - the traces that a judge decides, and their grades.
//
// The judge decides replies that the grader leaves unknown: without a reference answer, of a domain
// without a rule such as "general", or with an answer that cannot be compared. It does not decide
// programs that have tests, replies that were cut, and, unless pass rates need every verdict,
// replies that a rule of the filter rejects.
//
//     TRY(judge_pass_run(&counts, j, &settings, inputs, count));   // all requests, before the filter runs
//     TRY(judge_pass_apply(&settings, &grade, &record, reason));   // then, trace by trace
#ifndef DATASETS_FILTER_JUDGE_JUDGE_PASS_H
#define DATASETS_FILTER_JUDGE_JUDGE_PASS_H

#include "datasets/filter/filter_settings.h"
#include "datasets/filter/judge/judge.h"
#include "datasets/traces/shard/trace_reader.h"
#include "distill/base/json/json_writer.h"

typedef struct judge_pass_counts {
    uint64_t traces; // that the judge decides
    uint64_t outcomes[JUDGE_OUTCOMES];
    judge_counts judge;
    double seconds;
} judge_pass_counts;

/// Reads the inputs once and sends a request for each different case.
/// Errors  those of the readers and of judge_run.
distill_status judge_pass_run(judge_pass_counts *counts, judge *j, const filter_settings *settings,
                              trace_reader *const *inputs, size_t input_count) DISTILL_MUST_CHECK;

/// If settings->judge decides this trace, changes its grade: outcome, reason, and "judge: OUTCOME;
/// WHY" as the extracted answer. `reason`: that of the rules. Thread-safe.
distill_status judge_pass_apply(const filter_settings *settings, grade *found,
                                const trace_record *trace, trace_reason reason) DISTILL_MUST_CHECK;

/// Adds "judge":{...} to the open object of a report.
void judge_pass_add_report(distill_json_writer *w, const judge_pass_counts *counts);
/// Prints the counts as notes.
void judge_pass_note(const judge_pass_counts *counts);

#endif
