// student/distill_train.c - the program distill-train: fits a student on traces.
#include "student/training_run.h"

#include "distill/base/log.h"

#include <stdio.h>

static void print_result(const training_run *run)
{
    printf("trained: %s (%llu steps)\n", run->directory.output.path,
           (unsigned long long)run->settings.schedule.total);
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    train_options options;
    training_run run = {0};
    TRY(distill_options_parse(&options, &TRAIN_PROGRAM, argc, argv));
    TRY(train_options_check(&options));
    TRY(distill_program_start(&options.common));
    TRY(training_run_prepare(&run, &options));
    if (run.directory.finished) {
        distill_note("%s is finished; nothing to do (--overwrite trains afresh)",
                     run.directory.output.path);
        goto done;
    }
    TRY(training_run_train(&run));
    TRY(training_run_write(&run));
    print_result(&run);
done:
    training_run_close(&run);
    return distill_exit(&TRAIN_PROGRAM, status);
}
