// datasets/verify/math/scratch.h - the memory of one check: a block on the stack, handed out from the
// front. Private to the verifier.
//
//     _Alignas(16) char block[SCRATCH_BYTES];
//     scratch memory = {block, sizeof block, 0};
//     size_t mark = memory.used;                  // ... scratch_take(&memory, n) ...
//     memory.used = mark;                         // gives back everything taken since
//
// Nothing is ever freed one by one, and a full block is an answer ("too large to decide"), not an
// error.
#ifndef DATASETS_VERIFY_MATH_SCRATCH_H
#define DATASETS_VERIFY_MATH_SCRATCH_H

#include <stddef.h>

enum { SCRATCH_BYTES = 384 << 10 };

typedef struct scratch {
    char *block;
    size_t size, used;
} scratch;

/// `bytes` bytes aligned to 16, not cleared; NULL if the block is full.
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
