// distill/base/threads.h - one pool of workers for the whole process.
//
//     distill_parallel_for(scale_rows, &job, N, 16);     // scale_rows(&job, begin, end, worker)
//     distill_parallel_pieces(multiply, &job, panels, 4); // for work of uneven cost
//
// The range is cut into equal contiguous parts, one a worker, at multiples of `grain`; the cut
// depends on (count, grain, number of threads) alone. Work in pieces begins with the same parts,
// but whoever has finished takes pieces of the others, so that nobody waits for the slowest core
// or the dearest part: results must not depend on who does what. Calls from inside a worker run
// in that worker.
#ifndef DISTILL_BASE_THREADS_H
#define DISTILL_BASE_THREADS_H

#include "distill/base/status.h"

#include <stddef.h>

typedef void (*distill_range_fn)(void *context, size_t begin, size_t end, int worker);

/// Number of threads to use (0 = all cores this process may run on). Call before work starts.
distill_status distill_threads_set(int count) DISTILL_MUST_CHECK;
/// Number of threads in use (>= 1).
int distill_threads(void);
/// Cores this process may run on (affinity and cgroup quota).
int distill_cores(void);
/// Runs `fn` over 0 … count-1 and returns when all is done. Makes no allocation.
void distill_parallel_for(distill_range_fn fn, void *context, size_t count, size_t grain);
/// Likewise, but `fn` runs over at most `piece` at a time, and a worker may be given any of them.
void distill_parallel_pieces(distill_range_fn fn, void *context, size_t count, size_t piece);

#endif
