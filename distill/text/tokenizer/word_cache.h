// distill/text/tokenizer/word_cache.h - the ids of words seen lately (private to the text room).
//
// A direct-mapped table of 32-byte slots: a word's hash names its only place, a newer word replaces
// an older one. In running text nine words of ten are found here. One caller at a time.
#ifndef DISTILL_TEXT_TOKENIZER_WORD_CACHE_H
#define DISTILL_TEXT_TOKENIZER_WORD_CACHE_H

#include "distill/base/memory.h"

enum {
    WORD_CACHE_BYTES = 16, // longest word that is kept
    WORD_CACHE_IDS = 3     // most ids that are kept
};

typedef struct word_slot {
    uint64_t ends[2]; // the word's first and last bytes: with its length, all of it
    int32_t ids[WORD_CACHE_IDS];
    uint8_t length; // 0 = empty
    uint8_t count;
} word_slot;

typedef struct word_cache {
    word_slot *slots;
    size_t count; // a power of two
} word_cache;

distill_status word_cache_create(word_cache *cache, size_t slots) DISTILL_MUST_CHECK;
void word_cache_free(word_cache *cache);

/// The word's place (NULL if it is empty or too long to be kept); *found tells whether it is there.
word_slot *word_cache_find(bool *found, word_cache *cache, const char *word, size_t length);
/// Keeps the ids of a word at its place, if they are few enough.
void word_cache_keep(word_slot *slot, const char *word, size_t length, const int32_t *ids,
                     size_t count);

#endif
