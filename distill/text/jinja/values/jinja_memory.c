// distill/text/jinja/values/jinja_memory.c - blocks of growing size.
//
// A block is at least half as large as all blocks before it, so that the number of allocations is
// logarithmic. The limit counts whole blocks.
#include "distill/text/jinja/values/jinja_memory.h"

#include "distill/base/memory.h"

#include <stdint.h>

enum { FIRST_BLOCK = 16 << 10, HEADER = 64 };

struct jinja_memory_block {
    struct jinja_memory_block *next;
};

static distill_status add_block(jinja_memory *memory, size_t bytes)
{
    distill_status status = DISTILL_OK;
    size_t size = memory->total / 2 > FIRST_BLOCK ? memory->total / 2 : FIRST_BLOCK;
    size_t left = memory->limit > memory->total ? memory->limit - memory->total : 0;
    if (bytes > left || bytes + HEADER > left)
        TRY(distill_fail(DISTILL_LIMIT, "more than %zu MiB of memory are needed",
                         memory->limit >> 20));
    size = bytes + HEADER > size ? bytes + HEADER : size;
    size = size > left ? left : size;
    struct jinja_memory_block *block = NULL;
    TRY(distill_alloc_unset((void **)&block, size));
    block->next = memory->blocks;
    memory->blocks = block;
    memory->total += size;
    memory->top = (char *)block + HEADER;
    memory->end = (char *)block + size;
done:
    return status;
}

distill_status jinja_memory_take_text(char **out, jinja_memory *memory, size_t bytes)
{
    distill_status status = DISTILL_OK;
    if ((size_t)(memory->end - memory->top) < bytes || memory->top == NULL)
        TRY(add_block(memory, bytes));
    *out = memory->top;
    memory->top += bytes;
done:
    return status;
}

distill_status jinja_memory_take(void **out, jinja_memory *memory, size_t bytes)
{
    distill_status status = DISTILL_OK;
    char *text = NULL;
    size_t skip = (size_t)(-(uintptr_t)memory->top & 7);
    if (memory->top != NULL) // a block is aligned
        memory->top =
            (size_t)(memory->end - memory->top) >= skip ? memory->top + skip : memory->end;
    TRY(jinja_memory_take_text(&text, memory, (bytes + 7) & ~(size_t)7));
    *out = text;
done:
    return status;
}

bool jinja_memory_extend(jinja_memory *memory, const char *end, size_t bytes)
{
    if (end != memory->top || end == NULL || (size_t)(memory->end - memory->top) < bytes)
        return false;
    memory->top += bytes;
    return true;
}

void jinja_memory_free(jinja_memory *memory)
{
    while (memory->blocks != NULL) {
        struct jinja_memory_block *next = memory->blocks->next;
        distill_free(memory->blocks);
        memory->blocks = next;
    }
    *memory = (jinja_memory){.limit = memory->limit};
}
