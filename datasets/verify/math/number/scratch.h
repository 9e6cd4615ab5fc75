// datasets/verify/math/number/scratch.h - the memory of one check: a stack allocator over a block
// that the caller provides. Private to the verifier.
//
//     _Alignas(16) char block[SCRATCH_BYTES];
//     scratch memory = {block, sizeof block, 0};
//     size_t mark = memory.used;                  // ... scratch_take(&memory, n) ...
//     memory.used = mark;                         // frees everything taken since
//
// A full block is not an error: the check is then "too large to decide".
#ifndef DATASETS_VERIFY_MATH_NUMBER_SCRATCH_H
#define DATASETS_VERIFY_MATH_NUMBER_SCRATCH_H

#include <stddef.h>

enum { SCRATCH_BYTES = 384 << 10 };

typedef struct scratch {
    char *block; // aligned to 16
    size_t size, used;
} scratch;

/// `bytes` bytes aligned to 16, uninitialised; NULL if the block is full.
static inline void *scratch_take(scratch *memory, size_t bytes)
{
    size_t rounded = (bytes + 15) & ~(size_t)15;
    if (rounded < bytes || rounded > memory->size - memory->used)
        return NULL;
    void *taken = memory->block + memory->used;
    memory->used += rounded;
    return taken;
}

#endif
