#include "distill/text/tokenizer/bpe.h"

#include "distill/base/threads.h"
#include "distill/text/unicode.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/// What merging two neighbours gives.
typedef struct merge {
    uint64_t pair; // left id << 32 | right id
    uint32_t rank; // place in the file: lower merges first
    int32_t id;    // the token that comes out; -1 in an empty slot
} merge;

struct bpe {
    vocabulary *vocab;
    merge *merges; // open addressing
    size_t merge_slots;
    int32_t unknown;       // -1: characters without a token are dropped
    int32_t byte_ids[256]; // tokens of single bytes, or of "<0x..>" with byte fallback; -1 = none
    bool byte_level, byte_fallback, fuse_unknown, ignore_merges;
};

/// A part of the word while it is merged; neighbours are linked by index.
typedef struct bpe_symbol {
    int32_t id;
    int32_t previous, next; // -1 at the ends
} bpe_symbol;

/// A merge that may happen. It is stale if the symbols there are no longer this pair.
typedef struct bpe_candidate {
    uint32_t rank;
    int32_t at; // left symbol
    int32_t id;
    int32_t left, right;
} bpe_candidate;

enum {
    NO_RANK = UINT32_MAX,
    SHORT_WORD = 48, // symbols up to which searching all neighbours beats a heap
    WORD_LIMIT = INT32_MAX / 4
};

void bpe_work_free(bpe_work *work)
{
    distill_free(work->symbols);
    distill_free(work->heap);
    *work = (bpe_work){0};
}

// --------------------------------------------------------------------------------------- merges

/// A table of its own, not distill/base/hash_map: one multiplication a look-up, half of the slots
/// free and the whole merge in one slot make encoding of rare words 5 to 10% faster.
static size_t merge_slot(const bpe *table, uint64_t pair)
{
    size_t mask = table->merge_slots - 1;
    size_t slot = (size_t)((pair * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & mask;
    while (table->merges[slot].id >= 0 && table->merges[slot].pair != pair)
        slot = (slot + 1) & mask;
    return slot;
}

/// The merge of two neighbours; rank NO_RANK if they do not merge.
static merge find_merge(const bpe *table, int32_t left, int32_t right)
{
    uint64_t pair = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    merge found = table->merges[merge_slot(table, pair)];
    if (found.id < 0)
        found.rank = NO_RANK;
    return found;
}

/// Short words: `ids` and the merges of each neighbouring pair in arrays, all searched each time.
static size_t merge_short(const bpe *table, int32_t *ids, size_t count)
{
    merge between[SHORT_WORD];
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

/// The candidate for the symbol at `at` and its next; false if they do not merge.
static bool candidate_at(bpe_candidate *out, const bpe *table, const bpe_symbol *symbols,
                         int32_t at)
{
    if (at < 0 || symbols[at].next < 0)
        return false;
    int32_t left = symbols[at].id, right = symbols[symbols[at].next].id;
    merge found = find_merge(table, left, right);
    *out = (bpe_candidate){found.rank, at, found.id, left, right};
    return found.rank != NO_RANK;
}

static bool is_stale(const bpe_candidate *c, const bpe_symbol *symbols)
{
    const bpe_symbol *left = &symbols[c->at];
    return left->id != c->left || left->next < 0 || symbols[left->next].id != c->right;
}

/// Long words: candidates in a heap, at most two new ones a merge. Each merge removes one symbol,
/// so 3 * count candidates are all there can be.
static void merge_long(const bpe *table, bpe_symbol *symbols, size_t count, bpe_candidate *heap)
{
    size_t waiting = 0;
    for (size_t i = 0; i < count; i++)
        if (candidate_at(&heap[waiting], table, symbols, (int32_t)i))
            waiting++;
    for (size_t i = waiting / 2; i-- > 0;)
        sift_down(heap, waiting, i);
    while (waiting > 0) {
        bpe_candidate top = heap[0];
        heap[0] = heap[--waiting];
        if (waiting > 0)
            sift_down(heap, waiting, 0);
        if (is_stale(&top, symbols))
            continue;
        bpe_symbol *left = &symbols[top.at], *right = &symbols[left->next];
        left->id = top.id;
        left->next = right->next;
        right->id = -1;
        if (left->next >= 0)
            symbols[left->next].previous = top.at;
        if (candidate_at(&heap[waiting], table, symbols, left->previous))
            sift_up(heap, waiting++);
        if (candidate_at(&heap[waiting], table, symbols, top.at))
            sift_up(heap, waiting++);
    }
}

// ---------------------------------------------------------------------------------------- words

static distill_status reserve_work(bpe_work *work, size_t symbols)
{
    distill_status status = DISTILL_OK;
    if (symbols > WORD_LIMIT)
        TRY(distill_fail(DISTILL_LIMIT, "a word of %zu bytes is too long to be encoded", symbols));
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

/// Writes the ids that a word of bytes begins with.
static size_t start_bytes(bpe_symbol *symbols, const bpe *table, const char *word, size_t length)
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

/// The same for a word of characters; those without a token fall back.
static size_t start_characters(bpe_symbol *symbols, const bpe *table, const char *word,
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
    size_t count = table->byte_level ? start_bytes(work->symbols, table, word, length)
                                     : start_characters(work->symbols, table, word, length);
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

// -------------------------------------------------------------------------------------- loading

/// Splits one entry of "merges": ["a","b"] or "a b".
static distill_status read_pair(distill_span pair[2], const distill_json *doc,
                                const distill_json_node *entry)
{
    distill_span whole = distill_json_string(doc, entry);
    if (whole.bytes != NULL) {
        const char *space = memchr(whole.bytes, ' ', whole.length);
        size_t left = space != NULL ? (size_t)(space - whole.bytes) : whole.length;
        pair[0] = (distill_span){whole.bytes, left};
        pair[1] = space == NULL ? (distill_span){whole.bytes, 0}
                                : (distill_span){space + 1, whole.length - left - 1};
    } else if (distill_json_kind_of(entry) == DISTILL_JSON_ARRAY &&
               distill_json_count(entry) == 2) {
        const distill_json_node *first = distill_json_first(entry);
        pair[0] = distill_json_string(doc, first);
        pair[1] = distill_json_string(doc, distill_json_next(first));
    } else {
        pair[0] = pair[1] = (distill_span){NULL, 0};
    }
    if (pair[0].length == 0 || pair[1].length == 0)
        return distill_fail(DISTILL_FORMAT, "%s: expected \"left right\" or [\"left\", \"right\"]",
                            distill_json_where(doc, entry, NULL));
    return DISTILL_OK;
}

static distill_status refuse_side(const distill_json *doc, const distill_json_node *entry,
                                  distill_span side)
{
    return distill_fail(DISTILL_FORMAT, "%s: \"%.*s\" is not in the vocabulary",
                        distill_json_where(doc, entry, NULL),
                        (int)(side.length < 80 ? side.length : 80), side.bytes);
}

/// Makes room for `count` merges.
static distill_status allocate_merges(bpe *table, size_t count)
{
    distill_status status = DISTILL_OK;
    size_t bytes;
    table->merge_slots = 16;
    while (table->merge_slots < 2 * count)
        table->merge_slots *= 2;
    if (!distill_mul_size(&bytes, table->merge_slots, sizeof *table->merges))
        TRY(distill_fail(DISTILL_NO_MEMORY, "%zu merges are too many", count));
    TRY(distill_alloc_unset((void **)&table->merges, bytes));
    for (size_t slot = 0; slot < table->merge_slots; slot++)
        table->merges[slot] = (merge){0, 0, -1};
done:
    return status;
}

/// Entries of the file's list on their way into the table, on all threads.
typedef struct merges_job {
    const bpe *table;
    const distill_json *doc;
    const distill_json_node **entries; // [count]
    merge *found;                      // [count]
    atomic_size_t first_bad;           // an entry is refused here or soon after, SIZE_MAX = none
} merges_job;

/// What a thread needs to read entries.
typedef struct merges_work {
    distill_text text; // of the batch
    struct {
        size_t begin, middle, end; // of the two sides, in `text`
    } sides[16];
    int32_t next; // the token that the next merge may give
} merges_work;

enum { BATCH = sizeof((merges_work *)0)->sides / sizeof((merges_work *)0)->sides[0] };

/// Appends one side of a merge as the vocabulary has it, which is told that it will be looked for.
static distill_status add_side(distill_text *text, const merges_job *job, distill_span side,
                               const distill_json_node *entry)
{
    distill_status status = DISTILL_OK;
    bool spelled = true;
    size_t begin = text->length;
    if (job->table->byte_level)
        TRY(vocabulary_unspell(text, &spelled, side));
    else
        TRY(distill_text_add_span(text, side));
    if (!spelled)
        TRY(refuse_side(job->doc, entry, side));
    vocabulary_expect(job->table->vocab, text->bytes + begin, text->length - begin);
done:
    return status;
}

/// Finds the ids of entry `i`, whose sides are the k-th of the batch.
static distill_status find_merge_ids(merges_job *job, merges_work *work, size_t i, size_t k)
{
    distill_status status = DISTILL_OK;
    const vocabulary *vocab = job->table->vocab;
    const char *bytes = work->text.bytes + work->sides[k].begin;
    size_t middle = work->sides[k].middle - work->sides[k].begin;
    size_t end = work->sides[k].end - work->sides[k].begin;
    int32_t left = vocabulary_find(vocab, bytes, middle);
    int32_t right = vocabulary_find(vocab, bytes + middle, end - middle);
    int32_t id = work->next; // tokens are mostly numbered in the order in which they were merged
    if (left < 0 || right < 0)
        TRY(refuse_side(job->doc, job->entries[i],
                        left < 0 ? (distill_span){bytes, middle}
                                 : (distill_span){bytes + middle, end - middle}));
    if (!distill_span_equal(vocabulary_bytes(vocab, id), (distill_span){bytes, end}))
        id = vocabulary_find(vocab, bytes, end);
    if (id < 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: what \"%.*s\" merges to is not in the vocabulary",
                         distill_json_where(job->doc, job->entries[i], NULL),
                         (int)(end < 80 ? end : 80), bytes));
    job->found[i] = (merge){(uint64_t)(uint32_t)left << 32 | (uint32_t)right, (uint32_t)i, id};
    work->next = id + 1;
done:
    return status;
}

/// Entries begin … end-1, at most a batch: all are spelled before the first is looked up, so that
/// memory has time to bring the places of the table.
static distill_status read_batch(merges_job *job, merges_work *work, size_t begin, size_t end)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(&work->text);
    for (size_t i = begin; i < end; i++) {
        distill_span pair[2];
        TRY(read_pair(pair, job->doc, job->entries[i]));
        work->sides[i - begin].begin = work->text.length;
        TRY(add_side(&work->text, job, pair[0], job->entries[i]));
        work->sides[i - begin].middle = work->text.length;
        TRY(add_side(&work->text, job, pair[1], job->entries[i]));
        work->sides[i - begin].end = work->text.length;
    }
    for (size_t i = begin; i < end; i++)
        TRY(find_merge_ids(job, work, i, i - begin));
done:
    return status;
}

static void read_merges(void *context, size_t begin, size_t end, int worker)
{
    merges_job *job = context;
    merges_work work = {0};
    (void)worker;
    for (size_t i = begin; i < end; i += BATCH)
        if (read_batch(job, &work, i, i + BATCH < end ? i + BATCH : end) != DISTILL_OK) {
            size_t known = atomic_load(&job->first_bad);
            while (i < known && !atomic_compare_exchange_weak(&job->first_bad, &known, i))
                continue;
            break;
        }
    distill_text_free(&work.text);
}

static distill_status load_merges(bpe *table, const distill_json *doc,
                                  const distill_json_node *merges)
{
    enum { GRAIN = 4096 };
    distill_status status = DISTILL_OK;
    merges_work work = {0};
    merges_job job = {.table = table, .doc = doc, .first_bad = SIZE_MAX};
    size_t count = distill_json_count(merges), next = 0;
    if (distill_json_kind_of(merges) != DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a list of merges, found %s",
                         distill_json_where(doc, merges, merges == NULL ? "model.merges" : NULL),
                         distill_json_kind_name(merges)));
    TRY(DISTILL_NEW(&job.entries, count));
    TRY(DISTILL_NEW(&job.found, count));
    for (const distill_json_node *entry = distill_json_first(merges); entry != NULL;
         entry = distill_json_next(entry))
        job.entries[next++] = entry;
    distill_parallel_for(read_merges, &job, count, GRAIN);
    for (size_t i = atomic_load(&job.first_bad); i < count; i++) // once more, for the message
        TRY(read_batch(&job, &work, i, i + 1));
    TRY(allocate_merges(table, count));
    for (size_t i = 0; i < count; i++)
        table->merges[merge_slot(table, job.found[i].pair)] = job.found[i];
done:
    distill_text_free(&work.text);
    distill_free(job.entries);
    distill_free(job.found);
    return status;
}

/// Settings that this encoder does not follow must be absent, null or empty.
static distill_status refuse_settings(const distill_json *doc, const distill_json_node *model)
{
    static const char *const known[] = {"type",          "dropout", "unk_token",
                                        "fuse_unk",      "vocab",   "continuing_subword_prefix",
                                        "byte_fallback", "merges",  "end_of_word_suffix",
                                        "ignore_merges"};
    distill_span type = distill_json_string(doc, distill_json_present(model, "type"));
    if (type.bytes != NULL && !distill_span_is(type, "BPE"))
        return distill_fail(DISTILL_UNSUPPORTED,
                            "%s: \"%s\" tokenizers are not supported, only BPE",
                            distill_json_where(doc, model, "type"), type.bytes);
    for (const distill_json_node *entry = distill_json_first(model); entry != NULL;
         entry = distill_json_next(entry)) {
        const char *key = distill_json_key(entry);
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || strcmp(key, known[i]) == 0;
        bool must_be_unset = strcmp(key, "dropout") == 0 || strstr(key, "subword_prefix") != NULL ||
                             strcmp(key, "end_of_word_suffix") == 0;
        distill_json_kind kind = distill_json_kind_of(entry);
        bool unset = kind == DISTILL_JSON_NULL ||
                     (kind == DISTILL_JSON_STRING && distill_json_string(doc, entry).length == 0) ||
                     (kind == DISTILL_JSON_NUMBER && distill_json_number(entry) == 0);
        if (!found || (must_be_unset && !unset))
            return distill_fail(DISTILL_UNSUPPORTED, "%s: this setting is not supported",
                                distill_json_where(doc, entry, NULL));
    }
    return DISTILL_OK;
}

static distill_status load_settings(bpe *table, const distill_json *doc,
                                    const distill_json_node *model)
{
    distill_status status = DISTILL_OK;
    TRY(distill_json_get_bool_or(&table->byte_fallback, doc, model, "byte_fallback", false));
    TRY(distill_json_get_bool_or(&table->fuse_unknown, doc, model, "fuse_unk", false));
    TRY(distill_json_get_bool_or(&table->ignore_merges, doc, model, "ignore_merges", false));
    table->unknown = -1;
    if (distill_json_present(model, "unk_token") != NULL) {
        distill_span unknown;
        TRY(distill_json_get_string(&unknown, doc, model, "unk_token"));
        table->unknown = vocabulary_find(table->vocab, unknown.bytes, unknown.length);
        if (table->unknown < 0)
            TRY(distill_fail(DISTILL_FORMAT, "%s: \"%.80s\" is not in the vocabulary",
                             distill_json_where(doc, model, "unk_token"), unknown.bytes));
    }
    for (int byte = 0; byte < 256; byte++) {
        char name[8];
        int length = snprintf(name, sizeof name, "<0x%02X>", byte);
        if (table->byte_level) {
            name[0] = (char)byte;
            length = 1;
        }
        table->byte_ids[byte] = -1;
        if (table->byte_level || table->byte_fallback)
            table->byte_ids[byte] = vocabulary_find(table->vocab, name, (size_t)length);
    }
done:
    return status;
}

distill_status bpe_load(bpe **out, const distill_json *doc, const distill_json_node *model,
                        bool byte_level)
{
    distill_status status = DISTILL_OK;
    bpe *table = NULL;
    if (distill_json_kind_of(model) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an object, found %s",
                         distill_json_where(doc, distill_json_root(doc), "model"),
                         distill_json_kind_name(model)));
    TRY(refuse_settings(doc, model));
    TRY(DISTILL_NEW(&table, 1));
    table->byte_level = byte_level;
    TRY(vocabulary_load(&table->vocab, doc, distill_json_member(model, "vocab"), byte_level));
    TRY(load_settings(table, doc, model));
    TRY(load_merges(table, doc, distill_json_member(model, "merges")));
    *out = table;
    table = NULL;
done:
    bpe_free(table);
    return status;
}

void bpe_free(bpe *table)
{
    if (table == NULL)
        return;
    vocabulary_free(table->vocab);
    distill_free(table->merges);
    distill_free(table);
}
