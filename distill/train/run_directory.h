// distill/train/run_directory.h - the output directory of a training run: new, unfinished or
// finished.
//
//     OUTPUT/training.json   {"finished":false,"settings":{…}}: the options of the run
//     OUTPUT/.lock           held while a process uses the directory
//
//     distill_run_directory run = {0};
//     TRY(distill_options_write(&run.settings, &TRAIN_PROGRAM, &options));
//     TRY(distill_run_directory_open(&run, &spec));
//     if (run.finished) …                            // nothing to do
//     TRY(distill_run_directory_begin(&run));        // after all checks
//     … train, write the checkpoint …
//     TRY(distill_run_directory_finish(&run));
// done:
//     distill_run_directory_close(&run);
#ifndef DISTILL_TRAIN_RUN_DIRECTORY_H
#define DISTILL_TRAIN_RUN_DIRECTORY_H

#include "distill/base/output_dir.h"

typedef struct distill_run_spec {
    const char *program; // "distill-train": for messages
    const char *path;
    const char *model; // a directory that the run must not replace; NULL = none
    bool overwrite;
    distill_output_keys keys; // settings that may differ between a run and its resume
} distill_run_spec;

typedef struct distill_run_directory {
    distill_text settings;     // JSON of all options, set by the caller
    distill_output_dir output; // refers to `kind`: not to be moved
    distill_output_kind kind;
    bool finished;
    bool overwrite; // distill_run_directory_begin removes an earlier run
} distill_run_directory;

/// Creates and locks the directory. Compares the settings of the run in it with run->settings,
/// unless spec->overwrite. The strings of `spec` are borrowed until the directory is closed.
/// Errors  MISMATCH naming the first setting that differs; IO if another process uses the directory
///         or if it holds a checkpoint that no training run wrote; USAGE if the model is inside it.
distill_status distill_run_directory_open(distill_run_directory *run,
                                          const distill_run_spec *spec) DISTILL_MUST_CHECK;
/// Removes the run that is overwritten, and writes the record.
distill_status distill_run_directory_begin(distill_run_directory *run) DISTILL_MUST_CHECK;
/// Marks the run as finished: the checkpoint in the directory is complete.
distill_status distill_run_directory_finish(distill_run_directory *run) DISTILL_MUST_CHECK;
void distill_run_directory_close(distill_run_directory *run);

#endif
