// datasets/filter/rules/small_words.h - which of the languages in Latin letters a sentence is in, by its
// small words ("the", "que", "und").
//
//     small_words table;
//     small_words_make(&table);                  // 16 KiB; once a thread
//     size_t hits[SMALL_LANGUAGES];
//     small_words_count(&table, hits, sentence); // hits[small_words_language("en")]
#ifndef DATASETS_FILTER_RULES_SMALL_WORDS_H
#define DATASETS_FILTER_RULES_SMALL_WORDS_H

#include "distill/base/text.h"

#include <string.h>

enum { SMALL_LANGUAGES = 12, SMALL_SLOTS = 1024, SMALL_LANE_BITS = 5 };

/// A word of at most 8 bytes as a number, in lower case. `bytes` may hold more behind it.
static inline uint64_t small_words_key(uint64_t bytes, size_t length)
{
    uint64_t key = bytes & (UINT64_MAX >> (64 - 8 * length));
    uint64_t letters = ~key & key << 1 & 0x8080808080808080u; // below 0x80, and from 0x40 on
    return key | letters >> 2;
}

typedef struct small_words {
    uint64_t keys[SMALL_SLOTS];  // a word of at most 8 bytes, the first one lowest; 0 = free
    uint64_t lanes[SMALL_SLOTS]; // 1 in lane i (SMALL_LANE_BITS each): a word of language i
} small_words;

void small_words_make(small_words *table);
/// Sets hits[i] to the number of small words of language i.
void small_words_count(const small_words *table, size_t hits[SMALL_LANGUAGES],
                       distill_span sentence);
/// A set of words that may answer yes for others too, never no for its own: 2 KiB, one look.
typedef struct small_words_sieve {
    uint64_t bits[256];
} small_words_sieve;

/// The words that are none of `home`.
void small_words_sieve_make(small_words_sieve *sieve, const small_words *table, size_t home);
/// Place in the sieve of a word of 1 to 8 bytes; letters of both cases have the same.
static inline uint64_t small_words_sieve_place(uint64_t word, size_t length)
{
    return ((word | 0x2020202020202020u) << (64 - 8 * length)) * 0x9E3779B97F4A7C15u >> 50;
}

/// `bytes`: eight that can be read, of which the first `length` (1 to 8) are the word.
static inline bool small_words_sieve_has(const small_words_sieve *sieve, const char *bytes,
                                         size_t length)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    uint64_t place = small_words_sieve_place(word, length);
    return (sieve->bits[place >> 6] >> (place & 63) & 1) != 0;
}

/// Number of a language ("en", "en-US", "English"); SMALL_LANGUAGES if it has no list.
size_t small_words_language(distill_span language);
/// "en": its code.
const char *small_words_code(size_t language);

#endif
