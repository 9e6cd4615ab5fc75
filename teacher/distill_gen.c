// teacher/distill_gen.c - the program distill-gen: samples reasoning traces from a teacher into
// HDF5 shards.
#include "teacher/gen_run.h"

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    gen_options options;
    gen_run run = {0};
    TRY(distill_options_parse(&options, &GEN_PROGRAM, argc, argv));
    TRY(gen_options_check(&options));
    TRY(distill_program_start(&options.common));
    TRY(gen_open_inputs(&run, &options));
    TRY(gen_open_output(&run));
    TRY(gen_sample(&run));
    gen_print_summary(&run);
done:
    gen_run_close(&run);
    return distill_exit(&GEN_PROGRAM, status);
}
