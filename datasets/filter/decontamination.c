// datasets/filter/decontamination.c - hashes of word n-grams in one set.
#include "datasets/filter/decontamination.h"

#include "datasets/key_set.h"
#include "datasets/prompts.h"
#include "distill/base/memory.h"

struct decontamination {
    size_t ngram;
    key_set grams; // of every n words in a row
    key_set whole; // of prompts with fewer words
};

/// Hashes of a text's words.
typedef struct word_hashes {
    uint64_t *at;
    size_t count, capacity;
} word_hashes;

static distill_status add_word(word_hashes *words, const char *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    char lower[64];
    size_t used = 0;
    uint64_t hash = 0;
    if (length == 0)
        return DISTILL_OK;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        lower[used++] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
        if (used == sizeof lower || i + 1 == length) {
            hash = key_hash(hash + 1, (distill_span){lower, used});
            used = 0;
        }
    }
    if (words->count == words->capacity) {
        size_t capacity = words->capacity > 0 ? 2 * words->capacity : 64;
        TRY(distill_grow((void **)&words->at, words->count, capacity, sizeof *words->at));
        words->capacity = capacity;
    }
    words->at[words->count++] = hash;
done:
    return status;
}

static bool is_word_byte(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           (c >= 0xC3 && c < 0xE2) || (c >= 0x80 && c < 0xC0);
}

static distill_status split_words(word_hashes *words, distill_span text)
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
        TRY(add_word(words, text.bytes + begin, at - begin));
        begin = at++;
        if (c < 0xE3) { // punctuation, or a symbol of two or three bytes
            while (at < text.length && (text.bytes[at] & 0xC0) == 0x80)
                at++;
            begin = at;
            continue;
        }
        while (at < text.length && (text.bytes[at] & 0xC0) == 0x80)
            at++;
        TRY(add_word(words, text.bytes + begin, at - begin)); // a Chinese character and its like
        begin = at;
    }
    TRY(add_word(words, text.bytes + begin, at - begin));
done:
    return status;
}

static uint64_t gram_at(const word_hashes *words, size_t at, size_t count)
{
    return key_hash(count,
                    (distill_span){(const char *)(words->at + at), count * sizeof *words->at});
}

static distill_status add_prompt(decontamination *benchmarks, word_hashes *words,
                                 distill_span prompt)
{
    distill_status status = DISTILL_OK;
    size_t n = benchmarks->ngram;
    bool added;
    TRY(split_words(words, prompt));
    if (words->count < n)
        TRY(key_set_add(&benchmarks->whole, gram_at(words, 0, words->count), &added));
    for (size_t i = 0; i + n <= words->count; i++)
        TRY(key_set_add(&benchmarks->grams, gram_at(words, i, n), &added));
done:
    return status;
}

distill_status decontamination_open(decontamination **out, const char *const *files, size_t count,
                                    size_t ngram)
{
    distill_status status = DISTILL_OK;
    decontamination *benchmarks = NULL;
    prompt_set *prompts = NULL;
    word_hashes words = {0};
    TRY(DISTILL_NEW(&benchmarks, 1));
    benchmarks->ngram = ngram;
    for (size_t i = 0; i < count; i++) {
        static const prompt_fields fields = {.split = "test"};
        TRY(prompt_set_open(&prompts, files[i], &fields));
        for (size_t j = 0; j < prompt_set_count(prompts); j++)
            TRY(add_prompt(benchmarks, &words, prompt_set_at(prompts, j)->prompt));
        prompt_set_close(prompts);
        prompts = NULL;
    }
    *out = benchmarks;
    benchmarks = NULL;
done:
    prompt_set_close(prompts);
    decontamination_close(benchmarks);
    distill_free(words.at);
    return status;
}

distill_status decontamination_hit(bool *found, const decontamination *benchmarks,
                                   distill_span prompt)
{
    distill_status status = DISTILL_OK;
    word_hashes words = {0};
    size_t n = benchmarks->ngram;
    TRY(split_words(&words, prompt));
    *found = words.count < n && key_set_has(&benchmarks->whole, gram_at(&words, 0, words.count));
    for (size_t i = 0; i + n <= words.count && !*found; i++)
        *found = key_set_has(&benchmarks->grams, gram_at(&words, i, n));
done:
    distill_free(words.at);
    return status;
}

void decontamination_close(decontamination *benchmarks)
{
    if (benchmarks == NULL)
        return;
    key_set_free(&benchmarks->grams);
    key_set_free(&benchmarks->whole);
    distill_free(benchmarks);
}
