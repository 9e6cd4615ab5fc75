// bench/perf/usage.h - arguments of the small measuring programs: numbers and words in a fixed
// order.
//
//     static const char USAGE[] = "usage: gemm_speed [SECONDS [SHAPES]]\n...";
//     usage_check(argc, argv, 0, 2, USAGE);                     // --help; from 0 to 2 arguments
//     double seconds = usage_number(argc, argv, 1, 0.3, 0, 3600, USAGE);
//     const char *shapes = usage_word(argc, argv, 2, "QMS");
#ifndef BENCH_PERF_USAGE_H
#define BENCH_PERF_USAGE_H

/// Prints `usage` on stdout and ends the process with status 0 if an argument is --help or -h; on
/// stderr with status 2 if the number of arguments is not in least … most.
void usage_check(int argc, char **argv, int least, int most, const char *usage);

/// Argument `index` as a number, or `fallback` if there are fewer. Ends the process with status 2
/// unless it is a number in low … high.
double usage_number(int argc, char **argv, int index, double fallback, double low, double high,
                    const char *usage);

/// Argument `index`, or `fallback` if there are fewer.
const char *usage_word(int argc, char **argv, int index, const char *fallback);

#endif
