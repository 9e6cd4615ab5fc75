// datasets/traces/trace_frame.c - a record to bytes and back, column by column.
//
// The lengths in the fixed part are checked against the bytes of the frame before anything is read,
// so that a damaged frame gives an error and no access beyond its end. Nothing is copied when a
// frame is decoded.
#include "datasets/traces/trace_frame.h"

#include "datasets/traces/trace_columns.h"

#include <string.h>

enum {
    NUMBER_BYTES = 16,
    FLAGS_BYTE = 13 // in the numbers: which arrays, and whether a verdict, the trace has
};

/// The fixed part; the arrays follow it (so that they are aligned to 8 bytes), then the texts.
typedef struct frame_head {
    uint64_t order;
    uint64_t token_count, topk;
    uint64_t lengths[TRACE_TEXT_COUNT];
    unsigned char numbers[NUMBER_BYTES]; // at the columns' frame_byte
} frame_head;

_Static_assert(sizeof(frame_head) == 128, "another frame needs another journal_kind");

enum {
    TEXTS_AT = offsetof(frame_head, lengths),
    OLDER_TEXTS = 9, // of frames without messages and extra (JOURNAL_TRACE_4)
    OLDER_BYTES = TEXTS_AT + OLDER_TEXTS * sizeof(uint64_t) + NUMBER_BYTES
};

static size_t padded(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

/// Bytes of an array of `n` tokens.
static uint64_t values_bytes(const trace_column *column, uint64_t n, uint64_t k)
{
    return trace_type_size(column->type) * n * (column->shape == TRACE_PER_TOPK ? k : 1);
}

static void fill_head(frame_head *head, const trace_record *record, uint64_t order)
{
    unsigned parts = trace_record_parts(record), flags = 0;
    size_t texts = 0;
    *head = (frame_head){.order = order};
    if ((parts & TRACE_PART_TOKENS) != 0)
        head->token_count = record->token_count;
    if ((parts & TRACE_PART_TOPK) != 0)
        head->topk = record->topk;
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        if (trace_column_is_array(column) || column->part == TRACE_PART_VERDICT)
            flags |= parts & (unsigned)column->part;
        if (column->shape == TRACE_TEXT)
            head->lengths[texts++] = trace_column_text(record, column).length;
        if (column->shape == TRACE_NUMBER)
            trace_column_store(&head->numbers[column->frame_byte], record, column);
    }
    head->numbers[FLAGS_BYTE] = (unsigned char)flags;
}

/// Appends bytes, and zeros up to a multiple of 8.
static distill_status add_padded(distill_text *out, const void *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    static const char zeros[8] = {0};
    TRY(distill_text_append(out, bytes, length));
    TRY(distill_text_append(out, zeros, padded(length) - length));
done:
    return status;
}

distill_status trace_frame_encode(distill_text *out, const trace_record *record, uint64_t order)
{
    distill_status status = DISTILL_OK;
    frame_head head;
    fill_head(&head, record, order);
    unsigned parts = head.numbers[FLAGS_BYTE];
    distill_text_clear(out);
    TRY(add_padded(out, &head, sizeof head));
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        if (trace_column_is_array(column) && (parts & (unsigned)column->part) != 0)
            TRY(add_padded(out, trace_column_values(record, column),
                           values_bytes(column, head.token_count, head.topk)));
    }
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        if (TRACE_COLUMNS[i].shape != TRACE_TEXT)
            continue;
        distill_span text = trace_column_text(record, &TRACE_COLUMNS[i]);
        TRY(add_padded(out, text.bytes, text.length));
    }
done:
    return status;
}

/// Takes `length` bytes (and their padding) off the front of `rest`; NULL if there are fewer.
static const void *take(distill_span *rest, uint64_t length)
{
    const char *bytes = rest->bytes;
    if (length > rest->length || padded(length) > rest->length)
        return NULL;
    rest->bytes += padded(length);
    rest->length -= padded(length);
    return bytes;
}

static bool take_arrays(distill_span *rest, const frame_head *head, trace_record *record)
{
    uint64_t n = head->token_count, k = head->topk;
    unsigned parts = head->numbers[FLAGS_BYTE];
    if (n > rest->length || k > TRACE_MOST_TOPK)
        return false;
    if ((parts & TRACE_PART_TOKENS) == 0)
        return n == 0;
    record->token_count = n;
    record->topk = (parts & TRACE_PART_TOPK) != 0 ? k : 0;
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        const trace_column *column = &TRACE_COLUMNS[i];
        if (!trace_column_is_array(column) || (parts & (unsigned)column->part) == 0)
            continue;
        const void *values = take(rest, values_bytes(column, n, k));
        if (values == NULL)
            return false;
        trace_column_set_values(record, column, values);
    }
    return true;
}

static bool take_texts(distill_span *rest, const frame_head *head, trace_record *record)
{
    size_t texts = 0;
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++) {
        if (TRACE_COLUMNS[i].shape != TRACE_TEXT)
            continue;
        uint64_t length = head->lengths[texts++];
        distill_span text = {length > 0 ? take(rest, length) : "", length};
        if (text.bytes == NULL)
            return false;
        trace_column_set_text(record, &TRACE_COLUMNS[i], text);
    }
    return true;
}

/// Takes the fixed part; in an older one the last texts are empty.
static bool take_head(distill_span *rest, frame_head *head, trace_frame_form form)
{
    bool older = form == TRACE_FRAME_OLDER;
    const char *first = take(rest, older ? OLDER_BYTES : sizeof *head);
    *head = (frame_head){.order = 0};
    if (first == NULL)
        return false;
    if (!older) {
        memcpy(head, first, sizeof *head);
        return true;
    }
    size_t before = OLDER_BYTES - NUMBER_BYTES;
    memcpy(head, first, before);
    memcpy(head->numbers, first + before, NUMBER_BYTES);
    return true;
}

distill_status trace_frame_decode(trace_record *record, uint64_t *order, distill_span frame,
                                  trace_frame_form form)
{
    frame_head head;
    distill_span rest = frame;
    *record = (trace_record){.id = {"", 0}};
    if (!take_head(&rest, &head, form))
        return distill_fail(DISTILL_FORMAT, "a frame of %zu bytes is too short for a trace",
                            frame.length);
    if (!take_arrays(&rest, &head, record))
        return distill_fail(DISTILL_FORMAT, "the arrays of a trace do not fit in its frame");
    if (!take_texts(&rest, &head, record))
        return distill_fail(DISTILL_FORMAT, "the texts of a trace do not fit in its frame");
    for (size_t i = 0; i < TRACE_COLUMN_COUNT; i++)
        if (TRACE_COLUMNS[i].shape == TRACE_NUMBER)
            trace_column_load(record, &TRACE_COLUMNS[i],
                              &head.numbers[TRACE_COLUMNS[i].frame_byte]);
    record->has_verdict = (head.numbers[FLAGS_BYTE] & TRACE_PART_VERDICT) != 0;
    if (rest.length != 0 || record->finish > TRACE_FINISH_ERROR)
        return distill_fail(DISTILL_FORMAT,
                            "the frame of a trace has bytes left over, or an unknown finish");
    *order = head.order;
    return DISTILL_OK;
}
