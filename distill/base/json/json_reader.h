// distill/base/json/json_reader.h - reading JSON documents, with errors that name the place.
//
//     distill_json *doc = NULL;
//     TRY(distill_json_parse(&doc, bytes, length, "config.json"));
//     const distill_json_node *root = distill_json_root(doc);
//     TRY(distill_json_get_size(&layers, doc, root, "num_hidden_layers", 1, 1 << 12));
//     distill_json_free(doc);
//
// This is the only interface for reading JSON. Behind it stand two parsers that give the same nodes:
// json_blocks.h (private), fast, for plain JSON, and cJSON for everything else and for errors.
// Writing is json_writer.h.
//
// A node is borrowed from its document. Strings may hold NUL (written \u0000). Depth <= 200.
// Every error names the document, the path of the key, what was expected and what was found.
#ifndef DISTILL_BASE_JSON_JSON_READER_H
#define DISTILL_BASE_JSON_JSON_READER_H

#include "distill/base/text.h"

typedef struct distill_json distill_json;
typedef struct distill_json_node distill_json_node;

typedef enum distill_json_kind {
    DISTILL_JSON_NULL,
    DISTILL_JSON_BOOL,
    DISTILL_JSON_NUMBER,
    DISTILL_JSON_STRING,
    DISTILL_JSON_ARRAY,
    DISTILL_JSON_OBJECT
} distill_json_kind;

/// Parses exactly one value (white space around it is allowed). `name` is used in messages
/// ("FILE" or "FILE:LINE") and is copied.
distill_status distill_json_parse(distill_json **out, const char *bytes, size_t length,
                                  const char *name) DISTILL_MUST_CHECK;
/// Reads and parses a file of at most `limit` bytes.
distill_status distill_json_read(distill_json **out, const char *path,
                                 size_t limit) DISTILL_MUST_CHECK;
void distill_json_free(distill_json *doc);
const distill_json_node *distill_json_root(const distill_json *doc);

distill_json_kind distill_json_kind_of(const distill_json_node *node);
/// "a number", "a string" ...: for messages.
const char *distill_json_kind_name(const distill_json_node *node);
/// Member `key` of an object, NULL if absent or if `node` is not an object. A null value is
/// returned.
const distill_json_node *distill_json_member(const distill_json_node *node, const char *key);
/// Like distill_json_member, but NULL also for a null value.
const distill_json_node *distill_json_present(const distill_json_node *node, const char *key);
/// First child / next sibling of an array or object: iteration in document order, O(1) a step.
const distill_json_node *distill_json_first(const distill_json_node *node);
const distill_json_node *distill_json_next(const distill_json_node *node);
size_t distill_json_count(const distill_json_node *node);
/// Key of a member (borrowed); "" elsewhere.
const char *distill_json_key(const distill_json_node *node);

/// Value of a string node; an empty span with NULL bytes if it is not a string.
/// The bytes may hold NUL and are followed by one.
distill_span distill_json_string(const distill_json *doc, const distill_json_node *node);
/// Value of a number node (0 if it is none), and of a bool node.
double distill_json_number(const distill_json_node *node);
/// Digits of a whole number that a double may not keep (16 digits and more), as they are written in
/// the document; NULL of every other node.
const char *distill_json_digits(const distill_json_node *node);
bool distill_json_true(const distill_json_node *node);

// Typed members with bounds. Absent and null are errors, except for the *_or forms, which set the
// given default; a wrong type or a value out of bounds is always an error.
distill_status distill_json_get_size(size_t *out, const distill_json *doc,
                                     const distill_json_node *object, const char *key, size_t low,
                                     size_t high) DISTILL_MUST_CHECK;
distill_status distill_json_get_size_or(size_t *out, const distill_json *doc,
                                        const distill_json_node *object, const char *key,
                                        size_t low, size_t high,
                                        size_t otherwise) DISTILL_MUST_CHECK;
distill_status distill_json_get_number(double *out, const distill_json *doc,
                                       const distill_json_node *object, const char *key, double low,
                                       double high) DISTILL_MUST_CHECK;
distill_status distill_json_get_number_or(double *out, const distill_json *doc,
                                          const distill_json_node *object, const char *key,
                                          double low, double high,
                                          double otherwise) DISTILL_MUST_CHECK;
distill_status distill_json_get_bool_or(bool *out, const distill_json *doc,
                                        const distill_json_node *object, const char *key,
                                        bool otherwise) DISTILL_MUST_CHECK;
distill_status distill_json_get_string(distill_span *out, const distill_json *doc,
                                       const distill_json_node *object,
                                       const char *key) DISTILL_MUST_CHECK;
/// "NAME: PATH.TO.NODE" for messages of callers; borrowed, valid until the next call in this
/// thread.
const char *distill_json_where(const distill_json *doc, const distill_json_node *node,
                               const char *key);

#endif
