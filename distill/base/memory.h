// distill/base/memory.h - checked allocation, growing arrays of token ids, and arenas.
//
//     float *rows = NULL;
//     TRY(DISTILL_NEW(&rows, N * D));          // zeroed, 64-byte aligned, sizes checked
//     ...
//     distill_free(rows);
#ifndef DISTILL_BASE_MEMORY_H
#define DISTILL_BASE_MEMORY_H

#include "distill/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Sets *out to count * size bytes of zeroed memory aligned to 64 bytes (never NULL on success).
/// Errors  NO_MEMORY, also when count * size overflows.
distill_status distill_alloc(void **out, size_t count, size_t size) DISTILL_MUST_CHECK;

/// Grows *block from old_count to new_count elements; new ones are zeroed. *block may be NULL.
distill_status distill_grow(void **block, size_t old_count, size_t new_count,
                            size_t size) DISTILL_MUST_CHECK;

/// Frees the memory of distill_alloc or distill_grow; NULL is legal.
void distill_free(void *block);

/// Like distill_alloc without zeroing, for memory that is overwritten completely. The kernel then
/// places each page on the memory node of the thread that first writes it.
distill_status distill_alloc_unset(void **out, size_t bytes) DISTILL_MUST_CHECK;

#define DISTILL_NEW(pointer, count) distill_alloc((void **)(pointer), (count), sizeof **(pointer))

/// Sets *out to a copy of `length` bytes with a NUL appended; release with distill_free.
distill_status distill_copy_string(char **out, const char *bytes, size_t length) DISTILL_MUST_CHECK;

/// Sets *out to a * b or a + b; false on overflow.
bool distill_mul_size(size_t *out, size_t a, size_t b);
bool distill_add_size(size_t *out, size_t a, size_t b);

/// Available physical memory in bytes, cgroup limits included.
size_t distill_memory_available(void);

/// Resident memory of this process in bytes: now, and at its peak.
size_t distill_memory_resident(void);
size_t distill_memory_peak(void);

/// Number of allocations through this file since the start; tests assert that hot loops make none.
uint64_t distill_allocation_count(void);

/// Makes the n-th allocation from now fail (0 = never); for tests.
void distill_allocation_fail_at(uint64_t n);

/// A growing array of token ids.
typedef struct distill_ids {
    int32_t *at;
    size_t count;
    size_t capacity;
} distill_ids;

distill_status distill_ids_append(distill_ids *ids, int32_t id) DISTILL_MUST_CHECK;
distill_status distill_ids_append_all(distill_ids *ids, const int32_t *more,
                                      size_t count) DISTILL_MUST_CHECK;
void distill_ids_free(distill_ids *ids);

/// A block of memory that is allocated from front to back and released as a whole.
typedef struct distill_arena {
    char *block;
    size_t size;
    size_t used;
} distill_arena;

distill_status distill_arena_create(distill_arena *arena, size_t size) DISTILL_MUST_CHECK;
/// `size` bytes aligned to 64; NULL if the arena is full, which is an error of its planned size.
void *distill_arena_take(distill_arena *arena, size_t size);
void distill_arena_reset(distill_arena *arena);
void distill_arena_free(distill_arena *arena);

#endif
