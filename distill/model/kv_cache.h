// distill/model/kv_cache.h - keys and values of many sequences, in pages that sequences may share.
//
//     distill_kv_cache *cache = NULL;
//     distill_kv_plan plan = {.sequences = 64, .context = 4096, .pages = 512};
//     TRY(distill_kv_cache_create(&cache, config, &plan));
//     if (!distill_kv_reserve(cache, sequence, position + 1))
//         …                                                  // the pool is exhausted
//     distill_kv_store(cache, layer, sequence, position, key, value);
//
// Memory  the address space of all pages is reserved at creation, but a page takes memory only
//         once it has been used: a short run with a long context stays small. Released pages are
//         used again first. No call after creation allocates.
// Pages   64 positions of all layers (tensor/decode_attention.h draws one).
#ifndef DISTILL_MODEL_KV_CACHE_H
#define DISTILL_MODEL_KV_CACHE_H

#include "distill/model/config.h"
#include "distill/tensor/decode_attention.h"

typedef struct distill_kv_cache distill_kv_cache;

typedef struct distill_kv_plan {
    size_t sequences; // numbered from 0
    size_t context;   // positions of the longest sequence
    size_t pages;     // in the pool, for all sequences together
} distill_kv_plan;

/// Bytes of one page, and pages that `positions` positions take.
size_t distill_kv_page_bytes(const distill_config *config);
size_t distill_kv_pages_for(size_t positions);

/// Errors  NO_MEMORY if the address space cannot be reserved.
distill_status distill_kv_cache_create(distill_kv_cache **out, const distill_config *config,
                                       const distill_kv_plan *plan) DISTILL_MUST_CHECK;
void distill_kv_cache_free(distill_kv_cache *cache);

/// Makes room for positions 0 … positions-1 of `sequence`; false if the pool has too few free pages
/// (nothing changes).
bool distill_kv_reserve(distill_kv_cache *cache, size_t sequence, size_t positions);
/// Gives the empty sequence `to` the first `positions` positions of `from`: full pages are shared,
/// the last one is copied. From then on no position below `positions` of either may be written.
/// False if the pool is exhausted.
bool distill_kv_share(distill_kv_cache *cache, size_t to, size_t from, size_t positions);
/// Empties a sequence; pages that no other sequence holds return to the pool.
void distill_kv_release(distill_kv_cache *cache, size_t sequence);
size_t distill_kv_free_pages(const distill_kv_cache *cache);

/// Writes the keys and values (Hkv, Dh) of one reserved position. Sequences may be written by
/// different threads.
void distill_kv_store(distill_kv_cache *cache, size_t layer, size_t sequence, size_t position,
                      const float *keys, const float *values);
/// Arguments of the attention kernel. The table is borrowed until the sequence changes.
const uint32_t *distill_kv_table(const distill_kv_cache *cache, size_t sequence);
distill_attention_pool distill_kv_pool(const distill_kv_cache *cache, size_t layer);

#endif
