// distill/text/tokenizer/bpe_load.c - reads vocabulary, merges and settings of a BPE model.
//
// A file has up to about 300,000 merges, each with two tokens to look up in a table of several
// megabytes. All threads read them in batches: first the sides of a batch are converted, which
// prefetches their hash slots, then they are looked up.
#include "distill/text/tokenizer/bpe_parts.h"

#include "distill/base/threads.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

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

static distill_status fail_side(const distill_json *doc, const distill_json_node *entry,
                                distill_span side)
{
    return distill_fail(DISTILL_FORMAT, "%s: \"%.*s\" is not in the vocabulary",
                        distill_json_where(doc, entry, NULL),
                        (int)(side.length < 80 ? side.length : 80), side.bytes);
}

/// Allocates an empty table for `count` merges, at most half full.
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
        table->merges[slot] = (bpe_merge){0, 0, -1};
done:
    return status;
}

/// Converts the entries of the list "merges", on all threads.
typedef struct merges_job {
    const bpe *table;
    const distill_json *doc;
    const distill_json_node **entries; // [count]
    bpe_merge *found;                  // [count]
    atomic_size_t first_bad;           // an entry of the batch that begins here is invalid;
                                       // SIZE_MAX = none
} merges_job;

/// Scratch memory of one thread.
typedef struct merges_work {
    distill_text text; // of the batch
    struct {
        size_t begin, middle, end; // of the two sides, in `text`
    } sides[16];
    int32_t next; // guess: the token that the next merge results in
} merges_work;

enum { BATCH = sizeof((merges_work *)0)->sides / sizeof((merges_work *)0)->sides[0] };

/// Appends one side of a merge in the vocabulary's form, and prefetches its hash slot.
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
        TRY(fail_side(job->doc, entry, side));
    vocabulary_prefetch(job->table->vocab, text->bytes + begin, text->length - begin);
done:
    return status;
}

/// Looks up the ids of entry `i`, whose sides are the k-th ones of the batch.
static distill_status find_merge_ids(merges_job *job, merges_work *work, size_t i, size_t k)
{
    distill_status status = DISTILL_OK;
    const vocabulary *vocab = job->table->vocab;
    const char *bytes = work->text.bytes + work->sides[k].begin;
    size_t middle = work->sides[k].middle - work->sides[k].begin;
    size_t end = work->sides[k].end - work->sides[k].begin;
    int32_t left = vocabulary_find(vocab, bytes, middle);
    int32_t right = vocabulary_find(vocab, bytes + middle, end - middle);
    int32_t id = work->next; // most files number tokens in the order of the merges
    if (left < 0 || right < 0)
        TRY(fail_side(job->doc, job->entries[i],
                      left < 0 ? (distill_span){bytes, middle}
                               : (distill_span){bytes + middle, end - middle}));
    if (!distill_span_equal(vocabulary_bytes(vocab, id), (distill_span){bytes, end}))
        id = vocabulary_find(vocab, bytes, end);
    if (id < 0)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: \"%.*s\", the result of this merge, is not in the vocabulary",
                         distill_json_where(job->doc, job->entries[i], NULL),
                         (int)(end < 80 ? end : 80), bytes));
    job->found[i] = (bpe_merge){(uint64_t)(uint32_t)left << 32 | (uint32_t)right, (uint32_t)i, id};
    work->next = id + 1;
done:
    return status;
}

/// Converts the entries begin … end-1, at most a batch.
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
    for (size_t i = atomic_load(&job.first_bad); i < count;
         i++) // again on this thread, which then has the error message
        TRY(read_batch(&job, &work, i, i + 1));
    TRY(allocate_merges(table, count));
    for (size_t i = 0; i < count; i++)
        table->merges[bpe_merge_slot(table, job.found[i].pair)] = job.found[i];
done:
    distill_text_free(&work.text);
    distill_free(job.entries);
    distill_free(job.found);
    return status;
}

/// Unknown settings are errors; settings that are not implemented must be absent, null or empty.
static distill_status check_settings(const distill_json *doc, const distill_json_node *model)
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
    TRY(check_settings(doc, model));
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
