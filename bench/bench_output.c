// bench/bench_output.c - the files of a benchmark's output: settings.json is the record, and
// results.json is written last.
#include "bench/bench_output.h"

#include "distill/base/file.h"

static const char *const FILES[] = {"results.json", "report.html", "samples", "problems",
                                    "settings.json"};

static const distill_output_kind BENCHMARK = {
    .record = "settings.json",
    .finished_file = "results.json",
    .begun_file = "samples", // before the first sample nothing depends on the settings
    .files = FILES,
    .file_count = sizeof FILES / sizeof *FILES,
};

distill_status bench_output_path(distill_text *path, const bench_output *output, const char *name)
{
    return distill_output_path(path, &output->dir, name);
}

distill_status bench_output_open(bench_output *out, const char *dir, distill_span settings,
                                 output_mode mode)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    TRY(distill_output_open(&out->dir, dir, &BENCHMARK));
    if (mode == OUTPUT_OVERWRITE)
        TRY(distill_output_clear(&out->dir));
    TRY(distill_output_check(&out->dir, settings));
    out->finished = out->dir.state == DISTILL_OUTPUT_FINISHED;
    bool is_bound = out->dir.state != DISTILL_OUTPUT_ABSENT;
    if (!is_bound || !distill_output_has(&out->dir, "settings.json")) {
        TRY(bench_output_path(&path, out, "settings.json"));
        TRY(distill_file_write(path.bytes, settings.bytes, settings.length));
    }
done:
    distill_text_free(&path);
    if (status != DISTILL_OK)
        bench_output_close(out);
    return status;
}

void bench_output_close(bench_output *output)
{
    distill_output_close(&output->dir);
}
