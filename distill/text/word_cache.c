#include "distill/text/word_cache.h"

#include "distill/text/vocabulary.h"

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

static uint64_t load(const char *bytes, size_t length)
{
    uint64_t value = 0;
    if (length == 8)
        memcpy(&value, bytes, 8);
    else
        memcpy(&value, bytes, 4);
    return value;
}

/// Two numbers that tell words of the same length up to 16 apart: their first and last bytes.
static void word_ends(uint64_t ends[2], const char *word, size_t length)
{
    if (length >= 4) {
        size_t step = length >= 8 ? 8 : 4;
        ends[0] = load(word, step);
        ends[1] = load(word + length - step, step);
        return;
    }
    const unsigned char *at = (const unsigned char *)word;
    ends[0] = (uint64_t)at[0] | (uint64_t)at[length / 2] << 8 | (uint64_t)at[length - 1] << 16;
    ends[1] = 0;
}

static size_t place_of(const uint64_t ends[2], size_t length)
{
    uint64_t hash = (ends[0] ^ length) * UINT64_C(0x9E3779B97F4A7C15);
    hash = (hash ^ hash >> 32 ^ ends[1]) * UINT64_C(0xD6E8FEB86659FD93);
    return (size_t)(hash >> 32);
}

word_slot *word_cache_find(bool *found, word_cache *cache, const char *word, size_t length)
{
    *found = false;
    if (length > WORD_CACHE_BYTES)
        return NULL;
    uint64_t ends[2];
    word_ends(ends, word, length);
    size_t place = length <= 16 ? place_of(ends, length) : vocabulary_hash(word, length);
    word_slot *slot = &cache->slots[place & (cache->count - 1)];
    if (slot->length != length)
        return slot;
    *found = length <= 16 ? slot->ends[0] == ends[0] && slot->ends[1] == ends[1]
                          : memcmp(slot->bytes, word, length) == 0;
    return slot;
}

void word_cache_keep(word_slot *slot, const char *word, size_t length, const int32_t *ids,
                     size_t count)
{
    if (count > WORD_CACHE_IDS)
        return;
    slot->length = (uint8_t)length;
    slot->count = (uint8_t)count;
    if (length <= 16)
        word_ends(slot->ends, word, length);
    else
        memcpy(slot->bytes, word, length);
    if (count > 0)
        memcpy(slot->ids, ids, count * sizeof *ids);
}
