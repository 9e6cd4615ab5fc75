// distill/base/json/json_blocks.h - reading plain JSON at the speed of memory (private to json.c).
//
//     TRY(json_quick_read(&root, &doc->quick, bytes, length));
//     if (root == NULL) …                       // not plain, or not JSON: cJSON reads it and says why
//
// Builds the nodes that cJSON would build, but in blocks: one copy of the text, whose strings end
// where their closing quotes stood, and nodes by the thousand. A tokenizer.json of 600,000 values
// then takes a seventh of the time, and freeing it none.
//
// It gives up at anything that is not plain: broken JSON, \u0000, whole numbers of more than 15
// digits, white space that JSON does not have. So what is accepted, and what errors say, is decided
// in one place; where both read a text, they read the same (tests/unit/base/test_json.c compares).
#ifndef DISTILL_BASE_JSON_JSON_BLOCKS_H
#define DISTILL_BASE_JSON_JSON_BLOCKS_H

#include "distill/base/status.h"

#include <stddef.h>

struct cJSON;

/// Memory of one document's nodes and strings; zeroed = empty.
typedef struct json_quick {
    struct json_quick_block *blocks;
    char *text;
} json_quick;

/// Sets *root to the value (owned by `memory`), or to NULL if the text is not plain JSON nested at
/// most `most_depth` levels.
/// Errors  NO_MEMORY.
distill_status json_quick_read(struct cJSON **root, json_quick *memory, const char *bytes,
                               size_t length, size_t most_depth) DISTILL_MUST_CHECK;
void json_quick_free(json_quick *memory);

#endif
