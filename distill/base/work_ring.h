// distill/base/work_ring.h - a bounded ring of items: produced in order, processed on any thread,
// consumed in order.
//
//     distill_work_ring *ring = NULL;
//     distill_work_ring_spec spec = {.slots = 16, .workers = distill_threads(), .process = pack};
//     TRY(distill_work_ring_create(&ring, &spec));
//     while (more) {
//         while (distill_work_ring_is_full(ring) || distill_work_ring_is_ready(ring))
//             TRY(consume_oldest(ring));               // take, use, release
//         fill(&items[distill_work_ring_free_slot(ring)]);
//         distill_work_ring_submit(ring);
//     }
//     while (distill_work_ring_pending(ring) > 0)
//         TRY(consume_oldest(ring));
// done:
//     distill_work_ring_close(ring);
//
// For background work of a thread that also does other things, such as reading and writing with a
// library that is not thread-safe. If all threads share one loop and the caller waits for it, use
// distill_parallel_for.
//
// The ring does not store items: the caller keeps them in an array with one element for each slot.
// An item belongs to the producer until it is submitted, then to the worker that processes it, and
// between take and release to the consumer. Items start in the order of submission, and several are
// processed at a time.
// Back-pressure  a full ring accepts no item until the oldest one is released.
// Errors   take returns the failure of the item. The first failure is final: items that have not
//          started are dropped, and each later take returns the same failure.
// Threads  one thread produces and consumes. Without workers it processes each item in submit.
#ifndef DISTILL_BASE_WORK_RING_H
#define DISTILL_BASE_WORK_RING_H

#include "distill/base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { DISTILL_WORK_RING_WORKERS = 64 }; // maximum

typedef struct distill_work_ring distill_work_ring;

typedef struct distill_work_ring_spec {
    size_t slots; // > 0: most items submitted and not yet released
    int workers;  // threads to start; 0: items are processed in the caller's thread
    /// Processes the item of `slot`. `worker` is in 0 … workers-1, or 0 in the caller's thread: two
    /// calls with the same number never run concurrently.
    distill_status (*process)(void *context, size_t slot, int worker);
    void *context;
} distill_work_ring_spec;

/// Starts the workers. If only some can be started, these do the work; if none can, the caller's
/// thread does.
/// Errors  NO_MEMORY.
distill_status distill_work_ring_create(distill_work_ring **out,
                                        const distill_work_ring_spec *spec) DISTILL_MUST_CHECK;
/// True if no item can be submitted before the oldest one is released.
bool distill_work_ring_is_full(const distill_work_ring *ring);
/// The slot of the next item. Requires a ring that is not full.
size_t distill_work_ring_free_slot(const distill_work_ring *ring);
/// Submits the item in the free slot.
void distill_work_ring_submit(distill_work_ring *ring);
/// Submits an item that could not be produced: taking it returns `status` with this thread's
/// current message.
void distill_work_ring_submit_failure(distill_work_ring *ring, distill_status status);
/// Items that were submitted and not yet released.
size_t distill_work_ring_pending(const distill_work_ring *ring);
/// True if there is an item and taking it does not block.
bool distill_work_ring_is_ready(distill_work_ring *ring);
/// Blocks until the oldest item is processed and sets *slot; the caller may use the slot until it
/// calls release. Requires a submitted item and no slot in use. After a failure there is no slot to
/// release.
/// Errors  that of the first item that failed.
distill_status distill_work_ring_take(size_t *slot, distill_work_ring *ring) DISTILL_MUST_CHECK;
/// Makes the slot of the last take free again; does nothing if there is none.
void distill_work_ring_release(distill_work_ring *ring);
/// Drops all items and a failure after the items in process are done.
void distill_work_ring_clear(distill_work_ring *ring);
/// Clears the ring, stops its workers and frees it; NULL is legal.
void distill_work_ring_close(distill_work_ring *ring);

#endif
