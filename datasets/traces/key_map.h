// datasets/traces/key_map.h - 64-bit keys to numbers.
//
//     key_map lines = {0};
//     uint64_t *line = NULL;
//     TRY(key_map_place(&lines, key, &line));   // *line is 0 if the key is new
//     key_map_free(&lines);
#ifndef DATASETS_TRACES_KEY_MAP_H
#define DATASETS_TRACES_KEY_MAP_H

#include "distill/base/status.h"

#include <stdint.h>

typedef struct key_map_entry {
    uint64_t key, value;
    int used;
} key_map_entry;

typedef struct key_map {
    key_map_entry *slots; // open addressing
    size_t capacity;      // a power of two
    size_t count;
} key_map;

/// Sets *value to the place of the key's value, valid until the next call; a new key has 0.
distill_status key_map_place(key_map *map, uint64_t key, uint64_t **value) DISTILL_MUST_CHECK;
/// The key's value; 0 if it is not there.
uint64_t key_map_find(const key_map *map, uint64_t key);
void key_map_free(key_map *map);

#endif
