// bench/report/field_table.h - pass@1 by the values of a field of the problems (--by level).
//
//     by level
//     math500   level   problems   before            after
//     1         43         88.4% ± 3.1       90.2% ± 2.9
//
// A problem's value is that of the field in its line (datasets/prompts); problems without it are one
// group, "(none)". The interval is that of statistics_bootstrap over the problems of the group.
#ifndef BENCH_REPORT_FIELD_TABLE_H
#define BENCH_REPORT_FIELD_TABLE_H

#include "bench/bench_run.h"
#include "distill/base/json/json_writer.h"

/// Errors  USAGE for a field of --by that no problem has, with the fields that there are.
distill_status field_table_check(const bench_run *run) DISTILL_MUST_CHECK;
/// Appends a table for each field and suite; nothing without --by.
distill_status field_table_write(distill_text *out, const bench_run *run) DISTILL_MUST_CHECK;
/// Adds "by": {FIELD: {SUITE: {VALUE: {MODEL: {"pass@1": f, "ci95": [low, high], "problems": int}}}}} to
/// the open object; nothing without --by.
distill_status field_table_add(distill_json_writer *w, const bench_run *run) DISTILL_MUST_CHECK;

#endif
