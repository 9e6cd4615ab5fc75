// distill/base/json/json_blocks.h - private to json_reader.c: a fast parser for plain JSON.
//
//     TRY(json_blocks_parse(&root, &doc->blocks, bytes, length, MOST_DEPTH));
//     if (root == NULL) …                       // not plain, or not JSON: cJSON parses it
//
// Builds the nodes that cJSON would build, but in blocks: one copy of the text, in which a string
// ends where its closing quote stood, and nodes allocated by the thousand. A tokenizer.json of
// 600,000 values is parsed in a seventh of the time, and freeing it costs nothing.
//
// Anything that is not plain is left to cJSON: broken JSON, \u0000, whole numbers of more than 15
// digits, white space that JSON does not have. So one parser decides what is accepted and what
// errors say; where both accept a text, they give the same nodes
// (tests/unit/base/test_json_reader.c compares them).
#ifndef DISTILL_BASE_JSON_JSON_BLOCKS_H
#define DISTILL_BASE_JSON_JSON_BLOCKS_H

#include "distill/base/status.h"

#include <stddef.h>

struct cJSON;

/// Memory of the nodes and strings of a document; zeroed = empty.
typedef struct json_blocks {
    struct json_block *blocks;
    char *text;
} json_blocks;

/// Sets *root to the value, which `memory` owns, or to NULL if the text is not plain JSON or nests
/// deeper than `most_depth` levels.
/// Errors  NO_MEMORY.
distill_status json_blocks_parse(struct cJSON **root, json_blocks *memory, const char *bytes,
                                 size_t length, size_t most_depth) DISTILL_MUST_CHECK;
void json_blocks_free(json_blocks *memory);

#endif
