// distill/text/tokenizer/word_cache.h - the ids of words that were encoded recently.
//
//     word_slot *slot = word_cache_find(&found, &cache, word, length);
//     if (!found && slot != NULL)
//         word_cache_keep(slot, word, length, ids, count);
//
// Private to distill/text. A direct-mapped table of 32-byte slots: a word has one possible slot and
// replaces the word in it. In ordinary text about 90% of the words are found. Used by one thread at
// a time.
#ifndef DISTILL_TEXT_TOKENIZER_WORD_CACHE_H
#define DISTILL_TEXT_TOKENIZER_WORD_CACHE_H

#include "distill/base/memory.h"

enum {
    WORD_CACHE_BYTES = 16, // longest word that is stored
    WORD_CACHE_IDS = 3     // most ids of such a word
};

typedef struct word_slot {
    uint64_t ends[2]; // first and last bytes, which determine the word together with the length
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

/// The word's slot, or NULL if the word is empty or too long. *found is true if the slot holds it.
word_slot *word_cache_find(bool *found, word_cache *cache, const char *word, size_t length);
/// Stores a word and its ids in the slot; does nothing if there are more than WORD_CACHE_IDS.
void word_cache_keep(word_slot *slot, const char *word, size_t length, const int32_t *ids,
                     size_t count);

#endif
