// distill/base/hash_map.h - maps from 64-bit keys to 64-bit values, sets of 64-bit keys, and a hash
// function that makes keys of bytes.
//
//     distill_hash_map lines = {0};
//     uint64_t *line = NULL;
//     TRY(distill_hash_map_insert(&line, &lines, distill_hash_bytes(0, text)));
//     if (*line == 0)                                    // a new key has the value 0
//         *line = number;
//     distill_hash_map_free(&lines);
//
// A key may be any number: it is hashed to choose a slot. Memory: 8 bytes a slot in a set and 16 in
// a map; 3/8 to 3/4 of the slots are in use.
// Errors   NO_MEMORY; the table is then unchanged.
// Threads  concurrent look-ups are safe while no thread inserts.
#ifndef DISTILL_BASE_HASH_MAP_H
#define DISTILL_BASE_HASH_MAP_H

#include "distill/base/text.h"

/// Open addressing. The key 0 marks a free slot, so the entry of key 0 is stored outside the slots.
typedef struct distill_hash_table {
    uint64_t *slots;  // key, then (in a map) value
    size_t capacity;  // slots: a power of two
    size_t count;     // keys
    uint64_t zero[2]; // the entry of key 0
    bool has_zero;
} distill_hash_table;

typedef struct distill_hash_map {
    distill_hash_table table;
} distill_hash_map;

typedef struct distill_hash_set {
    distill_hash_table table;
} distill_hash_set;

/// Sets *value to the address of the key's value, valid until the next insertion. A new key has the
/// value 0; inserting an existing key never fails.
distill_status distill_hash_map_insert(uint64_t **value, distill_hash_map *map,
                                       uint64_t key) DISTILL_MUST_CHECK;
/// Address of the key's value, valid until the next insertion; NULL if the key is absent.
uint64_t *distill_hash_map_find(const distill_hash_map *map, uint64_t key);
/// The key's value; 0 if it is absent.
uint64_t distill_hash_map_get(const distill_hash_map *map, uint64_t key);
size_t distill_hash_map_count(const distill_hash_map *map);
void distill_hash_map_free(distill_hash_map *map);

/// Inserts the key; sets *is_new to false if the set already holds it.
distill_status distill_hash_set_insert(bool *is_new, distill_hash_set *set,
                                       uint64_t key) DISTILL_MUST_CHECK;
bool distill_hash_set_has(const distill_hash_set *set, uint64_t key);
size_t distill_hash_set_count(const distill_hash_set *set);
void distill_hash_set_free(distill_hash_set *set);

/// A 64-bit hash of `bytes`. To hash several parts, pass the hash of one part as the seed of the
/// next. Two of a million different texts collide with a probability of 3e-8. Not resistant to
/// chosen collisions. The values are not stored in files, but `--select random` depends on them:
/// they must not change.
uint64_t distill_hash_bytes(uint64_t seed, distill_span bytes);

#endif
