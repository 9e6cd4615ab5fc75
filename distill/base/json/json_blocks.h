// distill/base/json/json_blocks.h - private to json_reader: fast parser for plain JSON.
//
//     TRY(json_blocks_parse(&root, &doc->blocks, bytes, length, JSON_MAX_DEPTH));
//     if (root == NULL) …                       // not plain, or not JSON: parse with cJSON
//
// It builds the same nodes as cJSON, but from large blocks of memory: a copy of the text, which
// holds the unescaped strings, and arrays of nodes. A tokenizer.json of 600,000 values is parsed in
// a seventh of cJSON's time, and freed with a few calls.
//
// Everything else is left to cJSON: invalid JSON, \u0000, whole numbers of more than 15 digits, and
// white space that is not JSON's. Therefore cJSON alone decides what is valid and what the error
// messages say. Where both accept a text they give the same nodes, which
// tests/unit/base/test_json_reader.c checks.
#ifndef DISTILL_BASE_JSON_JSON_BLOCKS_H
#define DISTILL_BASE_JSON_JSON_BLOCKS_H

#include "distill/base/status.h"

#include <stddef.h>

struct cJSON;

/// A bit in the type of a number node, beside cJSON's: it has a fraction or an exponent.
enum { JSON_IS_REAL = 1 << 16 };

/// Memory of the nodes and strings of a document; zeroed = empty.
typedef struct json_blocks {
    struct json_block *blocks;
    char *text;
} json_blocks;

/// Sets *root to the value, owned by `memory`. *root is NULL if the text is not plain JSON or is
/// nested deeper than `max_depth` levels.
/// Errors  NO_MEMORY.
distill_status json_blocks_parse(struct cJSON **root, json_blocks *memory, const char *bytes,
                                 size_t length, size_t max_depth) DISTILL_MUST_CHECK;
void json_blocks_free(json_blocks *memory);

#endif
