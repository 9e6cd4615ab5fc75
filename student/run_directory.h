// student/run_directory.h - the output folder of a training run: new, to be resumed, or finished.
//
//     OUTPUT/training.json   {"finished":false,"settings":{…}}: what the run was started with
//     OUTPUT/.lock           held while a process works there
//
//     run_directory run = {.lock = -1};
//     TRY(run_directory_open(&run, &options));
//     if (run.finished) …                        // say so, do nothing
//     TRY(run_directory_begin(&run));            // once everything else is known to be in order
//     … train, write the checkpoint …
//     TRY(run_directory_finish(&run));
//     run_directory_close(&run);
#ifndef STUDENT_RUN_DIRECTORY_H
#define STUDENT_RUN_DIRECTORY_H

#include "student/train_options.h"

typedef struct run_directory {
    char *path;
    distill_text settings; // JSON of all options
    bool finished;
    bool overwrite; // a run stands there and is to be removed
    int lock;
} run_directory;

/// Makes the folder, or compares the settings of the run that stands there with the present ones
/// (not with --overwrite).
/// Errors  MISMATCH naming the first setting that differs; IO if another process works there or if
///         the folder holds a checkpoint that no training run made; USAGE if --model lies in the
///         folder.
distill_status run_directory_open(run_directory *run,
                                  const train_options *options) DISTILL_MUST_CHECK;
/// Removes the run that --overwrite gives up, and writes down the settings.
distill_status run_directory_begin(run_directory *run) DISTILL_MUST_CHECK;
/// Marks the run as finished: the checkpoint in the folder is complete.
distill_status run_directory_finish(run_directory *run) DISTILL_MUST_CHECK;
void run_directory_close(run_directory *run);

#endif
