// distill/text/jinja/values/jinja_memory.h - memory that is taken piece by piece and freed as a whole.
//
//     jinja_memory memory = {.limit = 64 << 20};
//     TRY(jinja_memory_take((void **)&node, &memory, sizeof *node));
//     jinja_memory_free(&memory);
//
// Private to distill/text. Pieces are not zeroed. The last piece can be extended in place, so that
// text which grows step by step is not copied each time.
#ifndef DISTILL_TEXT_JINJA_VALUES_JINJA_MEMORY_H
#define DISTILL_TEXT_JINJA_VALUES_JINJA_MEMORY_H

#include "distill/base/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct jinja_memory {
    size_t limit; // bytes; taking more fails
    // private
    struct jinja_memory_block *blocks; // the newest first
    char *top, *end;                   // free part of the newest block
    size_t total;
} jinja_memory;

/// Sets *out to `bytes` bytes aligned to 8.
/// Errors  LIMIT, NO_MEMORY.
distill_status jinja_memory_take(void **out, jinja_memory *memory, size_t bytes) DISTILL_MUST_CHECK;
/// Like jinja_memory_take without alignment, for text that may be extended.
distill_status jinja_memory_take_text(char **out, jinja_memory *memory,
                                      size_t bytes) DISTILL_MUST_CHECK;
/// Extends the piece that ends at `end` by `bytes`; false if it is not the last one or if its block
/// is full.
bool jinja_memory_extend(jinja_memory *memory, const char *end, size_t bytes);
void jinja_memory_free(jinja_memory *memory);

#endif
