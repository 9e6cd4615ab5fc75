// distill/text/tokenizer/word_cache.c - a direct-mapped cache of words of up to 16 bytes.
//
// Words compare as two integers and a length, so a lookup costs one cache line and no memcmp.
#include "distill/text/tokenizer/word_cache.h"

#include <string.h>

distill_status word_cache_create(word_cache *cache, size_t slots)
{
    cache->count = slots;
    return DISTILL_NEW(&cache->slots, slots);
}

void word_cache_free(word_cache *cache)
{
    distill_free(cache->slots);
    *cache = (word_cache){0};
}

/// Two integers that differ for any two words of the same length (1 to 16 bytes): the first and the
/// last eight or four bytes, which together cover the word.
static void word_ends(uint64_t ends[2], const char *word, size_t length)
{
    if (length >= 8) {
        memcpy(&ends[0], word, 8);
        memcpy(&ends[1], word + length - 8, 8);
    } else if (length >= 4) {
        uint32_t first, last;
        memcpy(&first, word, 4);
        memcpy(&last, word + length - 4, 4);
        ends[0] = first;
        ends[1] = last;
    } else {
        const unsigned char *at = (const unsigned char *)word;
        ends[0] = (uint64_t)at[0] | (uint64_t)at[length / 2] << 8 | (uint64_t)at[length - 1] << 16;
        ends[1] = 0;
    }
}

static size_t slot_of(const uint64_t ends[2], size_t length)
{
    uint64_t hash = (ends[0] ^ length) * UINT64_C(0x9E3779B97F4A7C15);
    hash = (hash ^ hash >> 32 ^ ends[1]) * UINT64_C(0xD6E8FEB86659FD93);
    return (size_t)(hash >> 32);
}

word_slot *word_cache_find(bool *found, word_cache *cache, const char *word, size_t length)
{
    uint64_t ends[2];
    *found = false;
    if (length == 0 || length > WORD_CACHE_BYTES)
        return NULL;
    word_ends(ends, word, length);
    word_slot *slot = &cache->slots[slot_of(ends, length) & (cache->count - 1)];
    *found = slot->length == length && slot->ends[0] == ends[0] && slot->ends[1] == ends[1];
    return slot;
}

void word_cache_keep(word_slot *slot, const char *word, size_t length, const int32_t *ids,
                     size_t count)
{
    if (count > WORD_CACHE_IDS)
        return;
    word_ends(slot->ends, word, length);
    slot->length = (uint8_t)length;
    slot->count = (uint8_t)count;
    if (count > 0)
        memcpy(slot->ids, ids, count * sizeof *ids);
}
