// datasets/filter/judge/judge_pass.h - which traces a judge is asked about, and what its verdict makes of
// them.
//
// Asked are replies that no rule decides: the verifier's outcome is unknown (no reference answer, a
// domain without a rule such as "general", an answer that cannot be compared). Never asked: about
// programs that come with tests, about replies that break off, and about what another filter rejects
// anyway, unless pass rates need every verdict.
//
//     TRY(judge_pass_ask(&counts, j, &settings, inputs, count));   // first: all questions at once
//     TRY(judge_pass_apply(&settings, &verdict, &record, reason)); // then, trace by trace
#ifndef DATASETS_FILTER_JUDGE_JUDGE_PASS_H
#define DATASETS_FILTER_JUDGE_JUDGE_PASS_H

#include "datasets/filter/filter_settings.h"
#include "datasets/filter/judge/judge.h"
#include "datasets/traces/shard/shard_read.h"
#include "distill/base/json/json_writer.h"

typedef struct judge_pass_counts {
    uint64_t traces; // whose verdict is the judge's
    uint64_t outcomes[JUDGE_OUTCOMES];
    judge_counts judge;
    double seconds;
} judge_pass_counts;

/// Goes through the inputs once and asks about every trace that needs it.
distill_status judge_pass_ask(judge_pass_counts *counts, judge *j, const filter_settings *settings,
                              trace_reader *const *inputs, size_t input_count) DISTILL_MUST_CHECK;

/// If settings->judge has decided on this trace, makes that its verdict: correct, reason, and
/// "judge: OUTCOME; WHY" as what was extracted. `reason`: of the rows.
/// Threads  any number at the same time.
distill_status judge_pass_apply(const filter_settings *settings, grade *found,
                                const trace_record *trace, trace_reason reason) DISTILL_MUST_CHECK;

/// Adds "judge":{...} to the open object of a report.
void judge_pass_add_report(distill_json_writer *w, const judge_pass_counts *counts);
/// Prints the counts as notes.
void judge_pass_note(const judge_pass_counts *counts);

#endif
