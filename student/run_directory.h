// student/run_directory.h - the output directory of a training run: new, unfinished or finished.
//
//     OUTPUT/training.json   {"finished":false,"settings":{…}}: the options of the run
//     OUTPUT/.lock           held while a process uses the directory
//
//     run_directory run = {.lock = -1};
//     TRY(run_directory_open(&run, &options));
//     if (run.finished) …                        // nothing to do
//     TRY(run_directory_begin(&run));            // when nothing else can be refused any more
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
    bool overwrite; // there is a run, and it is to be removed
    int lock;
} run_directory;

/// Creates the directory, or compares the settings of the run in it with the options (not with
/// --overwrite).
/// Errors  MISMATCH naming the first setting that differs; IO if another process uses the directory
///         or if it holds a checkpoint that no training run wrote; USAGE if --model is inside it.
distill_status run_directory_open(run_directory *run,
                                  const train_options *options) DISTILL_MUST_CHECK;
/// Removes the earlier run, if there is one and --overwrite was given, and writes the settings.
distill_status run_directory_begin(run_directory *run) DISTILL_MUST_CHECK;
/// Marks the run as finished: the checkpoint in the directory is complete.
distill_status run_directory_finish(run_directory *run) DISTILL_MUST_CHECK;
void run_directory_close(run_directory *run);

#endif
