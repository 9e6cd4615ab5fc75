// datasets/traces/shard/trace_block.c - a range of rows of each dataset; records point into the
// ranges.
//
// Offsets are fetched and unpacked first, because they give the rows of the texts and tokens that
// belong to the traces. The other datasets are fetched as stored chunks and unpacked later, on any
// thread.
#include "datasets/traces/shard/trace_block.h"

#include "datasets/traces/shard/dataset_range.h"
#include "datasets/traces/shard/hdf5_error.h"
#include "datasets/traces/shard/trace_reader_state.h"
#include "distill/base/memory.h"

#include <string.h>

enum { MOST_TRACES = 1024 };

struct trace_block {
    size_t count;
    uint64_t first_row;
    char path[512]; // of the shard, for messages
    bool has[SHARD_DATASET_COUNT];
    dataset_range ranges[SHARD_DATASET_COUNT];
    size_t topk;
    trace_record records[MOST_TRACES];
};

distill_status trace_block_create(trace_block **out)
{
    return DISTILL_NEW(out, 1);
}

static const uint64_t *offsets_in(const trace_block *block, size_t dataset)
{
    return (const uint64_t *)(const void *)block->ranges[dataset].rows;
}

/// The dataset of offsets that says where a trace's rows begin; SHARD_DATASET_COUNT for one with a
/// row a trace.
static size_t offsets_of(size_t dataset)
{
    switch (SHARD_DATASETS[dataset].rows) {
    case SHARD_PER_BYTE:
        return dataset + 1;
    case SHARD_PER_TOKEN:
    case SHARD_PER_TOPK:
        return SHARD_TOKEN_COUNT;
    case SHARD_PER_OFFSET:
    case SHARD_PER_TRACE:
        break;
    }
    return SHARD_DATASET_COUNT;
}

/// Fetches and unpacks offsets, which give the rows of the other datasets.
static distill_status fetch_offsets(trace_block *block, shard_file *shard, size_t dataset)
{
    distill_status status = DISTILL_OK;
    dataset_reader *reader = shard_file_dataset(shard, dataset);
    TRY(dataset_range_fetch(&block->ranges[dataset], reader, block->first_row, block->count + 1));
    TRY(dataset_range_unpack(&block->ranges[dataset]));
done:
    return status;
}

static distill_status check_offsets(const trace_block *block, size_t dataset, uint64_t end)
{
    distill_status status = DISTILL_OK;
    const uint64_t *at = offsets_in(block, dataset);
    for (size_t i = 0; i < block->count; i++)
        TRY(shard_file_check_range(&SHARD_DATASETS[dataset], block->first_row + i, at + i, end));
done:
    return status;
}

/// Sets the count so that the replies have at most `most_bytes`; at least 1.
static distill_status choose_count(trace_block *block, shard_file *shard, uint64_t rows,
                                   size_t most_bytes)
{
    distill_status status = DISTILL_OK;
    block->count = rows < MOST_TRACES ? (size_t)rows : MOST_TRACES;
    TRY(fetch_offsets(block, shard, SHARD_RESPONSE_OFFSETS));
    TRY(check_offsets(block, SHARD_RESPONSE_OFFSETS,
                      shard_file_dataset(shard, SHARD_RESPONSE_BYTES)->rows));
    const uint64_t *at = offsets_in(block, SHARD_RESPONSE_OFFSETS);
    size_t count = 1;
    while (count < block->count && at[count + 1] - at[0] <= most_bytes)
        count++;
    block->count = count;
done:
    return status;
}

static distill_status fetch_dataset(trace_block *block, shard_file *shard, size_t dataset)
{
    distill_status status = DISTILL_OK;
    dataset_reader *reader = shard_file_dataset(shard, dataset);
    size_t offsets = offsets_of(dataset);
    if (offsets == SHARD_DATASET_COUNT) {
        TRY(dataset_range_fetch(&block->ranges[dataset], reader, block->first_row, block->count));
        goto done;
    }
    TRY(check_offsets(block, offsets, reader->rows));
    const uint64_t *at = offsets_in(block, offsets);
    TRY(dataset_range_fetch(&block->ranges[dataset], reader, at[0],
                            (size_t)(at[block->count] - at[0])));
    if (SHARD_DATASETS[dataset].rows == SHARD_PER_TOPK)
        block->topk = reader->width;
done:
    return status;
}

static bool is_of_tokens(size_t dataset)
{
    const trace_column *column = SHARD_DATASETS[dataset].column;
    return column->shape == TRACE_COUNT || trace_column_is_array(column);
}

static distill_status fetch_datasets(trace_block *block, shard_file *shard, trace_block_part part)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++) {
        block->has[i] =
            shard_file_dataset(shard, i) != NULL && (part == TRACE_BLOCK_ALL || !is_of_tokens(i));
        if (block->has[i] && SHARD_DATASETS[i].rows == SHARD_PER_OFFSET &&
            i != SHARD_RESPONSE_OFFSETS)
            TRY(fetch_offsets(block, shard, i));
    }
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++)
        if (block->has[i] && SHARD_DATASETS[i].rows != SHARD_PER_OFFSET)
            TRY(fetch_dataset(block, shard, i));
done:
    return status;
}

distill_status trace_block_fetch(trace_block *block, trace_reader *reader, size_t first,
                                 size_t most_bytes, trace_block_part part)
{
    distill_status status = DISTILL_OK;
    trace_place place;
    block->count = 0;
    block->topk = 0;
    TRY(hdf5_start());
    TRY(trace_reader_locate(reader, first, &place));
    block->first_row = place.row;
    strncpy(block->path, shard_file_path(place.shard), sizeof block->path - 1);
    status = choose_count(block, place.shard, place.count, most_bytes);
    if (status == DISTILL_OK)
        status = fetch_datasets(block, place.shard, part);
    if (status != DISTILL_OK)
        status = distill_fail_context(status, "%s", block->path);
done:
    return status;
}

static distill_span text_of(const trace_block *block, size_t dataset, size_t i)
{
    if (!block->has[dataset])
        return (distill_span){"", 0};
    const uint64_t *at = offsets_in(block, dataset + 1);
    return (distill_span){block->ranges[dataset].rows + (at[i] - at[0]),
                          (size_t)(at[i + 1] - at[i])};
}

/// The value of trace `i`, as it is stored.
static const void *value_of(const trace_block *block, size_t dataset, size_t i)
{
    return block->ranges[dataset].rows + i * trace_type_size(SHARD_DATASETS[dataset].type);
}

/// The array of trace `i`, with `width` values a token.
static const void *tokens_of(const trace_block *block, size_t dataset, size_t i, size_t width)
{
    const uint64_t *at = offsets_in(block, SHARD_TOKEN_COUNT);
    return block->ranges[dataset].rows +
           (at[i] - at[0]) * width * trace_type_size(SHARD_DATASETS[dataset].type);
}

static distill_status fill_record(trace_block *block, size_t i)
{
    trace_record *record = &block->records[i];
    *record = (trace_record){.has_verdict = block->has[SHARD_CORRECT]};
    for (size_t d = 0; d < SHARD_FIRST_VALUES; d += 2)
        trace_column_set_text(record, SHARD_DATASETS[d].column, text_of(block, d, i));
    for (size_t d = SHARD_FIRST_VALUES; d < SHARD_DATASET_COUNT; d++) {
        const trace_column *column = SHARD_DATASETS[d].column;
        if (!block->has[d])
            continue;
        switch (column->shape) {
        case TRACE_NUMBER:
            trace_column_load(record, column, value_of(block, d, i));
            break;
        case TRACE_COUNT:
            record->token_count = (size_t)(offsets_in(block, d)[i + 1] - offsets_in(block, d)[i]);
            break;
        case TRACE_PER_TOKEN:
            trace_column_set_values(record, column, tokens_of(block, d, i, 1));
            break;
        case TRACE_PER_TOPK:
            trace_column_set_values(record, column, tokens_of(block, d, i, block->topk));
            record->topk = block->topk;
            break;
        case TRACE_TEXT:
            break;
        }
    }
    return shard_file_check_record(record, block->first_row + i);
}

distill_status trace_block_unpack(trace_block *block)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++)
        if (block->has[i] && SHARD_DATASETS[i].rows != SHARD_PER_OFFSET)
            TRY(dataset_range_unpack(&block->ranges[i]));
    for (size_t i = 0; i < block->count; i++)
        TRY(fill_record(block, i));
done:
    if (status != DISTILL_OK)
        status = distill_fail_context(status, "%s", block->path);
    return status;
}

size_t trace_block_count(const trace_block *block)
{
    return block->count;
}

const trace_record *trace_block_at(const trace_block *block, size_t index)
{
    return &block->records[index];
}

void trace_block_free(trace_block *block)
{
    if (block == NULL)
        return;
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++)
        dataset_range_free(&block->ranges[i]);
    distill_free(block);
}
