// datasets/filter/block_queue.c - a ring of blocks: fetched by the caller, judged by workers, given
// back to the caller oldest first. While the caller writes, the workers have what it fetched ahead.
#include "datasets/filter/block_queue.h"

#include "distill/base/memory.h"
#include "distill/base/threads.h"

#include <pthread.h>

enum { BLOCK_BYTES = 2 << 20, BLOCKS_A_THREAD = 4, MOST_WORKERS = 64 };

struct block_queue {
    trace_reader *const *inputs;
    size_t input_count;
    uint64_t total;
    size_t input, row; // the next block begins here
    uint64_t index;    // likewise, in the whole input
    bool failed;       // a block could not be fetched: none after it is
    block_work work;
    block_slot *slots;
    size_t slot_count;
    // counts since the start; block i stands in slots[i % slot_count]; given <= taken <= fetched
    size_t fetched, taken, given;
    bool lent; // the block of `given` is with the caller
    bool stop;
    pthread_mutex_t lock; // of the counts, of `stop` and of `done`
    pthread_cond_t ready, done;
    pthread_t workers[MOST_WORKERS];
    int worker_count;
};

// --- judging ---------------------------------------------------------------------------------------

static distill_status reserve(block_slot *slot, bool signatures)
{
    distill_status status = DISTILL_OK;
    size_t count = trace_block_count(slot->block);
    if (count > slot->capacity || (signatures && slot->signatures == NULL)) {
        distill_free(slot->judgements);
        distill_free(slot->signatures);
        slot->judgements = NULL;
        slot->signatures = NULL;
        slot->capacity = 0;
        TRY(DISTILL_NEW(&slot->judgements, count));
        if (signatures)
            TRY(DISTILL_NEW(&slot->signatures, count));
        slot->capacity = count;
    }
    distill_text_clear(&slot->extracted);
done:
    return status;
}

static distill_status work_on(block_slot *slot, const block_work *work)
{
    distill_status status = DISTILL_OK;
    TRY(trace_reader_hint(trace_block_unpack(slot->block)));
    if (work->judge == NULL)
        goto done;
    TRY(reserve(slot, work->signatures));
    TRY(work->judge(slot, work->context));
done:
    return status;
}

static void finish_slot(block_slot *slot, const block_work *work)
{
    if (slot->status != DISTILL_OK)
        return; // it could not be fetched
    slot->status = work_on(slot, work);
    if (slot->status != DISTILL_OK)
        distill_error_take(slot->message, sizeof slot->message);
}

static void *worker_main(void *argument)
{
    block_queue *queue = argument;
    pthread_mutex_lock(&queue->lock);
    for (;;) {
        while (!queue->stop && queue->taken == queue->fetched)
            pthread_cond_wait(&queue->ready, &queue->lock);
        if (queue->stop)
            break;
        block_slot *slot = &queue->slots[queue->taken++ % queue->slot_count];
        pthread_mutex_unlock(&queue->lock);
        finish_slot(slot, &queue->work);
        pthread_mutex_lock(&queue->lock);
        slot->done = true;
        pthread_cond_signal(&queue->done);
    }
    pthread_mutex_unlock(&queue->lock);
    return NULL;
}

// --- reading ---------------------------------------------------------------------------------------

/// Goes on to the input in which the next trace is.
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

/// Fetches the next block, if there is one of interest. A failure is kept for its turn.
static void fetch_block(block_queue *queue)
{
    const block_work *work = &queue->work;
    block_slot *slot = &queue->slots[queue->fetched % queue->slot_count];
    if (work->next != NULL)
        advance(queue, work->next(queue->index, work->context) - queue->index);
    if (is_over(queue))
        return;
    slot->first = queue->index;
    slot->done = false;
    slot->status = trace_reader_hint(trace_block_fetch(slot->block, queue->inputs[queue->input],
                                                       queue->row, BLOCK_BYTES, work->part));
    queue->failed = slot->status != DISTILL_OK;
    if (queue->failed)
        distill_error_take(slot->message, sizeof slot->message);
    else
        advance(queue, trace_block_count(slot->block));
    pthread_mutex_lock(&queue->lock);
    queue->fetched++;
    pthread_cond_signal(&queue->ready);
    pthread_mutex_unlock(&queue->lock);
}

/// Returns when the oldest block is judged.
static block_slot *finish_oldest(block_queue *queue)
{
    block_slot *slot = &queue->slots[queue->given % queue->slot_count];
    if (queue->worker_count == 0) {
        queue->taken++;
        finish_slot(slot, &queue->work);
        return slot;
    }
    pthread_mutex_lock(&queue->lock);
    while (!slot->done)
        pthread_cond_wait(&queue->done, &queue->lock);
    pthread_mutex_unlock(&queue->lock);
    return slot;
}

distill_status block_queue_next(block_queue *queue, block_slot **out)
{
    distill_status status = DISTILL_OK;
    size_t most = queue->worker_count > 0 ? queue->slot_count : 1;
    *out = NULL;
    queue->given += queue->lent;
    queue->lent = false;
    while (queue->fetched - queue->given < most && !is_over(queue))
        fetch_block(queue);
    if (queue->given == queue->fetched)
        return DISTILL_OK;
    block_slot *slot = finish_oldest(queue);
    queue->lent = true;
    if (slot->status != DISTILL_OK) {
        distill_error_put(slot->message);
        TRY(slot->status);
    }
    *out = slot;
done:
    return status;
}

void block_queue_start(block_queue *queue, const block_work *work)
{
    for (queue->given += queue->lent; queue->given < queue->fetched; queue->given++)
        finish_oldest(queue);
    queue->lent = false;
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

// --- life ------------------------------------------------------------------------------------------

/// If no worker can be started the caller judges.
static void start_workers(block_queue *queue, int count)
{
    while (queue->worker_count < count &&
           pthread_create(&queue->workers[queue->worker_count], NULL, worker_main, queue) == 0)
        queue->worker_count++;
}

distill_status block_queue_create(block_queue **out, trace_reader *const *inputs,
                                  size_t input_count)
{
    distill_status status = DISTILL_OK;
    block_queue *queue = NULL;
    int threads = distill_threads() < MOST_WORKERS ? distill_threads() : MOST_WORKERS;
    TRY(DISTILL_NEW(&queue, 1));
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->ready, NULL);
    pthread_cond_init(&queue->done, NULL);
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
    if (threads > 1)
        start_workers(queue, threads);
    *out = queue;
    queue = NULL;
done:
    block_queue_free(queue);
    return status;
}

static void stop_workers(block_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->stop = true;
    pthread_cond_broadcast(&queue->ready);
    pthread_mutex_unlock(&queue->lock);
    for (int i = 0; i < queue->worker_count; i++)
        pthread_join(queue->workers[i], NULL);
}

void block_queue_free(block_queue *queue)
{
    if (queue == NULL)
        return;
    stop_workers(queue);
    for (size_t i = 0; queue->slots != NULL && i < queue->slot_count; i++) {
        block_slot *slot = &queue->slots[i];
        trace_block_free(slot->block);
        filter_scratch_free(&slot->scratch);
        distill_free(slot->judgements);
        distill_free(slot->signatures);
        distill_text_free(&slot->extracted);
        grade_free(&slot->grade);
    }
    distill_free(queue->slots);
    pthread_cond_destroy(&queue->ready);
    pthread_cond_destroy(&queue->done);
    pthread_mutex_destroy(&queue->lock);
    distill_free(queue);
}
