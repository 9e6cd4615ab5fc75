// distill/base/work_ring.c - counters of the items produced, begun and consumed, under one lock.
//
// Items are numbered from 0; item i has slot i % slots. At any time
//     consumed <= begun <= produced <= consumed + slots
// and the items in between are done, in process, or pending. Only the owner's thread changes
// `produced` and `consumed`, so it reads them without the lock. A ring has threads of its own,
// because its work may block on disk I/O, which must not block the pool (distill/base/threads).
#include "distill/base/work_ring.h"

#include "distill/base/memory.h"

#include <pthread.h>

#define NO_FAILURE SIZE_MAX

typedef struct ring_slot {
    bool is_done; // processed, failed or dropped
    distill_status status;
    char message[DISTILL_ERROR_CAPACITY]; // of a failure
} ring_slot;

typedef struct ring_worker {
    distill_work_ring *ring;
    int number;
    pthread_t thread;
} ring_worker;

struct distill_work_ring {
    distill_work_ring_spec spec;
    size_t produced, begun, consumed; // counts of items
    size_t failure; // number of the first item that failed: those after it are dropped
    bool is_lent;   // the consumer uses the slot of item `consumed`
    bool stop;
    ring_slot *slots;
    ring_worker *workers;
    int worker_count;
    /// Protects the counts, `failure`, `stop`, and is_done and status of the slots.
    pthread_mutex_t lock;
    pthread_cond_t submitted, processed;
};

static ring_slot *slot_of(const distill_work_ring *ring, size_t item)
{
    return &ring->slots[item % ring->spec.slots];
}

// ---- processing ---------------------------------------------------------------------------------

static void fail_item(distill_work_ring *ring, size_t item, distill_status status)
{
    slot_of(ring, item)->status = status;
    if (item < ring->failure)
        ring->failure = item;
}

/// Processes the next item. The lock is held on entry and on return, and released while the item is
/// processed.
static void process_next(distill_work_ring *ring, int worker)
{
    size_t item = ring->begun++;
    ring_slot *slot = slot_of(ring, item);
    if (!slot->is_done && item < ring->failure) {
        pthread_mutex_unlock(&ring->lock);
        distill_status status =
            ring->spec.process(ring->spec.context, item % ring->spec.slots, worker);
        if (status != DISTILL_OK)
            distill_error_take(slot->message, sizeof slot->message);
        pthread_mutex_lock(&ring->lock);
        if (status != DISTILL_OK)
            fail_item(ring, item, status);
    }
    slot->is_done = true;
    pthread_cond_signal(&ring->processed);
}

static void *worker_main(void *argument)
{
    const ring_worker *worker = argument;
    distill_work_ring *ring = worker->ring;
    pthread_mutex_lock(&ring->lock);
    for (;;) {
        while (!ring->stop && ring->begun == ring->produced)
            pthread_cond_wait(&ring->submitted, &ring->lock);
        if (ring->stop)
            break;
        process_next(ring, worker->number);
    }
    pthread_mutex_unlock(&ring->lock);
    return NULL;
}

// ---- producing ----------------------------------------------------------------------------------

bool distill_work_ring_is_full(const distill_work_ring *ring)
{
    size_t most = ring->worker_count > 0 ? ring->spec.slots : 1;
    return ring->produced - ring->consumed >= most;
}

size_t distill_work_ring_free_slot(const distill_work_ring *ring)
{
    return ring->produced % ring->spec.slots;
}

static void submit(distill_work_ring *ring, distill_status status)
{
    ring_slot *slot = slot_of(ring, ring->produced);
    pthread_mutex_lock(&ring->lock);
    slot->status = DISTILL_OK;
    slot->is_done = status != DISTILL_OK;
    if (status != DISTILL_OK)
        fail_item(ring, ring->produced, status);
    ring->produced++;
    if (ring->worker_count > 0)
        pthread_cond_signal(&ring->submitted);
    else
        process_next(ring, 0);
    pthread_mutex_unlock(&ring->lock);
}

void distill_work_ring_submit(distill_work_ring *ring)
{
    submit(ring, DISTILL_OK);
}

void distill_work_ring_submit_failure(distill_work_ring *ring, distill_status status)
{
    ring_slot *slot = slot_of(ring, ring->produced);
    distill_error_take(slot->message, sizeof slot->message);
    submit(ring, status);
}

size_t distill_work_ring_pending(const distill_work_ring *ring)
{
    return ring->produced - ring->consumed;
}

// ---- consuming ----------------------------------------------------------------------------------

bool distill_work_ring_is_ready(distill_work_ring *ring)
{
    if (ring->produced == ring->consumed)
        return false;
    pthread_mutex_lock(&ring->lock);
    bool ready = slot_of(ring, ring->consumed)->is_done;
    pthread_mutex_unlock(&ring->lock);
    return ready;
}

distill_status distill_work_ring_take(size_t *out, distill_work_ring *ring)
{
    ring_slot *slot = slot_of(ring, ring->consumed);
    pthread_mutex_lock(&ring->lock);
    while (!slot->is_done)
        pthread_cond_wait(&ring->processed, &ring->lock);
    pthread_mutex_unlock(&ring->lock);
    if (slot->status != DISTILL_OK) { // it remains the oldest item: the next take fails too
        distill_error_put(slot->message);
        return slot->status;
    }
    ring->is_lent = true;
    *out = ring->consumed % ring->spec.slots;
    return DISTILL_OK;
}

void distill_work_ring_release(distill_work_ring *ring)
{
    ring->consumed += ring->is_lent;
    ring->is_lent = false;
}

void distill_work_ring_clear(distill_work_ring *ring)
{
    pthread_mutex_lock(&ring->lock);
    for (; ring->begun < ring->produced; ring->begun++)
        slot_of(ring, ring->begun)->is_done = true;
    for (; ring->consumed < ring->produced; ring->consumed++)
        while (!slot_of(ring, ring->consumed)->is_done)
            pthread_cond_wait(&ring->processed, &ring->lock);
    ring->failure = NO_FAILURE;
    ring->is_lent = false;
    pthread_mutex_unlock(&ring->lock);
}

// ---- creation -----------------------------------------------------------------------------------

static void start_workers(distill_work_ring *ring, int count)
{
    for (int i = 0; i < count; i++) {
        ring->workers[i] = (ring_worker){.ring = ring, .number = i};
        if (pthread_create(&ring->workers[i].thread, NULL, worker_main, &ring->workers[i]) != 0)
            break;
        ring->worker_count++;
    }
}

distill_status distill_work_ring_create(distill_work_ring **out, const distill_work_ring_spec *spec)
{
    distill_status status = DISTILL_OK;
    distill_work_ring *ring = NULL;
    int count =
        spec->workers < DISTILL_WORK_RING_WORKERS ? spec->workers : DISTILL_WORK_RING_WORKERS;
    TRY(DISTILL_NEW(&ring, 1));
    ring->spec = *spec;
    ring->failure = NO_FAILURE;
    pthread_mutex_init(&ring->lock, NULL);
    pthread_cond_init(&ring->submitted, NULL);
    pthread_cond_init(&ring->processed, NULL);
    TRY(DISTILL_NEW(&ring->slots, spec->slots));
    TRY(DISTILL_NEW(&ring->workers, (size_t)count));
    start_workers(ring, count);
    *out = ring;
    ring = NULL;
done:
    distill_work_ring_close(ring);
    return status;
}

void distill_work_ring_close(distill_work_ring *ring)
{
    if (ring == NULL)
        return;
    pthread_mutex_lock(&ring->lock);
    ring->stop = true;
    pthread_cond_broadcast(&ring->submitted);
    pthread_mutex_unlock(&ring->lock);
    for (int i = 0; i < ring->worker_count; i++)
        pthread_join(ring->workers[i].thread, NULL);
    distill_free(ring->slots);
    distill_free(ring->workers);
    pthread_cond_destroy(&ring->submitted);
    pthread_cond_destroy(&ring->processed);
    pthread_mutex_destroy(&ring->lock);
    distill_free(ring);
}
