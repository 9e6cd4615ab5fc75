// bench/report/results_json.h - results.json: the scores in machine-readable form.
//
//     {"models": {NAME: {SUITE: {"pass@1": f, "ci95": [low, high], "cons@n": f, "n": int,
//                                "problems": int, "mean_tokens": f, "truncated": f, "unknown": f,
//                                "verdicts": {"right": int, …}, "tokens_per_s": f,
//                                "pass@k": {"1": f, "8": f}}}},
//      "paired": [{"suite": S, "a": NAME, "b": NAME, "difference": f, "ci95": [low, high],
//                  "problems": int, "distinguishable": bool}],
//      "by": {...},                                     // with --by, see field_table.h
//      "settings": {...}, "tool_version": "..."}
//
// "verdicts" is that of datasets/verify/grade_counts.h. All scores are shares from 0 to 1;
// `difference` is pass@1 of b minus that of a.
#ifndef BENCH_REPORT_RESULTS_JSON_H
#define BENCH_REPORT_RESULTS_JSON_H

#include "bench/bench_run.h"

/// Appends the object and a line feed.
distill_status results_json_write(distill_text *out, const bench_run *run) DISTILL_MUST_CHECK;

#endif
