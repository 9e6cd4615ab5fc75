// datasets/filter/block_queue.c - a work ring of blocks: the caller fetches and takes them, the
// workers check them. While the caller writes, the workers check the blocks that it has fetched
// ahead.
#include "datasets/filter/block_queue.h"

#include "distill/base/memory.h"
#include "distill/base/threads.h"
#include "distill/base/work_ring.h"

enum { BLOCK_BYTES = 2 << 20, BLOCKS_A_THREAD = 4 };

struct block_queue {
    trace_reader *const *inputs;
    size_t input_count;
    uint64_t total;
    size_t input, row; // of the next block
    uint64_t index;    // likewise, in all inputs
    bool failed;       // a block could not be fetched: no further one is
    block_work work;
    block_slot *slots; // [slot_count], those of the ring
    size_t slot_count;
    distill_work_ring *ring;
};

// --- checking -----------------------------------------------------------------------------------

static distill_status reserve(block_slot *slot, bool signatures)
{
    distill_status status = DISTILL_OK;
    size_t count = trace_block_count(slot->block);
    if (count > slot->capacity || (signatures && slot->signatures == NULL)) {
        distill_free(slot->findings);
        distill_free(slot->signatures);
        slot->findings = NULL;
        slot->signatures = NULL;
        slot->capacity = 0;
        TRY(DISTILL_NEW(&slot->findings, count));
        if (signatures)
            TRY(DISTILL_NEW(&slot->signatures, count));
        slot->capacity = count;
    }
    distill_text_clear(&slot->extracted);
done:
    return status;
}

static distill_status work_on(void *context, size_t number, int worker)
{
    distill_status status = DISTILL_OK;
    block_queue *queue = context;
    block_slot *slot = &queue->slots[number];
    const block_work *work = &queue->work;
    (void)worker; // the memory of the check is part of the slot
    TRY(trace_reader_hint(trace_block_unpack(slot->block)));
    if (work->check == NULL)
        goto done;
    TRY(reserve(slot, work->signatures));
    TRY(work->check(slot, work->context));
done:
    return status;
}

// --- reading ------------------------------------------------------------------------------------

/// Moves to the input that has the next trace.
static void skip_finished(block_queue *queue)
{
    while (queue->input < queue->input_count &&
           queue->row >= trace_reader_count(queue->inputs[queue->input])) {
        queue->row -= trace_reader_count(queue->inputs[queue->input]);
        queue->input++;
    }
}

static bool is_over(const block_queue *queue)
{
    return queue->input >= queue->input_count || queue->failed;
}

static void advance(block_queue *queue, uint64_t count)
{
    queue->row += (size_t)count;
    queue->index += count;
    skip_finished(queue);
}

/// Fetches the next block that is to be read. A failure is submitted, and returned in the order of
/// the input.
static void fetch_block(block_queue *queue)
{
    const block_work *work = &queue->work;
    block_slot *slot = &queue->slots[distill_work_ring_free_slot(queue->ring)];
    if (work->next != NULL)
        advance(queue, work->next(queue->index, work->context) - queue->index);
    if (is_over(queue))
        return;
    slot->first = queue->index;
    distill_status status = trace_reader_hint(trace_block_fetch(
        slot->block, queue->inputs[queue->input], queue->row, BLOCK_BYTES, work->part));
    queue->failed = status != DISTILL_OK;
    if (queue->failed) {
        distill_work_ring_submit_failure(queue->ring, status);
    } else {
        advance(queue, trace_block_count(slot->block));
        distill_work_ring_submit(queue->ring);
    }
}

distill_status block_queue_next(block_queue *queue, block_slot **out)
{
    distill_status status = DISTILL_OK;
    size_t slot;
    *out = NULL;
    distill_work_ring_release(queue->ring);
    while (!distill_work_ring_is_full(queue->ring) && !is_over(queue))
        fetch_block(queue);
    if (distill_work_ring_pending(queue->ring) == 0)
        return DISTILL_OK;
    TRY(distill_work_ring_take(&slot, queue->ring));
    *out = &queue->slots[slot];
done:
    return status;
}

void block_queue_start(block_queue *queue, const block_work *work)
{
    distill_work_ring_clear(queue->ring);
    queue->work = *work;
    queue->input = queue->row = 0;
    queue->index = 0;
    queue->failed = false;
    skip_finished(queue);
}

uint64_t block_queue_total(const block_queue *queue)
{
    return queue->total;
}

// --- create and free ----------------------------------------------------------------------------

distill_status block_queue_create(block_queue **out, trace_reader *const *inputs,
                                  size_t input_count)
{
    distill_status status = DISTILL_OK;
    block_queue *queue = NULL;
    int threads = distill_threads() < DISTILL_WORK_RING_WORKERS ? distill_threads()
                                                                : DISTILL_WORK_RING_WORKERS;
    TRY(DISTILL_NEW(&queue, 1));
    queue->inputs = inputs;
    queue->input_count = input_count;
    for (size_t i = 0; i < input_count; i++)
        queue->total += trace_reader_count(inputs[i]);
    queue->slot_count = threads > 1 ? (size_t)threads * BLOCKS_A_THREAD : 1;
    TRY(DISTILL_NEW(&queue->slots, queue->slot_count));
    for (size_t i = 0; i < queue->slot_count; i++) {
        TRY(trace_block_create(&queue->slots[i].block));
        TRY(filter_scratch_create(&queue->slots[i].scratch));
    }
    distill_work_ring_spec spec = {.slots = queue->slot_count,
                                   .workers = threads > 1 ? threads : 0,
                                   .process = work_on,
                                   .context = queue};
    TRY(distill_work_ring_create(&queue->ring, &spec));
    *out = queue;
    queue = NULL;
done:
    block_queue_free(queue);
    return status;
}

void block_queue_free(block_queue *queue)
{
    if (queue == NULL)
        return;
    distill_work_ring_close(queue->ring);
    for (size_t i = 0; queue->slots != NULL && i < queue->slot_count; i++) {
        block_slot *slot = &queue->slots[i];
        trace_block_free(slot->block);
        filter_scratch_free(&slot->scratch);
        distill_free(slot->findings);
        distill_free(slot->signatures);
        distill_text_free(&slot->extracted);
        grade_free(&slot->grade);
    }
    distill_free(queue->slots);
    distill_free(queue);
}
