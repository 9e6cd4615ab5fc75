// bench/perf/throughput.c - the program `throughput`: ceilings of this machine, and training and
// sampling relative to them.
#include "bench/perf/throughput_run.h"

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    throughput_options options;
    throughput_run run = {0};
    TRY(distill_options_parse(&options, &THROUGHPUT_PROGRAM, argc, argv));
    TRY(throughput_run_prepare(&run, &options));
    TRY(throughput_run_measure(&run));
    TRY(throughput_run_report(&run));
done:
    throughput_run_close(&run);
    return distill_exit(&THROUGHPUT_PROGRAM, status);
}
