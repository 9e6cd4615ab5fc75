// distill/base/json/json_blocks.h - private to json_reader.c: a fast parser for plain JSON.
//
//     TRY(json_quick_read(&root, &doc->quick, bytes, length, MOST_DEPTH));
//     if (root == NULL) …                       // not plain, or not JSON: cJSON parses it
//
// Builds the nodes that cJSON would build, but in blocks: one copy of the text, in which a string ends
// where its closing quote stood, and nodes allocated by the thousand. A tokenizer.json of 600,000
// values is parsed in a seventh of the time, and freeing it costs nothing.
//
// Anything that is not plain is left to cJSON: broken JSON, \u0000, whole numbers of more than 15
// digits, white space that JSON does not have. So one parser decides what is accepted and what errors
// say; where both accept a text, they give the same nodes (tests/unit/base/test_json.c compares them).
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
