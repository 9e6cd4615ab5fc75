// tests/unit/base/test_work_ring.c - order, back-pressure, failures and abort of the work ring.
//
// Built with -DCMAKE_C_FLAGS=-fsanitize=thread it also detects concurrent access to an item.
#include "distill/base/work_ring.h"

#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "tests/support/unit.h"

#include <sched.h>
#include <stdatomic.h>

enum { SLOTS = 7, ITEMS = 2000, NO_ITEM = -1 };

/// Items are plain numbers, so that ThreadSanitizer detects a data race on them.
typedef struct work {
    size_t input[SLOTS], output[SLOTS];
    atomic_int running, most_running; // concurrent calls of process
    atomic_int busy[DISTILL_WORK_RING_WORKERS];
    atomic_int processed;
    atomic_bool is_released;      // ends the blocking calls of process
    atomic_bool is_number_shared; // two concurrent calls had the same worker number
    int fails_later, fails_first; // numbers of items
} work;

/// Squares the number after a delay that depends on it, so that items complete out of order.
static distill_status square(void *context, size_t slot, int worker)
{
    work *w = context;
    size_t n = w->input[slot];
    if (atomic_fetch_add(&w->busy[worker], 1) > 0)
        atomic_store(&w->is_number_shared, true);
    int running = atomic_fetch_add(&w->running, 1) + 1, most = atomic_load(&w->most_running);
    while (running > most && !atomic_compare_exchange_weak(&w->most_running, &most, running))
        ;
    for (uint64_t i = distill_mix64(n) % 8; i > 0; i--)
        sched_yield();
    w->output[slot] = n * n;
    atomic_fetch_add(&w->processed, 1);
    atomic_fetch_sub(&w->running, 1);
    atomic_fetch_sub(&w->busy[worker], 1);
    return DISTILL_OK;
}

static void consume(work *w, distill_work_ring *ring, size_t *next)
{
    size_t slot;
    assert_ok(distill_work_ring_take(&slot, ring));
    assert_int_equal(w->input[slot], *next);
    assert_int_equal(w->output[slot], *next * *next);
    (*next)++;
    distill_work_ring_release(ring);
}

static void produce(work *w, distill_work_ring *ring, size_t n)
{
    w->input[distill_work_ring_free_slot(ring)] = n;
    distill_work_ring_submit(ring);
}

static void square_all(int workers)
{
    work w = {0};
    distill_work_ring *ring = NULL;
    distill_work_ring_spec spec = {
        .slots = SLOTS, .workers = workers, .process = square, .context = &w};
    size_t next = 0;
    assert_ok(distill_work_ring_create(&ring, &spec));
    assert_false(distill_work_ring_is_ready(ring));
    for (size_t n = 0; n < ITEMS; n++) {
        while (distill_work_ring_is_full(ring) || distill_work_ring_is_ready(ring))
            consume(&w, ring, &next);
        assert_true(distill_work_ring_pending(ring) < SLOTS);
        produce(&w, ring, n);
    }
    while (distill_work_ring_pending(ring) > 0)
        consume(&w, ring, &next);
    assert_int_equal(next, ITEMS);
    assert_int_equal(w.processed, ITEMS);
    assert_false(w.is_number_shared);
    assert_true(w.most_running <= (workers > 0 ? workers : 1));
    distill_work_ring_close(ring);
}

static void items_are_consumed_in_order_with_any_number_of_workers(void **state)
{
    (void)state;
    static const int workers[] = {0, 1, 2, 3, 8, 1000};
    for (size_t i = 0; i < sizeof workers / sizeof *workers; i++)
        square_all(workers[i]);
}

/// Blocks until the test sets is_released.
static distill_status wait_for_release(void *context, size_t slot, int worker)
{
    work *w = context;
    (void)worker;
    atomic_fetch_add(&w->running, 1);
    while (!atomic_load(&w->is_released))
        sched_yield();
    w->output[slot] = w->input[slot] * w->input[slot];
    return DISTILL_OK;
}

static void a_full_ring_accepts_no_items(void **state)
{
    (void)state;
    work w = {0};
    distill_work_ring *ring = NULL;
    distill_work_ring_spec spec = {
        .slots = SLOTS, .workers = 2, .process = wait_for_release, .context = &w};
    size_t next = 0;
    assert_ok(distill_work_ring_create(&ring, &spec));
    for (size_t n = 0; n < SLOTS; n++) {
        assert_false(distill_work_ring_is_full(ring));
        produce(&w, ring, n);
    }
    assert_true(distill_work_ring_is_full(ring));
    while (atomic_load(&w.running) < 2)
        sched_yield();
    assert_false(distill_work_ring_is_ready(ring));
    atomic_store(&w.is_released, true);
    consume(&w, ring, &next);
    assert_false(distill_work_ring_is_full(ring));
    while (distill_work_ring_pending(ring) > 0)
        consume(&w, ring, &next);
    distill_work_ring_close(ring);
}

/// `fails_later` fails after `fails_first`, which follows it in the ring.
static distill_status fail_some(void *context, size_t slot, int worker)
{
    work *w = context;
    int n = (int)w->input[slot];
    (void)worker;
    w->output[slot] = w->input[slot] * w->input[slot];
    atomic_fetch_add(&w->processed, 1);
    if (n == w->fails_first) {
        distill_status status = distill_fail(DISTILL_FORMAT, "item %d fails", n);
        atomic_store(&w->is_released, true);
        return status;
    }
    if (n != w->fails_later)
        return DISTILL_OK;
    while (!atomic_load(&w->is_released))
        sched_yield();
    return distill_fail(DISTILL_LIMIT, "item %d fails", n);
}

static void the_first_failing_item_decides(void **state)
{
    (void)state;
    work w = {.fails_later = 2, .fails_first = 3};
    distill_work_ring *ring = NULL;
    distill_work_ring_spec spec = {
        .slots = SLOTS, .workers = 3, .process = fail_some, .context = &w};
    size_t next = 0, slot;
    assert_ok(distill_work_ring_create(&ring, &spec));
    for (size_t n = 0; n < 5; n++)
        produce(&w, ring, n);
    consume(&w, ring, &next);
    consume(&w, ring, &next);
    assert_fails(distill_work_ring_take(&slot, ring), DISTILL_LIMIT, "item 2 fails");
    produce(&w, ring, 99); // dropped
    distill_work_ring_release(ring);
    assert_fails(distill_work_ring_take(&slot, ring), DISTILL_LIMIT, "item 2 fails");
    distill_work_ring_clear(ring);
    assert_int_equal(distill_work_ring_pending(ring), 0);
    assert_true(w.processed <= 5);
    w.fails_first = w.fails_later = NO_ITEM; // after a clear the ring works again
    next = 10;
    for (size_t n = 10; n < 10 + SLOTS; n++)
        produce(&w, ring, n);
    while (distill_work_ring_pending(ring) > 0)
        consume(&w, ring, &next);
    distill_work_ring_close(ring);
}

static void items_before_a_failed_production_are_consumed(void **state)
{
    (void)state;
    for (int workers = 0; workers < 3; workers++) {
        work w = {0};
        distill_work_ring *ring = NULL;
        distill_work_ring_spec spec = {
            .slots = SLOTS, .workers = workers, .process = square, .context = &w};
        size_t next = 0, slot, before = workers > 0 ? 4 : 0;
        assert_ok(distill_work_ring_create(&ring, &spec));
        for (size_t n = 0; n < before; n++)
            produce(&w, ring, n);
        distill_work_ring_submit_failure(ring, distill_fail(DISTILL_IO, "no more input"));
        (void)!distill_fail(DISTILL_INTERNAL, "another message of this thread");
        while (next < before)
            consume(&w, ring, &next);
        assert_fails(distill_work_ring_take(&slot, ring), DISTILL_IO, "no more input");
        assert_int_equal(w.processed, before);
        distill_work_ring_close(ring);
    }
}

static void closing_drops_items_that_have_not_started(void **state)
{
    (void)state;
    for (int round = 0; round < 100; round++) {
        work w = {0};
        distill_work_ring *ring = NULL;
        distill_work_ring_spec spec = {
            .slots = SLOTS, .workers = 3, .process = square, .context = &w};
        size_t next = 0;
        assert_ok(distill_work_ring_create(&ring, &spec));
        for (size_t n = 0; n < SLOTS; n++)
            produce(&w, ring, n);
        if (round % 3 == 1)
            consume(&w, ring, &next);
        if (round % 3 == 2)
            distill_work_ring_clear(ring);
        distill_work_ring_close(ring);
        assert_int_equal(w.running, 0); // the threads have ended
        assert_true(w.processed <= SLOTS);
    }
    distill_work_ring_close(NULL);
}

static void creation_reports_every_failed_allocation(void **state)
{
    (void)state;
    work w = {0};
    distill_work_ring_spec spec = {.slots = SLOTS, .workers = 2, .process = square, .context = &w};
    for (uint64_t n = 1; n <= 3; n++) {
        distill_work_ring *ring = NULL;
        distill_allocation_fail_at(n);
        assert_fails(distill_work_ring_create(&ring, &spec), DISTILL_NO_MEMORY, "out of memory");
        distill_allocation_fail_at(0);
        assert_null(ring);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_consumed_in_order_with_any_number_of_workers),
        cmocka_unit_test(a_full_ring_accepts_no_items),
        cmocka_unit_test(the_first_failing_item_decides),
        cmocka_unit_test(items_before_a_failed_production_are_consumed),
        cmocka_unit_test(closing_drops_items_that_have_not_started),
        cmocka_unit_test(creation_reports_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
