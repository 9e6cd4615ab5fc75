// student/run_directory.h - the output directory of a training run: new, unfinished or finished.
//
//     OUTPUT/training.json   {"finished":false,"settings":{…}}: the options of the run
//     OUTPUT/.lock           held while a process uses the directory
//
//     run_directory run = {0};
//     TRY(run_directory_open(&run, &options));
//     if (run.finished) …                        // nothing to do
//     TRY(run_directory_begin(&run));            // when nothing else can be refused any more
//     … train, write the checkpoint …
//     TRY(run_directory_finish(&run));
// done:
//     run_directory_close(&run);
#ifndef STUDENT_RUN_DIRECTORY_H
#define STUDENT_RUN_DIRECTORY_H

#include "distill/base/output_dir.h"
#include "student/train_options.h"

typedef struct run_directory {
    distill_output_dir output; // refers to `kind`: not to be moved
    distill_output_kind kind;
    distill_text settings; // JSON of all options
    bool finished;
    bool overwrite; // run_directory_begin removes an earlier run
} run_directory;

/// Creates and locks the directory. Compares the settings of the run in it with those of `options`,
/// unless --overwrite is given.
/// Errors  MISMATCH naming the first setting that differs; IO if another process uses the directory
///         or if it holds a checkpoint that no training run wrote; USAGE if --model is inside it.
distill_status run_directory_open(run_directory *run,
                                  const train_options *options) DISTILL_MUST_CHECK;
/// Removes the run that --overwrite gives up, and writes the record.
distill_status run_directory_begin(run_directory *run) DISTILL_MUST_CHECK;
/// Marks the run as finished: the checkpoint in the folder is complete.
distill_status run_directory_finish(run_directory *run) DISTILL_MUST_CHECK;
void run_directory_close(run_directory *run);

#endif
