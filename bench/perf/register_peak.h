// bench/perf/register_peak.h - private: loops of multiply-adds on registers only, timed by
// throughput_ceilings.c; one file in x86/ for each instruction set.
//
// Each loop has enough independent sums to hide the latency of the instruction.
#ifndef BENCH_PERF_REGISTER_PEAK_H
#define BENCH_PERF_REGISTER_PEAK_H

#include <stddef.h>

/// Runs `rounds` rounds and returns their number of operations, two a multiply-add. The sums are
/// added to *sink, so that the compiler keeps the loop.
typedef double (*register_peak)(size_t rounds, volatile float *sink);

double register_peak_fp32_avx2(size_t rounds, volatile float *sink);
double register_peak_fp32_avx512(size_t rounds, volatile float *sink);
/// Products of bytes, summed to 32 bits.
double register_peak_int8_avx2(size_t rounds, volatile float *sink);
double register_peak_int8_vnni(size_t rounds, volatile float *sink);

#endif
