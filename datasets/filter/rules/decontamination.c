// datasets/filter/rules/decontamination.c - a hash map from word n-grams to the benchmark prompt in
// which each occurs first.
#include "datasets/filter/rules/decontamination.h"

#include "datasets/filter/benchmark_texts.h"
#include "datasets/filter/rules/byte_scan.h"
#include "distill/base/hash_map.h"
#include "distill/base/memory.h"

typedef struct word {
    uint64_t hash;
    size_t begin, end; // in the text
} word;

typedef struct item {
    const char *file;
    char *id;
} item;

struct decontamination {
    size_t ngram;
    distill_hash_map grams; // of every n consecutive words: number of the prompt, from 1
    distill_hash_map whole; // of whole prompts with fewer words
    item *items;
    size_t item_count, item_capacity;
    const char *file;              // the current one, while the files are read
    decontamination_scratch words; // of its current prompt
};

static distill_status add_word(decontamination_scratch *words, distill_span text, size_t begin,
                               size_t end)
{
    distill_status status = DISTILL_OK;
    char lower[64];
    size_t used = 0;
    uint64_t hash = 0;
    if (begin == end)
        return DISTILL_OK;
    for (size_t i = begin; i < end; i++) {
        char c = text.bytes[i];
        lower[used++] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
        if (used == sizeof lower || i + 1 == end) {
            hash = text_hash(hash + 1, lower, used);
            used = 0;
        }
    }
    if (words->count == words->capacity) {
        size_t capacity = words->capacity > 0 ? 2 * words->capacity : 64;
        TRY(distill_grow((void **)&words->words, words->count, capacity, sizeof *words->words));
        words->capacity = capacity;
    }
    words->words[words->count++] = (word){hash, begin, end};
done:
    return status;
}

static bool is_word_byte(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           (c >= 0xC3 && c < 0xE2) || (c >= 0x80 && c < 0xC0);
}

static distill_status split_words(decontamination_scratch *words, distill_span text)
{
    distill_status status = DISTILL_OK;
    size_t begin = 0, at = 0;
    words->count = 0;
    while (at < text.length) {
        unsigned char c = (unsigned char)text.bytes[at];
        if (is_word_byte(c)) {
            at++;
            continue;
        }
        TRY(add_word(words, text, begin, at));
        begin = at++;
        while (at < text.length && (text.bytes[at] & 0xC0) == 0x80)
            at++;
        // lead bytes above 0xE3: Chinese, Japanese and Korean characters, each a word; at 0xE3
        // their punctuation (U+3000 to U+303F) is not; below: punctuation and symbols
        bool character = c > 0xE3 && c < 0xEF;
        if (c == 0xE3 && at - begin == 3)
            character = (unsigned char)text.bytes[begin + 1] > 0x80;
        if (character)
            TRY(add_word(words, text, begin, at));
        begin = at;
    }
    TRY(add_word(words, text, begin, at));
done:
    return status;
}

static uint64_t gram_at(const decontamination_scratch *words, size_t at, size_t count)
{
    uint64_t hash = count;
    for (size_t i = 0; i < count; i++)
        hash = fold(hash ^ 0xa0761d6478bd642fu, words->words[at + i].hash ^ 0xe7037ed1a0b428dbu);
    return hash;
}

/// Adds a gram of the last item, unless an earlier item has it.
static distill_status add_gram(decontamination *benchmarks, distill_hash_map *map, uint64_t hash)
{
    distill_status status = DISTILL_OK;
    uint64_t *number = NULL;
    TRY(distill_hash_map_insert(&number, map, hash));
    if (*number == 0)
        *number = benchmarks->item_count;
done:
    return status;
}

static distill_status add_text(void *context, distill_span id, benchmark_text kind,
                               distill_span text)
{
    distill_status status = DISTILL_OK;
    decontamination *benchmarks = context;
    size_t n = benchmarks->ngram;
    if (benchmarks->item_count == benchmarks->item_capacity) {
        size_t capacity = benchmarks->item_capacity > 0 ? 2 * benchmarks->item_capacity : 256;
        TRY(distill_grow((void **)&benchmarks->items, benchmarks->item_count, capacity,
                         sizeof *benchmarks->items));
        benchmarks->item_capacity = capacity;
    }
    item *added = &benchmarks->items[benchmarks->item_count];
    TRY(distill_copy_string(&added->id, id.bytes, id.length));
    added->file = benchmarks->file;
    benchmarks->item_count++;
    TRY(split_words(&benchmarks->words, text));
    size_t count = benchmarks->words.count;
    if (count > 0 && count < n && kind == BENCHMARK_PROMPT)
        TRY(add_gram(benchmarks, &benchmarks->whole, gram_at(&benchmarks->words, 0, count)));
    for (size_t i = 0; i + n <= count; i++)
        TRY(add_gram(benchmarks, &benchmarks->grams, gram_at(&benchmarks->words, i, n)));
done:
    return status;
}

distill_status decontamination_open(decontamination **out, const char *const *files, size_t count,
                                    benchmark_fields fields, size_t ngram)
{
    distill_status status = DISTILL_OK;
    decontamination *benchmarks = NULL;
    TRY(DISTILL_NEW(&benchmarks, 1));
    benchmarks->ngram = ngram;
    for (size_t i = 0; i < count; i++) {
        benchmarks->file = files[i];
        TRY(benchmark_texts_read(files[i], fields, add_text, benchmarks));
    }
    *out = benchmarks;
    benchmarks = NULL;
done:
    decontamination_close(benchmarks);
    return status;
}

distill_status decontamination_hit(bool *found, contamination *overlap,
                                   const decontamination *benchmarks, benchmark_text kind,
                                   distill_span text, decontamination_scratch *scratch)
{
    distill_status status = DISTILL_OK;
    size_t n = benchmarks->ngram, at = 0;
    uint64_t number = 0;
    TRY(split_words(scratch, text));
    size_t count = scratch->count, length = count < n ? count : n;
    if (count > 0 && count < n && kind == BENCHMARK_PROMPT)
        number = distill_hash_map_get(&benchmarks->whole, gram_at(scratch, 0, count));
    for (size_t i = 0; i + n <= count && number == 0; i++) {
        number = distill_hash_map_get(&benchmarks->grams, gram_at(scratch, i, n));
        at = i;
    }
    *found = number > 0;
    if (*found) {
        const item *hit = &benchmarks->items[number - 1];
        *overlap = (contamination){.file = hit->file,
                                   .item = distill_span_of(hit->id),
                                   .begin = scratch->words[at].begin,
                                   .end = scratch->words[at + length - 1].end};
    }
done:
    return status;
}

void decontamination_scratch_free(decontamination_scratch *scratch)
{
    distill_free(scratch->words);
    *scratch = (decontamination_scratch){0};
}

void decontamination_close(decontamination *benchmarks)
{
    if (benchmarks == NULL)
        return;
    for (size_t i = 0; i < benchmarks->item_count; i++)
        distill_free(benchmarks->items[i].id);
    distill_free(benchmarks->items);
    distill_hash_map_free(&benchmarks->grams);
    distill_hash_map_free(&benchmarks->whole);
    decontamination_scratch_free(&benchmarks->words);
    distill_free(benchmarks);
}
