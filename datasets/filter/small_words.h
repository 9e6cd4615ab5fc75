// datasets/filter/small_words.h - which of the languages in Latin letters a sentence is in, by its
// small words ("the", "que", "und").
//
//     small_words table;
//     small_words_make(&table);                  // 5 KiB, a few microseconds
//     size_t hits[SMALL_LANGUAGES];
//     small_words_count(&table, hits, sentence); // hits[small_words_language("en")]
#ifndef DATASETS_FILTER_SMALL_WORDS_H
#define DATASETS_FILTER_SMALL_WORDS_H

#include "distill/base/text.h"

enum { SMALL_LANGUAGES = 6, SMALL_SLOTS = 512 };

typedef struct small_words {
    uint64_t keys[SMALL_SLOTS]; // a word of at most 8 bytes; 0 = free
    uint8_t masks[SMALL_SLOTS]; // bit i: a word of language i
} small_words;

void small_words_make(small_words *table);
/// Sets hits[i] to the number of small words of language i.
void small_words_count(const small_words *table, size_t hits[SMALL_LANGUAGES],
                       distill_span sentence);
/// Number of a language ("en", "en-US", "English"); SMALL_LANGUAGES if it has no list.
size_t small_words_language(distill_span language);
/// "en": its code.
const char *small_words_code(size_t language);

#endif
