// distill/model/kv_cache.c - page tables, reference counts, and one reserved range of addresses.
#include "distill/model/kv_cache.h"

#include <string.h>
#include <sys/mman.h>

struct distill_kv_cache {
    float *floats; // [pages][L][Hkv] blocks, mapped
    size_t mapped_bytes;
    size_t block_floats, page_floats;
    size_t L, Hkv, Dh;
    size_t sequences, table_length, pages;
    uint32_t *tables;  // [sequences][table_length]
    uint32_t *lengths; // pages each sequence has
    uint32_t *holders; // sequences that hold each page
    uint32_t *free_list;
    size_t free_count;
};

size_t distill_kv_page_bytes(const distill_config *config)
{
    return config->L * config->Hkv * distill_kv_block_floats(config->Dh) * sizeof(float);
}

size_t distill_kv_pages_for(size_t positions)
{
    return (positions + DISTILL_KV_PAGE - 1) / DISTILL_KV_PAGE;
}

static distill_status map_pool(distill_kv_cache *cache)
{
    char size[32];
    if (!distill_mul_size(&cache->mapped_bytes, cache->pages, cache->page_floats * sizeof(float)))
        return distill_fail(DISTILL_NO_MEMORY, "a KV cache of %zu pages is too large",
                            cache->pages);
    void *place = mmap(NULL, cache->mapped_bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED)
        return distill_fail_errno(
            DISTILL_NO_MEMORY,
            "%s of addresses for the KV cache cannot be reserved; use a smaller --batch-size",
            distill_format_bytes(size, sizeof size, (double)cache->mapped_bytes));
    cache->floats = place;
    madvise(place, cache->mapped_bytes, MADV_HUGEPAGE); // a hint: fewer TLB misses
    return DISTILL_OK;
}

distill_status distill_kv_cache_create(distill_kv_cache **out, const distill_config *config,
                                       const distill_kv_plan *plan)
{
    distill_status status = DISTILL_OK;
    distill_kv_cache *cache = NULL;
    *out = NULL;
    if (config->Dh > DISTILL_KV_MOST_HEAD_DIM)
        return distill_fail(DISTILL_UNSUPPORTED,
                            "head_dim %zu is wider than %d, the most that decoding supports",
                            config->Dh, DISTILL_KV_MOST_HEAD_DIM);
    if (plan->pages == 0 || plan->pages > UINT32_MAX || plan->sequences == 0)
        return distill_fail(DISTILL_LIMIT, "a KV cache of %zu pages for %zu sequences", plan->pages,
                            plan->sequences);
    TRY(DISTILL_NEW(&cache, 1));
    cache->L = config->L;
    cache->Hkv = config->Hkv;
    cache->Dh = config->Dh;
    cache->block_floats = distill_kv_block_floats(config->Dh);
    cache->page_floats = config->L * config->Hkv * cache->block_floats;
    cache->sequences = plan->sequences;
    cache->table_length = distill_kv_pages_for(plan->context);
    cache->pages = plan->pages;
    TRY(DISTILL_NEW(&cache->tables, cache->sequences * cache->table_length));
    TRY(DISTILL_NEW(&cache->lengths, cache->sequences));
    TRY(DISTILL_NEW(&cache->holders, cache->pages));
    TRY(DISTILL_NEW(&cache->free_list, cache->pages));
    for (size_t i = 0; i < cache->pages; i++)
        cache->free_list[i] = (uint32_t)(cache->pages - 1 - i);
    cache->free_count = cache->pages;
    TRY(map_pool(cache));
    *out = cache;
    return DISTILL_OK;
done:
    distill_kv_cache_free(cache);
    return status;
}

void distill_kv_cache_free(distill_kv_cache *cache)
{
    if (cache == NULL)
        return;
    if (cache->floats != NULL)
        munmap(cache->floats, cache->mapped_bytes);
    distill_free(cache->tables);
    distill_free(cache->lengths);
    distill_free(cache->holders);
    distill_free(cache->free_list);
    distill_free(cache);
}

static uint32_t *table_of(const distill_kv_cache *cache, size_t sequence)
{
    return cache->tables + sequence * cache->table_length;
}

static uint32_t take_page(distill_kv_cache *cache)
{
    uint32_t page = cache->free_list[--cache->free_count];
    cache->holders[page] = 1;
    return page;
}

bool distill_kv_reserve(distill_kv_cache *cache, size_t sequence, size_t positions)
{
    size_t needed = distill_kv_pages_for(positions), have = cache->lengths[sequence];
    if (needed <= have)
        return true;
    if (needed > cache->table_length || needed - have > cache->free_count)
        return false;
    for (; have < needed; have++)
        table_of(cache, sequence)[have] = take_page(cache);
    cache->lengths[sequence] = (uint32_t)needed;
    return true;
}

bool distill_kv_share(distill_kv_cache *cache, size_t to, size_t from, size_t positions)
{
    size_t full = positions / DISTILL_KV_PAGE, part = positions % DISTILL_KV_PAGE;
    uint32_t *target = table_of(cache, to);
    const uint32_t *source = table_of(cache, from);
    if (part > 0 && cache->free_count == 0)
        return false;
    for (size_t i = 0; i < full; i++) {
        target[i] = source[i];
        cache->holders[source[i]]++;
    }
    if (part > 0) {
        target[full] = take_page(cache);
        memcpy(cache->floats + target[full] * cache->page_floats,
               cache->floats + source[full] * cache->page_floats,
               cache->page_floats * sizeof(float));
    }
    cache->lengths[to] = (uint32_t)(full + (part > 0));
    return true;
}

void distill_kv_release(distill_kv_cache *cache, size_t sequence)
{
    const uint32_t *table = table_of(cache, sequence);
    for (size_t i = cache->lengths[sequence]; i > 0; i--)
        if (--cache->holders[table[i - 1]] == 0)
            cache->free_list[cache->free_count++] = table[i - 1];
    cache->lengths[sequence] = 0;
}

size_t distill_kv_free_pages(const distill_kv_cache *cache)
{
    return cache->free_count;
}

void distill_kv_store(distill_kv_cache *cache, size_t layer, size_t sequence, size_t position,
                      const float *keys, const float *values)
{
    uint32_t page = table_of(cache, sequence)[position / DISTILL_KV_PAGE];
    float *block =
        cache->floats + page * cache->page_floats + layer * cache->Hkv * cache->block_floats;
    for (size_t h = 0; h < cache->Hkv; h++, block += cache->block_floats)
        distill_kv_block_store(block, keys + h * cache->Dh, values + h * cache->Dh, cache->Dh,
                               position % DISTILL_KV_PAGE);
}

const uint32_t *distill_kv_table(const distill_kv_cache *cache, size_t sequence)
{
    return table_of(cache, sequence);
}

distill_attention_pool distill_kv_pool(const distill_kv_cache *cache, size_t layer)
{
    return (distill_attention_pool){.floats = cache->floats,
                                    .page_floats = cache->page_floats,
                                    .first_block = layer * cache->Hkv * cache->block_floats};
}
