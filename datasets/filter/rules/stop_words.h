// datasets/filter/rules/stop_words.h - which of twelve languages in Latin letters a sentence is in,
// by its stop words ("the", "que", "und").
//
//     stop_words table;
//     stop_words_make(&table);                   // 16 KiB; once a thread
//     size_t hits[STOP_WORD_LANGUAGES];
//     stop_words_count(&table, hits, sentence);  // hits[stop_words_language("en")]
#ifndef DATASETS_FILTER_RULES_STOP_WORDS_H
#define DATASETS_FILTER_RULES_STOP_WORDS_H

#include "distill/base/text.h"

#include <string.h>

enum { STOP_WORD_LANGUAGES = 12, STOP_WORD_SLOTS = 1024, STOP_WORD_LANE_BITS = 5 };

/// A word of 1 to 8 bytes as a number, ASCII letters in lower case. `bytes` may hold more after
/// it.
static inline uint64_t stop_words_key(uint64_t bytes, size_t length)
{
    uint64_t key = bytes & (UINT64_MAX >> (64 - 8 * length));
    uint64_t letters = ~key & key << 1 & 0x8080808080808080u; // below 0x80, and from 0x40 on
    return key | letters >> 2;
}

typedef struct stop_words {
    uint64_t keys[STOP_WORD_SLOTS];  // stop_words_key of a word; 0 = free
    uint64_t lanes[STOP_WORD_SLOTS]; // 1 in lane i (STOP_WORD_LANE_BITS each): a word of language i
} stop_words;

void stop_words_make(stop_words *table);
/// Sets hits[i] to the number of stop words of language i in the sentence.
void stop_words_count(const stop_words *table, size_t hits[STOP_WORD_LANGUAGES],
                      distill_span sentence);
/// A Bloom filter of words with one hash function, 2 KiB: false positives, no false negatives.
typedef struct stop_words_bloom {
    uint64_t bits[256];
} stop_words_bloom;

/// The stop words of all languages that `language` lacks.
void stop_words_bloom_make(stop_words_bloom *bloom, const stop_words *table, size_t language);
/// The bit of a word of 1 to 8 bytes, the same for upper and lower case.
static inline uint64_t stop_words_bloom_bit(uint64_t word, size_t length)
{
    return ((word | 0x2020202020202020u) << (64 - 8 * length)) * 0x9E3779B97F4A7C15u >> 50;
}

/// The word is the first `length` (1 to 8) of `bytes`, of which eight are read.
static inline bool stop_words_bloom_has(const stop_words_bloom *bloom, const char *bytes,
                                        size_t length)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    uint64_t bit = stop_words_bloom_bit(word, length);
    return (bloom->bits[bit >> 6] >> (bit & 63) & 1) != 0;
}

/// Index of a language ("en", "en-US", "English"); STOP_WORD_LANGUAGES if it has no list.
size_t stop_words_language(distill_span language);
/// The code of a language: "en".
const char *stop_words_code(size_t language);

#endif
