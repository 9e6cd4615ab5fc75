// datasets/filter/block_round.c - threads take the next block one after the other under a lock (HDF5
// knows no threads), and work on it alone.
#include "datasets/filter/block_round.h"

#include "distill/base/memory.h"
#include "distill/base/threads.h"

#include <pthread.h>

enum { BLOCK_BYTES = 1 << 20, BLOCKS_A_THREAD = 8, MOST_BLOCKS = 128 };

struct block_round {
    trace_reader *const *inputs;
    size_t input_count;
    uint64_t total;
    pthread_mutex_t lock; // of all below
    size_t input, row;    // the next block begins here
    uint64_t index;       // likewise, in the whole input
    bool failed;
    const block_work *work;
    block_slot *slots;
    size_t slot_count, filled;
};

distill_status block_round_create(block_round **out, trace_reader *const *inputs,
                                  size_t input_count)
{
    distill_status status = DISTILL_OK;
    block_round *round = NULL;
    size_t wanted = (size_t)distill_threads() * BLOCKS_A_THREAD;
    TRY(DISTILL_NEW(&round, 1));
    pthread_mutex_init(&round->lock, NULL);
    round->inputs = inputs;
    round->input_count = input_count;
    for (size_t i = 0; i < input_count; i++)
        round->total += trace_reader_count(inputs[i]);
    round->slot_count = wanted < MOST_BLOCKS ? wanted : MOST_BLOCKS;
    TRY(DISTILL_NEW(&round->slots, round->slot_count));
    for (size_t i = 0; i < round->slot_count; i++) {
        TRY(trace_block_create(&round->slots[i].block));
        TRY(filter_scratch_create(&round->slots[i].scratch));
    }
    block_round_rewind(round);
    *out = round;
    round = NULL;
done:
    block_round_free(round);
    return status;
}

/// Goes on to the input in which the next trace is.
static void skip_finished(block_round *round)
{
    while (round->input < round->input_count &&
           round->row >= trace_reader_count(round->inputs[round->input])) {
        round->row -= trace_reader_count(round->inputs[round->input]);
        round->input++;
    }
}

void block_round_rewind(block_round *round)
{
    round->input = round->row = 0;
    round->index = 0;
    round->filled = 0;
    skip_finished(round);
}

bool block_round_is_over(const block_round *round)
{
    return round->input >= round->input_count;
}

static void advance(block_round *round, uint64_t count)
{
    round->row += (size_t)count;
    round->index += count;
    skip_finished(round);
}

/// Fetches the next block; NULL if there is none or no room for it.
static block_slot *take_block(block_round *round)
{
    const block_work *work = round->work;
    block_slot *slot = NULL;
    pthread_mutex_lock(&round->lock);
    if (work->next != NULL && !block_round_is_over(round) && round->filled < round->slot_count)
        advance(round, work->next(round->index, work->context) - round->index);
    if (!block_round_is_over(round) && round->filled < round->slot_count && !round->failed) {
        slot = &round->slots[round->filled++];
        slot->first = round->index;
        slot->status = trace_reader_hint(trace_block_fetch(slot->block, round->inputs[round->input],
                                                           round->row, BLOCK_BYTES, work->part));
        if (slot->status == DISTILL_OK)
            advance(round, trace_block_count(slot->block));
        else
            round->failed = true;
    }
    pthread_mutex_unlock(&round->lock);
    return slot;
}

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

static void work_through(void *context, size_t begin, size_t end, int worker)
{
    block_round *round = context;
    block_slot *slot;
    (void)begin;
    (void)end;
    (void)worker;
    while ((slot = take_block(round)) != NULL) {
        if (slot->status == DISTILL_OK)
            slot->status = work_on(slot, round->work);
        if (slot->status != DISTILL_OK)
            distill_error_take(slot->message, sizeof slot->message);
    }
}

distill_status block_round_next(block_round *round, const block_work *work)
{
    distill_status status = DISTILL_OK;
    round->filled = 0;
    round->failed = false;
    round->work = work;
    distill_parallel_for(work_through, round, (size_t)distill_threads(), 1);
    for (size_t i = 0; i < round->filled; i++)
        if (round->slots[i].status != DISTILL_OK) {
            distill_error_put(round->slots[i].message);
            TRY(round->slots[i].status);
        }
done:
    return status;
}

size_t block_round_count(const block_round *round)
{
    return round->filled;
}

block_slot *block_round_at(block_round *round, size_t index)
{
    return &round->slots[index];
}

uint64_t block_round_total(const block_round *round)
{
    return round->total;
}

void block_round_free(block_round *round)
{
    if (round == NULL)
        return;
    for (size_t i = 0; round->slots != NULL && i < round->slot_count; i++) {
        block_slot *slot = &round->slots[i];
        trace_block_free(slot->block);
        filter_scratch_free(&slot->scratch);
        distill_free(slot->judgements);
        distill_free(slot->signatures);
        distill_text_free(&slot->extracted);
        distill_text_free(&slot->verdict.extracted);
    }
    distill_free(round->slots);
    pthread_mutex_destroy(&round->lock);
    distill_free(round);
}
