// bench/perf/throughput_ceilings.c - multiply-adds in registers, and reading from memory and from
// the cache.
//
// Memory is read in four streams a thread with prefetching, as a product of a matrix and a few
// vectors reads it. Each rate is the best of several runs.
#include "bench/perf/throughput_ceilings.h"

#include "bench/perf/register_peak.h"
#include "distill/base/cpu_features.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/base/threads.h"
#include "distill/tensor/cpu/vector_extensions.h"

enum { TIMES = 5, ROUNDS = 2000000 };

static double fp32_plain(size_t rounds, volatile float *sink)
{
    enum { LANES = 32 };
    float sums[LANES] = {0}, a = 1e-3f, b = 1.0f;
    for (size_t i = 0; i < rounds; i++) {
        for (size_t k = 0; k < LANES; k++)
            sums[k] += a * b;
        __asm__ volatile("" : "+r"(i));
    }
    for (size_t k = 0; k < LANES; k++)
        *sink += sums[k];
    return (double)rounds * LANES * 2;
}

static double int8_plain(size_t rounds, volatile float *sink)
{
    enum { LANES = 32 };
    int32_t sums[LANES] = {0};
    int8_t a = 1, b = 1;
    for (size_t i = 0; i < rounds; i++) {
        __asm__ volatile("" : "+r"(a), "+r"(b));
        for (size_t k = 0; k < LANES; k++)
            sums[k] += a * b;
    }
    for (size_t k = 0; k < LANES; k++)
        *sink += (float)sums[k];
    return (double)rounds * LANES * 2;
}

/// The fp32 loop of the widest instruction set, and its name.
static register_peak fp32_peak(const char **isa)
{
#if defined(DISTILL_X86_KERNELS)
    if (distill_cpu()->avx512) {
        *isa = "avx512";
        return register_peak_fp32_avx512;
    }
    if (distill_cpu()->avx2) {
        *isa = "avx2";
        return register_peak_fp32_avx2;
    }
#endif
    *isa = "plain";
    return fp32_plain;
}

static register_peak int8_peak(void)
{
#if defined(DISTILL_X86_KERNELS)
    if (distill_cpu()->avx512_vnni)
        return register_peak_int8_vnni;
    if (distill_cpu()->avx2)
        return register_peak_int8_avx2;
#endif
    return int8_plain;
}

typedef struct peak_job {
    register_peak run;
    double operations[256]; // of each worker
} peak_job;

static void run_peak(void *context, size_t begin, size_t end, int worker)
{
    peak_job *job = context;
    volatile float sink = 0;
    (void)begin;
    (void)end;
    job->operations[worker] = job->run(ROUNDS, &sink);
}

static double measure_peak(register_peak run)
{
    peak_job job = {.run = run};
    size_t threads = (size_t)distill_threads();
    double best = 0;
    for (int i = 0; i < TIMES; i++) {
        double begun_s = distill_now_s(), operations = 0;
        distill_parallel_for(run_peak, &job, threads, 1);
        double taken_s = distill_now_s() - begun_s;
        for (size_t t = 0; t < threads; t++)
            operations += job.operations[t];
        best = operations / taken_s > best ? operations / taken_s : best;
    }
    return best;
}

// ---- memory -------------------------------------------------------------------------------------

typedef uint64_t lanes __attribute__((vector_size(32)));
enum { STREAMS = 4, AHEAD_BYTES = 2048, LINE_BYTES = 64 };

typedef struct read_job {
    const char *bytes;
    size_t passes;
    uint64_t sums[256];
} read_job;

/// Reads its part in four streams; the sums prevent the compiler from removing the loads.
static void read_part(void *context, size_t begin, size_t end, int worker)
{
    read_job *job = context;
    size_t quarter = (end - begin) / STREAMS / LINE_BYTES * LINE_BYTES;
    lanes sums[STREAMS] = {{0}};
    for (size_t pass = 0; pass < job->passes; pass++)
        for (size_t i = 0; i < quarter; i += LINE_BYTES) {
            UNROLL for (size_t s = 0; s < STREAMS; s++)
            {
                const char *at = job->bytes + begin + s * quarter + i;
                __builtin_prefetch(at + AHEAD_BYTES);
                sums[s] += *(const lanes *)at + *(const lanes *)(at + sizeof(lanes));
            }
        }
    job->sums[worker] = sums[0][0] + sums[1][1] + sums[2][2] + sums[3][3];
}

static double measure_reading(size_t bytes, size_t passes)
{
    read_job job = {.passes = passes};
    char *block = NULL;
    double best = 0;
    if (DISTILL_NEW(&block, bytes) != DISTILL_OK)
        return 0;
    job.bytes = block;
    for (int i = 0; i < TIMES; i++) {
        double begun_s = distill_now_s();
        distill_parallel_for(read_part, &job, bytes, LINE_BYTES * STREAMS);
        double rate = (double)bytes * (double)passes / (distill_now_s() - begun_s);
        best = rate > best ? rate : best;
    }
    distill_free(block);
    return best;
}

void throughput_ceilings_measure(throughput_ceilings *out)
{
    enum { MOST_BYTES = 1 << 30, CACHE_PASSES = 40 };
    size_t eighth = distill_memory_available() / 8,
           bytes = eighth < MOST_BYTES ? eighth : MOST_BYTES;
    out->threads = distill_threads();
    out->fp32_flops = measure_peak(fp32_peak(&out->isa));
    out->int8_ops = measure_peak(int8_peak());
    out->memory_bytes = measure_reading(bytes, 1);
    out->cache_bytes = measure_reading(THROUGHPUT_CACHE_BLOCK_BYTES, CACHE_PASSES);
}
