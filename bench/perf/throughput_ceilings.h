// bench/perf/throughput_ceilings.h - the highest rates that this machine reaches; other rates are
// compared with them.
#ifndef BENCH_PERF_THROUGHPUT_CEILINGS_H
#define BENCH_PERF_THROUGHPUT_CEILINGS_H

/// Rates with a given number of threads.
typedef struct throughput_ceilings {
    int threads;
    double fp32_flops;   // multiply-adds in registers, in the widest instruction set; 2 for each
    double int8_ops;     // the same for bytes, summed to 32 bits
    double memory_bytes; // a second, read from DRAM in several streams
    double cache_bytes;  // a second, read from a block of THROUGHPUT_CACHE_BLOCK_BYTES
    const char *isa;     // "avx512", "avx2", "plain"
} throughput_ceilings;

enum { THROUGHPUT_CACHE_BLOCK_BYTES = 8 << 20 };

/// Measures with the number of threads of this process.
void throughput_ceilings_measure(throughput_ceilings *out);

#endif
