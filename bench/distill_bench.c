// bench/distill_bench.c - the program distill-bench: samples models on benchmark suites and
// compares them.
#include "bench/bench_evaluation.h"
#include "bench/bench_run.h"
#include "bench/report/bench_report.h"
#include "bench/report/field_table.h"
#include "bench/report/results_json.h"
#include "bench/report/results_table.h"
#include "distill/base/file.h"
#include "distill/base/log.h"

#include <stdio.h>

/// results.json is written last: it marks the run as finished.
static distill_status write_results(const bench_run *run)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, json = {0}, table = {0}, shown = {0};
    TRY(bench_output_path(&path, &run->output, "report.html"));
    TRY(bench_report_write(run, path.bytes));
    TRY(results_table_write(&table, run));
    TRY(results_json_write(&json, run));
    TRY(bench_output_path(&path, &run->output, "results.json"));
    TRY(distill_file_write(path.bytes, json.bytes, json.length));
    TRY(distill_text_add_shown(&shown, distill_text_span(&table), DISTILL_KEEP_LINES));
    fwrite(shown.bytes, 1, shown.length, stdout);
    if (fflush(stdout) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "the table cannot be written to standard output"));
    distill_note("results.json, samples/ and report.html are in %s", run->output.dir.path);
done:
    distill_text_free(&table);
    distill_text_free(&shown);
    distill_text_free(&json);
    distill_text_free(&path);
    return status;
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    bench_options options;
    bench_run run = {0};
    TRY(distill_options_parse(&options, &BENCH_PROGRAM, argc, argv));
    TRY(distill_program_start(&options.common));
    TRY(bench_run_open(&run, &options));
    if (run.output.finished) {
        distill_note("%s is finished: nothing to do (--overwrite starts afresh)", options.output);
        goto done;
    }
    TRY(field_table_check(&run));
    TRY(bench_evaluate(&run));
    TRY(bench_run_compare(&run));
    TRY(write_results(&run));
done:
    bench_run_close(&run);
    return distill_exit(&BENCH_PROGRAM, status);
}
