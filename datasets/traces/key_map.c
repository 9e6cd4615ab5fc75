// datasets/traces/key_map.c - open addressing with linear probing.
#include "datasets/traces/key_map.h"

#include "distill/base/memory.h"

/// Finalizer of SplitMix64, so that keys that are small numbers spread too.
static uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static key_map_entry *find(const key_map *map, uint64_t key)
{
    size_t mask = map->capacity - 1, at = mixed(key) & mask;
    while (map->slots[at].used && map->slots[at].key != key)
        at = (at + 1) & mask;
    return &map->slots[at];
}

static distill_status make_room(key_map *map)
{
    distill_status status = DISTILL_OK;
    key_map bigger = {.capacity = map->capacity > 0 ? 2 * map->capacity : 64};
    if (map->count + 1 <= map->capacity / 4 * 3)
        return DISTILL_OK;
    TRY(DISTILL_NEW(&bigger.slots, bigger.capacity));
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].used)
            *find(&bigger, map->slots[i].key) = map->slots[i];
    distill_free(map->slots);
    map->slots = bigger.slots;
    map->capacity = bigger.capacity;
done:
    return status;
}

distill_status key_map_place(key_map *map, uint64_t key, uint64_t **value)
{
    distill_status status = DISTILL_OK;
    TRY(make_room(map));
    key_map_entry *entry = find(map, key);
    map->count += !entry->used;
    entry->used = 1;
    entry->key = key;
    *value = &entry->value;
done:
    return status;
}

uint64_t key_map_find(const key_map *map, uint64_t key)
{
    const key_map_entry *entry = map->capacity > 0 ? find(map, key) : NULL;
    return entry != NULL && entry->used ? entry->value : 0;
}

void key_map_free(key_map *map)
{
    distill_free(map->slots);
    *map = (key_map){0};
}
