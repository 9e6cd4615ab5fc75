// distill/base/hash_map.c - open addressing with linear probing; tables double at a load of 3/4.
//
// Maps and sets share one implementation: a slot is one word (the key) or two (key, value), and
// callers pass the constant `width`. Single entries cannot be removed.
#include "distill/base/hash_map.h"

#include "distill/base/memory.h"
#include "distill/base/rng.h"

#include <string.h>

enum { FIRST_CAPACITY = 64, SET = 1, MAP = 2 };

/// The key's slot or, if it is absent, the free slot for it. The table has a free slot.
static inline uint64_t *probe(const distill_hash_table *table, size_t width, uint64_t key)
{
    size_t mask = table->capacity - 1, at = distill_mix64(key) & mask;
    while (table->slots[at * width] != 0 && table->slots[at * width] != key)
        at = (at + 1) & mask;
    return &table->slots[at * width];
}

static inline uint64_t *find(const distill_hash_table *table, size_t width, uint64_t key)
{
    if (key == 0)
        return table->has_zero ? (uint64_t *)(uintptr_t)table->zero : NULL;
    uint64_t *slot = table->capacity > 0 ? probe(table, width, key) : NULL;
    return slot != NULL && *slot != 0 ? slot : NULL;
}

static distill_status grow(distill_hash_table *table, size_t width)
{
    distill_status status = DISTILL_OK;
    distill_hash_table bigger = *table;
    bigger.capacity = table->capacity > 0 ? 2 * table->capacity : FIRST_CAPACITY;
    TRY(distill_alloc((void **)&bigger.slots, bigger.capacity, width * sizeof *bigger.slots));
    for (size_t i = 0; i < table->capacity; i++) {
        const uint64_t *slot = &table->slots[i * width];
        if (*slot != 0)
            memcpy(probe(&bigger, width, *slot), slot, width * sizeof *slot);
    }
    distill_free(table->slots);
    *table = bigger;
done:
    return status;
}

/// Sets *slot to the key's slot, which is initialised if the key is new.
static inline distill_status insert(uint64_t **slot, bool *is_new, distill_hash_table *table,
                                    size_t width, uint64_t key)
{
    distill_status status = DISTILL_OK;
    *slot = find(table, width, key);
    *is_new = *slot == NULL;
    if (!*is_new)
        return DISTILL_OK;
    if (key == 0) {
        table->has_zero = true;
        *slot = table->zero;
    } else {
        if (table->count - table->has_zero + 1 > table->capacity / 4 * 3)
            TRY(grow(table, width));
        *slot = probe(table, width, key);
        **slot = key;
    }
    table->count++;
done:
    return status;
}

static void free_table(distill_hash_table *table)
{
    distill_free(table->slots);
    *table = (distill_hash_table){0};
}

distill_status distill_hash_map_insert(uint64_t **value, distill_hash_map *map, uint64_t key)
{
    distill_status status = DISTILL_OK;
    uint64_t *slot = NULL;
    bool is_new;
    TRY(insert(&slot, &is_new, &map->table, MAP, key));
    *value = slot + 1;
done:
    return status;
}

uint64_t *distill_hash_map_find(const distill_hash_map *map, uint64_t key)
{
    uint64_t *slot = find(&map->table, MAP, key);
    return slot != NULL ? slot + 1 : NULL;
}

uint64_t distill_hash_map_get(const distill_hash_map *map, uint64_t key)
{
    const uint64_t *value = distill_hash_map_find(map, key);
    return value != NULL ? *value : 0;
}

size_t distill_hash_map_count(const distill_hash_map *map)
{
    return map->table.count;
}

void distill_hash_map_free(distill_hash_map *map)
{
    free_table(&map->table);
}

distill_status distill_hash_set_insert(bool *is_new, distill_hash_set *set, uint64_t key)
{
    uint64_t *slot = NULL;
    return insert(&slot, is_new, &set->table, SET, key);
}

bool distill_hash_set_has(const distill_hash_set *set, uint64_t key)
{
    return find(&set->table, SET, key) != NULL;
}

size_t distill_hash_set_count(const distill_hash_set *set)
{
    return set->table.count;
}

void distill_hash_set_free(distill_hash_set *set)
{
    free_table(&set->table);
}

uint64_t distill_hash_bytes(uint64_t seed, distill_span bytes)
{
    uint64_t hash = distill_mix64(seed ^ (bytes.length * DISTILL_GOLDEN_RATIO64));
    const char *next = bytes.bytes;
    for (size_t left = bytes.length; left > 0;) {
        uint64_t word = 0;
        size_t now = left < 8 ? left : 8;
        memcpy(&word, next, now);
        hash = distill_mix64((hash ^ word) * DISTILL_GOLDEN_RATIO64 + 0x632be59bd9b4e019u);
        next += now;
        left -= now;
    }
    return hash;
}
