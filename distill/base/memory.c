// distill/base/memory.c - aligned, zeroed allocations; id arrays; arenas; memory in use.
//
// All allocations of the library pass through take(), which counts them and can make the n-th one
// fail for tests. Blocks from 4 MiB on are aligned for transparent huge pages.
#include "distill/base/memory.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ALIGNMENT = 64,
    HUGE_PAGE = 2 << 20,        // bytes
    LARGE_BLOCK = 2 * HUGE_PAGE // smallest block for which huge pages are requested
};

static atomic_uint_fast64_t allocations;
static atomic_uint_fast64_t fail_at;

static void *take(size_t bytes)
{
    atomic_fetch_add(&allocations, 1);
    uint64_t countdown = atomic_load(&fail_at);
    if (countdown > 0 && atomic_fetch_sub(&fail_at, 1) == 1)
        return NULL;
    size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded < bytes)
        return NULL;
    if (rounded < LARGE_BLOCK)
        return aligned_alloc(ALIGNMENT, rounded > 0 ? rounded : ALIGNMENT);
    rounded = (rounded + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *block = aligned_alloc(HUGE_PAGE, rounded);
    if (block != NULL) // hint only: huge pages reduce TLB misses in large sequential reads
        (void)madvise(block, rounded, MADV_HUGEPAGE);
    return block;
}

bool distill_mul_size(size_t *out, size_t a, size_t b)
{
    return !__builtin_mul_overflow(a, b, out);
}

bool distill_add_size(size_t *out, size_t a, size_t b)
{
    return !__builtin_add_overflow(a, b, out);
}

distill_status distill_alloc(void **out, size_t count, size_t size)
{
    size_t bytes;
    *out = NULL;
    if (!distill_mul_size(&bytes, count, size) || bytes > SIZE_MAX / 2)
        return distill_fail(DISTILL_NO_MEMORY, "%zu elements of %zu bytes are too many", count,
                            size);
    void *block = take(bytes);
    if (block == NULL)
        return distill_fail(DISTILL_NO_MEMORY, "out of memory (%zu bytes requested)", bytes);
    memset(block, 0, bytes > 0 ? bytes : 1);
    *out = block;
    return DISTILL_OK;
}

distill_status distill_alloc_unset(void **out, size_t bytes)
{
    *out = take(bytes);
    if (*out == NULL)
        return distill_fail(DISTILL_NO_MEMORY, "out of memory (%zu bytes requested)", bytes);
    return DISTILL_OK;
}

distill_status distill_grow(void **block, size_t old_count, size_t new_count, size_t size)
{
    void *bigger = NULL;
    distill_status status = DISTILL_OK;
    TRY(distill_alloc(&bigger, new_count, size));
    if (*block != NULL)
        memcpy(bigger, *block, (old_count < new_count ? old_count : new_count) * size);
    free(*block);
    *block = bigger;
done:
    return status;
}

void distill_free(void *block)
{
    free(block);
}

distill_status distill_copy_string(char **out, const char *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    TRY(distill_alloc((void **)out, length + 1, 1));
    if (length > 0)
        memcpy(*out, bytes, length);
done:
    return status;
}

/// Value in bytes of the line "KEY:   123 kB" in a /proc file; 0 if it is not there.
static size_t proc_value(const char *path, const char *key)
{
    char line[256];
    size_t kilobytes = 0, length = strlen(key);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, key, length) == 0 && sscanf(line + length, ": %zu", &kilobytes) == 1)
            break;
    fclose(file);
    return kilobytes * 1024;
}

static size_t file_number(const char *path)
{
    unsigned long long value = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%llu", &value) != 1)
        value = 0;
    fclose(file);
    return (size_t)value;
}

size_t distill_memory_available(void)
{
    size_t available = proc_value("/proc/meminfo", "MemAvailable");
    size_t limit = file_number("/sys/fs/cgroup/memory.max");
    size_t used = file_number("/sys/fs/cgroup/memory.current");
    if (limit > 0 && limit > used && limit - used < available)
        available = limit - used;
    return available;
}

size_t distill_memory_resident(void)
{
    return proc_value("/proc/self/status", "VmRSS");
}

size_t distill_memory_peak(void)
{
    return proc_value("/proc/self/status", "VmHWM");
}

uint64_t distill_allocation_count(void)
{
    return atomic_load(&allocations);
}

void distill_allocation_fail_at(uint64_t n)
{
    atomic_store(&fail_at, n);
}

static distill_status reserve_ids(distill_ids *ids, size_t more)
{
    size_t needed;
    if (!distill_add_size(&needed, ids->count, more))
        return distill_fail(DISTILL_NO_MEMORY, "a list of %zu ids is too long", ids->count);
    if (needed <= ids->capacity)
        return DISTILL_OK;
    size_t capacity = ids->capacity < 64 ? 64 : ids->capacity * 2;
    if (capacity < needed)
        capacity = needed;
    distill_status status = DISTILL_OK;
    TRY(distill_grow((void **)&ids->at, ids->count, capacity, sizeof *ids->at));
    ids->capacity = capacity;
done:
    return status;
}

distill_status distill_ids_append(distill_ids *ids, int32_t id)
{
    distill_status status = DISTILL_OK;
    TRY(reserve_ids(ids, 1));
    ids->at[ids->count++] = id;
done:
    return status;
}

distill_status distill_ids_append_all(distill_ids *ids, const int32_t *more, size_t count)
{
    distill_status status = DISTILL_OK;
    if (count == 0)
        return DISTILL_OK;
    TRY(reserve_ids(ids, count));
    memcpy(ids->at + ids->count, more, count * sizeof *more);
    ids->count += count;
done:
    return status;
}

void distill_ids_free(distill_ids *ids)
{
    distill_free(ids->at);
    *ids = (distill_ids){0};
}

distill_status distill_arena_create(distill_arena *arena, size_t size)
{
    distill_status status = DISTILL_OK;
    *arena = (distill_arena){0};
    TRY(distill_alloc((void **)&arena->block, size, 1));
    arena->size = size;
done:
    return status;
}

void *distill_arena_take(distill_arena *arena, size_t size)
{
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded < size || rounded > arena->size - arena->used)
        return NULL;
    void *place = arena->block + arena->used;
    arena->used += rounded;
    return place;
}

void distill_arena_reset(distill_arena *arena)
{
    arena->used = 0;
}

void distill_arena_free(distill_arena *arena)
{
    distill_free(arena->block);
    *arena = (distill_arena){0};
}
