// datasets/filter/small_words.h - which of the languages in Latin letters a sentence is in, by its
// small words ("the", "que", "und").
//
//     small_words table;
//     small_words_make(&table);                  // 16 KiB; once a thread
//     size_t hits[SMALL_LANGUAGES];
//     small_words_count(&table, hits, sentence); // hits[small_words_language("en")]
#ifndef DATASETS_FILTER_SMALL_WORDS_H
#define DATASETS_FILTER_SMALL_WORDS_H

#include "distill/base/text.h"

enum { SMALL_LANGUAGES = 12, SMALL_SLOTS = 1024, SMALL_LANE_BITS = 5 };

typedef struct small_words {
    uint64_t keys[SMALL_SLOTS];  // a word of at most 8 bytes, the first one lowest; 0 = free
    uint64_t lanes[SMALL_SLOTS]; // 1 in lane i (SMALL_LANE_BITS each): a word of language i
} small_words;

void small_words_make(small_words *table);
/// Sets hits[i] to the number of small words of language i.
void small_words_count(const small_words *table, size_t hits[SMALL_LANGUAGES],
                       distill_span sentence);
/// The lanes of a word, 0 for any other. `bytes`: eight that can be read, of which the first
/// `length` (1 to 8) are the word.
uint64_t small_words_lanes(const small_words *table, const char *bytes, size_t length);
/// Number of a language ("en", "en-US", "English"); SMALL_LANGUAGES if it has no list.
size_t small_words_language(distill_span language);
/// "en": its code.
const char *small_words_code(size_t language);

#endif
