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

word_slot *word_cache_find(bool *found, word_cache *cache, const char *word, size_t length)
{
    *found = false;
    if (length > WORD_CACHE_BYTES)
        return NULL;
    word_slot *slot = &cache->slots[vocabulary_hash(word, length) & (cache->count - 1)];
    *found = slot->length == length && memcmp(slot->bytes, word, length) == 0;
    return slot;
}

void word_cache_keep(word_slot *slot, const char *word, size_t length, const int32_t *ids,
                     size_t count)
{
    if (count > WORD_CACHE_IDS)
        return;
    slot->length = (uint8_t)length;
    slot->count = (uint8_t)count;
    memcpy(slot->bytes, word, length);
    if (count > 0)
        memcpy(slot->ids, ids, count * sizeof *ids);
}
