// datasets/traces/key_set.h - a set of 64-bit keys (hashes, numbers), 8 bytes and a bit each.
//
//     key_set seen = {0};
//     bool added = false;
//     TRY(key_set_add(&seen, key, &added));    // added: it was not there before
//     key_set_free(&seen);
#ifndef DATASETS_TRACES_KEY_SET_H
#define DATASETS_TRACES_KEY_SET_H

#include "distill/base/text.h"

typedef struct key_set {
    uint64_t *slots; // open addressing; 0 = free
    size_t capacity; // a power of two
    size_t count;
    bool has_zero;
} key_set;

distill_status key_set_add(key_set *set, uint64_t key, bool *added) DISTILL_MUST_CHECK;
bool key_set_has(const key_set *set, uint64_t key);
void key_set_free(key_set *set);

/// A 64-bit hash of `bytes`, going on from `seed` (hash several parts one after the other). Two of a
/// million different texts collide with a probability of 3e-8.
uint64_t key_hash(uint64_t seed, distill_span bytes);

#endif
