// distill/train/run_directory.c - training.json, the record of a training run, and what a run may
// not replace: a checkpoint of other origin, and its own model.
#include "distill/train/run_directory.h"

#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/options/version.h"
#include "distill/base/skipped_lines.h"

#include <stdlib.h>
#include <string.h>

// training.json is removed last: a run that is killed while it removes an earlier one leaves a
// directory that is still recognised as a training run's.
static const char *const FILES[] = {
    "model-#-of-#.safetensors",
    "checkpoints",
    "metrics.jsonl",
    SKIPPED_LINES_FILE,
    "report.html",
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "model.safetensors.index.json",
    "training.json",
};

/// Without the keys, which are the program's.
static const distill_output_kind TRAINING = {
    .record = "training.json",
    .record_member = "settings",
    .finished_file = "config.json",
    .finished_member = "finished",
    .files = FILES,
    .file_count = sizeof FILES / sizeof *FILES,
};

static distill_status write_record(const distill_run_directory *run, bool finished)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, text = {0};
    distill_json_writer w = {.out = &text};
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "format", "distill-training");
    distill_json_add_uint(&w, "version", 1);
    distill_json_add_string(&w, "tool_version", DISTILL_VERSION);
    distill_json_add_bool(&w, "finished", finished);
    distill_json_add_raw(&w, "settings", distill_text_span(&run->settings));
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    TRY(distill_output_path(&path, &run->output, "training.json"));
    TRY(distill_file_write(path.bytes, text.bytes, text.length));
done:
    distill_text_free(&text);
    distill_text_free(&path);
    return status;
}

static distill_status refuse_foreign(const distill_output_dir *output, const char *program)
{
    if (!distill_output_has(output, "config.json") &&
        !distill_output_has(output, "model.safetensors") &&
        !distill_output_has(output, "checkpoints"))
        return DISTILL_OK;
    return distill_fail(DISTILL_IO,
                        "%s holds a checkpoint that %s did not write; choose another --output",
                        output->path, program);
}

/// A model inside the output folder would be removed by --overwrite, or replaced by the result.
static distill_status refuse_model_inside(const char *path, const char *model)
{
    distill_status status = DISTILL_OK;
    char *inner = model != NULL ? realpath(model, NULL) : NULL;
    char *outer = realpath(path, NULL);
    size_t length = outer != NULL ? strlen(outer) : 0;
    if (inner != NULL && outer != NULL && strncmp(inner, outer, length) == 0 &&
        (inner[length] == '\0' || inner[length] == '/'))
        status = distill_fail(DISTILL_USAGE,
                              "--model %s is inside --output: it would be replaced; "
                              "choose another output",
                              model);
    free(inner); // allocated by realpath
    free(outer);
    return status;
}

distill_status distill_run_directory_open(distill_run_directory *run, const distill_run_spec *spec)
{
    distill_status status = DISTILL_OK;
    run->kind = TRAINING;
    run->kind.keys = spec->keys;
    TRY(distill_make_directory(spec->path));
    TRY(refuse_model_inside(spec->path, spec->model));
    TRY(distill_output_open(&run->output, spec->path, &run->kind));
    if (run->output.state == DISTILL_OUTPUT_ABSENT)
        TRY(refuse_foreign(&run->output, spec->program));
    else if (spec->overwrite)
        run->overwrite = true;
    else
        TRY(distill_output_check(&run->output, distill_text_span(&run->settings)));
    run->finished = !run->overwrite && run->output.state == DISTILL_OUTPUT_FINISHED;
done:
    return status;
}

distill_status distill_run_directory_begin(distill_run_directory *run)
{
    distill_status status = DISTILL_OK;
    if (run->overwrite)
        TRY(distill_output_clear(&run->output));
    TRY(write_record(run, false));
done:
    return status;
}

distill_status distill_run_directory_finish(distill_run_directory *run)
{
    run->finished = true;
    return write_record(run, true);
}

void distill_run_directory_close(distill_run_directory *run)
{
    distill_output_close(&run->output);
    distill_text_free(&run->settings);
}
