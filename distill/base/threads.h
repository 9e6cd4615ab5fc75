// distill/base/threads.h - the process's pool of worker threads.
//
//     distill_parallel_for(scale_rows, &job, N, 16);     // scale_rows(&job, begin, end, worker)
//     distill_parallel_pieces(multiply, &job, panels, 4); // for work of uneven cost
//
// The range is split into equal contiguous parts, one for each worker, at multiples of `grain`; the
// split depends only on (count, grain, number of threads). distill_parallel_pieces begins with the
// same parts, but workers process them piece by piece, and idle workers take remaining pieces of
// other parts (work stealing): results must not depend on which worker runs a piece. A call from
// inside a worker runs in that worker.
#ifndef DISTILL_BASE_THREADS_H
#define DISTILL_BASE_THREADS_H

#include "distill/base/status.h"

#include <stddef.h>

typedef void (*distill_range_fn)(void *context, size_t begin, size_t end, int worker);

/// Sets the number of threads (0 = all cores available to the process). Call before work starts.
distill_status distill_threads_set(int count) DISTILL_MUST_CHECK;
/// Number of threads in use (>= 1).
int distill_threads(void);
/// Cores available to the process (affinity and cgroup quota).
int distill_cores(void);
/// Runs `fn` over 0 … count-1 and returns when all is done. Allocates no memory.
void distill_parallel_for(distill_range_fn fn, void *context, size_t count, size_t grain);
/// Likewise, but each call of `fn` covers at most `piece` items, and any worker may run it.
void distill_parallel_pieces(distill_range_fn fn, void *context, size_t count, size_t piece);

#endif
