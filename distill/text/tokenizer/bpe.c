// distill/text/tokenizer/bpe.c - merges the symbols of a word, lowest rank first.
//
// Short words, the common case, keep the rank of each neighbouring pair in an array, which is
// searched for each merge. Long words use a heap of candidates, which takes O(n log n).
#include "distill/text/tokenizer/bpe.h"

#include "distill/text/tokenizer/bpe_parts.h"
#include "distill/text/unicode.h"

#include <assert.h>
#include <string.h>

/// A symbol of the word; neighbours are linked by index.
typedef struct bpe_symbol {
    int32_t id;
    int32_t previous, next; // -1 at the ends
} bpe_symbol;

/// A possible merge; stale once the symbols at its place are not this pair any more.
typedef struct bpe_candidate {
    uint32_t rank;
    int32_t at; // left symbol
    int32_t id;
    int32_t left, right;
} bpe_candidate;

enum {
    NO_RANK = UINT32_MAX,
    SHORT_WORD = 48, // symbols up to which a linear search is faster than a heap
    MAX_WORD_BYTES = INT32_MAX / 4
};

void bpe_work_free(bpe_work *work)
{
    distill_free(work->symbols);
    distill_free(work->heap);
    *work = (bpe_work){0};
}

// --------------------------------------------------------------------------------------- merges

/// The merge of two neighbours; rank NO_RANK if they do not merge.
static bpe_merge find_merge(const bpe *table, int32_t left, int32_t right)
{
    uint64_t pair = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    bpe_merge found = table->merges[bpe_merge_slot(table, pair)];
    if (found.id < 0)
        found.rank = NO_RANK;
    return found;
}

/// Merges a short word `ids` in place; returns the number of ids left.
static size_t merge_short(const bpe *table, int32_t *ids, size_t count)
{
    bpe_merge between[SHORT_WORD];
    for (size_t i = 0; i + 1 < count; i++)
        between[i] = find_merge(table, ids[i], ids[i + 1]);
    while (count > 1) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < count; i++)
            if (between[i].rank < between[best].rank)
                best = i;
        if (between[best].rank == NO_RANK)
            break;
        ids[best] = between[best].id;
        memmove(ids + best + 1, ids + best + 2, (count - best - 2) * sizeof *ids);
        count--;
        if (best + 1 < count) {
            memmove(between + best, between + best + 1, (count - best - 1) * sizeof *between);
            between[best] = find_merge(table, ids[best], ids[best + 1]);
        }
        if (best > 0)
            between[best - 1] = find_merge(table, ids[best - 1], ids[best]);
    }
    return count;
}

static bool comes_first(const bpe_candidate *a, const bpe_candidate *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->at < b->at;
}

static void sift_down(bpe_candidate *heap, size_t count, size_t at)
{
    bpe_candidate moving = heap[at];
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && comes_first(&heap[child + 1], &heap[child]))
            child++;
        if (!comes_first(&heap[child], &moving))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

static void sift_up(bpe_candidate *heap, size_t at)
{
    bpe_candidate moving = heap[at];
    while (at > 0 && comes_first(&moving, &heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = moving;
}

/// The candidate of the symbol at `at` and the one after it; false if they do not merge.
static bool candidate_at(bpe_candidate *out, const bpe *table, const bpe_symbol *symbols,
                         int32_t at)
{
    if (at < 0 || symbols[at].next < 0)
        return false;
    int32_t left = symbols[at].id, right = symbols[symbols[at].next].id;
    bpe_merge found = find_merge(table, left, right);
    *out = (bpe_candidate){found.rank, at, found.id, left, right};
    return found.rank != NO_RANK;
}

static bool is_stale(const bpe_candidate *c, const bpe_symbol *symbols)
{
    const bpe_symbol *left = &symbols[c->at];
    return left->id != c->left || left->next < 0 || symbols[left->next].id != c->right;
}

/// Merges a long word. Each merge removes a symbol and adds at most two candidates, so there are at
/// most 3 * count.
static void merge_long(const bpe *table, bpe_symbol *symbols, size_t count, bpe_candidate *heap)
{
    size_t pending = 0;
    for (size_t i = 0; i < count; i++)
        if (candidate_at(&heap[pending], table, symbols, (int32_t)i))
            pending++;
    for (size_t i = pending / 2; i-- > 0;)
        sift_down(heap, pending, i);
    while (pending > 0) {
        bpe_candidate top = heap[0];
        heap[0] = heap[--pending];
        if (pending > 0)
            sift_down(heap, pending, 0);
        if (is_stale(&top, symbols))
            continue;
        bpe_symbol *left = &symbols[top.at], *right = &symbols[left->next];
        left->id = top.id;
        left->next = right->next;
        right->id = -1;
        if (left->next >= 0)
            symbols[left->next].previous = top.at;
        if (candidate_at(&heap[pending], table, symbols, left->previous))
            sift_up(heap, pending++);
        if (candidate_at(&heap[pending], table, symbols, top.at))
            sift_up(heap, pending++);
    }
}

// ---------------------------------------------------------------------------------------- words

static distill_status reserve_work(bpe_work *work, size_t symbols)
{
    distill_status status = DISTILL_OK;
    if (symbols > MAX_WORD_BYTES)
        TRY(distill_fail(DISTILL_LIMIT, "a word of %zu bytes is too long to encode", symbols));
    if (symbols > work->symbol_capacity) {
        size_t capacity = symbols + symbols / 2 + 64;
        TRY(distill_grow((void **)&work->symbols, 0, capacity, sizeof *work->symbols));
        work->symbol_capacity = capacity;
        TRY(distill_grow((void **)&work->heap, 0, 3 * capacity, sizeof *work->heap));
        work->heap_capacity = 3 * capacity;
    }
done:
    return status;
}

/// Writes the initial symbols of a word of bytes; returns their number.
static size_t symbols_of_bytes(bpe_symbol *symbols, const bpe *table, const char *word,
                               size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        int32_t id = table->byte_ids[(unsigned char)word[i]];
        if (id < 0 &&
            !(table->fuse_unknown && count > 0 && symbols[count - 1].id == table->unknown))
            id = table->unknown;
        if (id >= 0)
            symbols[count++].id = id;
    }
    return count;
}

static bool has_fallback(const bpe *table, const char *bytes, size_t length)
{
    bool all = table->byte_fallback;
    for (size_t i = 0; i < length && all; i++)
        all = table->byte_ids[(unsigned char)bytes[i]] >= 0;
    return all;
}

/// The same for a word of characters. A character without a token becomes the tokens of its bytes,
/// or the unknown token.
static size_t symbols_of_characters(bpe_symbol *symbols, const bpe *table, const char *word,
                                    size_t length)
{
    size_t count = 0, step;
    bool after_unknown = false;
    for (size_t at = 0; at < length; at += step) {
        uint32_t code;
        step = unicode_next(&code, word + at);
        int32_t id = vocabulary_find(table->vocab, word + at, step);
        bool unknown = false;
        if (id >= 0) {
            symbols[count++].id = id;
        } else if (has_fallback(table, word + at, step)) {
            for (size_t i = 0; i < step; i++)
                symbols[count++].id = table->byte_ids[(unsigned char)word[at + i]];
        } else if (table->unknown >= 0) {
            unknown = true;
            if (!(table->fuse_unknown && after_unknown))
                symbols[count++].id = table->unknown;
        }
        after_unknown = unknown;
    }
    return count;
}

static distill_status emit_short(distill_ids *ids, const bpe *table, const bpe_symbol *symbols,
                                 size_t count)
{
    int32_t parts[SHORT_WORD];
    for (size_t i = 0; i < count; i++)
        parts[i] = symbols[i].id;
    return distill_ids_append_all(ids, parts, merge_short(table, parts, count));
}

static distill_status emit_long(distill_ids *ids, const bpe *table, bpe_work *work, size_t count)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < count; i++) {
        work->symbols[i].previous = (int32_t)i - 1;
        work->symbols[i].next = i + 1 < count ? (int32_t)i + 1 : -1;
    }
    merge_long(table, work->symbols, count, work->heap);
    for (int32_t at = 0; at >= 0; at = work->symbols[at].next)
        TRY(distill_ids_append(ids, work->symbols[at].id));
done:
    return status;
}

distill_status bpe_encode(distill_ids *ids, const bpe *table, bpe_work *work, const char *word,
                          size_t length)
{
    distill_status status = DISTILL_OK;
    if (length == 0)
        goto done;
    if (table->ignore_merges) {
        int32_t whole = vocabulary_find(table->vocab, word, length);
        if (whole >= 0) {
            TRY(distill_ids_append(ids, whole));
            goto done;
        }
    }
    TRY(reserve_work(work, length));
    size_t count = table->byte_level ? symbols_of_bytes(work->symbols, table, word, length)
                                     : symbols_of_characters(work->symbols, table, word, length);
    if (count == 0)
        goto done;
    TRY(count <= SHORT_WORD ? emit_short(ids, table, work->symbols, count)
                            : emit_long(ids, table, work, count));
done:
    return status;
}

const vocabulary *bpe_vocabulary(const bpe *table)
{
    return table->vocab;
}

bool bpe_cuts_before(const bpe *table, distill_span mark)
{
    assert(mark.length > 0);
    if (table->ignore_merges || vocabulary_find(table->vocab, mark.bytes, mark.length) < 0)
        return false;
    for (size_t slot = 0; slot < table->merge_slots; slot++) {
        if (table->merges[slot].id < 0)
            continue;
        distill_span left =
            vocabulary_bytes(table->vocab, (int32_t)(table->merges[slot].pair >> 32));
        distill_span right =
            vocabulary_bytes(table->vocab, (int32_t)(table->merges[slot].pair & UINT32_MAX));
        bool right_starts =
            right.length >= mark.length && memcmp(right.bytes, mark.bytes, mark.length) == 0;
        bool left_is_marks = left.length % mark.length == 0;
        for (size_t at = 0; at < left.length && left_is_marks; at += mark.length)
            left_is_marks = memcmp(left.bytes + at, mark.bytes, mark.length) == 0;
        if (right_starts && !left_is_marks)
            return false;
    }
    return true;
}

void bpe_free(bpe *table)
{
    if (table == NULL)
        return;
    vocabulary_free(table->vocab);
    distill_free(table->merges);
    distill_free(table);
}
