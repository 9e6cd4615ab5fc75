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
// For work in the background of one thread that has other things to do in between: reading and
// writing with a library that is not thread-safe, for example. Where all threads share one loop and
// the caller waits for it, use distill_parallel_for.
//
// The ring holds no items: the caller keeps them in an array with an element a slot. An item
// belongs to the producer until it is submitted, then to the worker that processes it, and from
// take to release to the consumer. Items are processed in the order of their submission, several at
// a time.
// Back-pressure  a full ring takes no item until the oldest one is consumed.
// Errors   each item's failure is returned when it is taken; the first one is final: items that were not
//          begun are dropped, and each later take returns the same failure.
// Threads  one thread produces and consumes. Without workers it processes each item in submit.
#ifndef DISTILL_BASE_WORK_RING_H
#define DISTILL_BASE_WORK_RING_H

#include "distill/base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { DISTILL_WORK_RING_WORKERS = 64 }; // at most

typedef struct distill_work_ring distill_work_ring;

typedef struct distill_work_ring_spec {
    size_t slots; // > 0: items that may be submitted and not yet released
    int workers;  // threads to start; 0: the caller's thread processes
    /// Processes the item of `slot`. `worker` is in 0 … workers-1, and 0 in the caller's thread: no
    /// two calls with the same number run at once.
    distill_status (*process)(void *context, size_t slot, int worker);
    void *context;
} distill_work_ring_spec;

/// Starts the workers. If not all of them can be started fewer do the work; if none can, the
/// caller.
/// Errors  NO_MEMORY.
distill_status distill_work_ring_create(distill_work_ring **out,
                                        const distill_work_ring_spec *spec) DISTILL_MUST_CHECK;
/// True if no item can be submitted before the oldest is released.
bool distill_work_ring_is_full(const distill_work_ring *ring);
/// The slot of the next item; the ring is not full.
size_t distill_work_ring_free_slot(const distill_work_ring *ring);
/// Submits the item in the free slot.
void distill_work_ring_submit(distill_work_ring *ring);
/// Submits an item that could not be produced: taking it returns `status`, with this thread's
/// message.
void distill_work_ring_submit_failure(distill_work_ring *ring, distill_status status);
/// Items that were submitted and not yet released.
size_t distill_work_ring_pending(const distill_work_ring *ring);
/// True if there is an item and taking it would not block.
bool distill_work_ring_is_ready(distill_work_ring *ring);
/// Waits until the oldest item is processed and lends its slot; there is an item, and none is lent.
/// After a failure nothing is lent.
/// Errors  that of the first item that failed.
distill_status distill_work_ring_take(size_t *slot, distill_work_ring *ring) DISTILL_MUST_CHECK;
/// Makes the slot that was lent free again; does nothing if none is lent.
void distill_work_ring_release(distill_work_ring *ring);
/// Drops all items and a failure, waiting for those that are being processed.
void distill_work_ring_clear(distill_work_ring *ring);
/// The same, stops the workers and frees the ring; NULL is legal.
void distill_work_ring_close(distill_work_ring *ring);

#endif
