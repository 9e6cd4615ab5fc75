// datasets/traces/key_set.c - open addressing with linear probing.
#include "datasets/traces/key_set.h"

#include "distill/base/memory.h"

#include <string.h>

/// Finalizer of SplitMix64: every bit of the key moves every bit of the result.
static uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static size_t find_slot(const key_set *set, uint64_t key)
{
    size_t mask = set->capacity - 1, at = mixed(key) & mask;
    while (set->slots[at] != 0 && set->slots[at] != key)
        at = (at + 1) & mask;
    return at;
}

static distill_status make_room(key_set *set)
{
    distill_status status = DISTILL_OK;
    key_set bigger = {.capacity = set->capacity > 0 ? 2 * set->capacity : 64};
    if (set->count + 1 <= set->capacity / 4 * 3)
        return DISTILL_OK;
    TRY(DISTILL_NEW(&bigger.slots, bigger.capacity));
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i] != 0)
            bigger.slots[find_slot(&bigger, set->slots[i])] = set->slots[i];
    distill_free(set->slots);
    set->slots = bigger.slots;
    set->capacity = bigger.capacity;
done:
    return status;
}

distill_status key_set_add(key_set *set, uint64_t key, bool *added)
{
    distill_status status = DISTILL_OK;
    if (key == 0) {
        *added = !set->has_zero;
        set->has_zero = true;
        return DISTILL_OK;
    }
    TRY(make_room(set));
    size_t at = find_slot(set, key);
    *added = set->slots[at] == 0;
    set->count += *added;
    set->slots[at] = key;
done:
    return status;
}

bool key_set_has(const key_set *set, uint64_t key)
{
    if (key == 0)
        return set->has_zero;
    return set->capacity > 0 && set->slots[find_slot(set, key)] == key;
}

void key_set_free(key_set *set)
{
    distill_free(set->slots);
    *set = (key_set){0};
}

uint64_t key_hash(uint64_t seed, distill_span bytes)
{
    uint64_t hash = mixed(seed ^ (bytes.length * 0x9e3779b97f4a7c15u));
    const char *next = bytes.bytes;
    for (size_t left = bytes.length; left > 0;) {
        uint64_t word = 0;
        size_t now = left < 8 ? left : 8;
        memcpy(&word, next, now);
        hash = mixed((hash ^ word) * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u);
        next += now;
        left -= now;
    }
    return hash;
}
