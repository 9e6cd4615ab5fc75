// distill/base/json/json_reader.h - reads JSON documents, with errors that give file and key.
//
//     distill_json *doc = NULL;
//     TRY(distill_json_parse(&doc, bytes, length, "config.json"));
//     const distill_json_node *root = distill_json_root(doc);
//     TRY(distill_json_get_size(&layers, doc, root, "num_hidden_layers", 1, 1 << 12));
//     distill_json_free(doc);
//
// This is the only interface for reading JSON. It uses two parsers, which build the same nodes:
// json_blocks.h (private), fast, for plain JSON, and cJSON for everything else and for error
// messages. Writing: json_writer.h.
//
// A node is borrowed from its document. Strings may hold NUL (written \u0000). Depth <= 200.
// Every error states the document, the path of the key, what was expected and what was found.
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

/// Parses exactly one value, which may have white space around it. `name` ("FILE" or "FILE:LINE")
/// is copied; messages begin with it.
/// Errors  FORMAT with line and column; NO_MEMORY.
distill_status distill_json_parse(distill_json **out, const char *bytes, size_t length,
                                  const char *name) DISTILL_MUST_CHECK;
/// Reads and parses a file of at most `limit` bytes.
/// Errors  those of distill_file_read and distill_json_parse.
distill_status distill_json_read(distill_json **out, const char *path,
                                 size_t limit) DISTILL_MUST_CHECK;
void distill_json_free(distill_json *doc);
const distill_json_node *distill_json_root(const distill_json *doc);

distill_json_kind distill_json_kind_of(const distill_json_node *node);
/// "a number", "a string", … for messages; "nothing" for NULL.
const char *distill_json_kind_name(const distill_json_node *node);
/// Member `key` of an object, also if its value is null. NULL if it is absent, if `node` is NULL,
/// or if `node` is not an object.
const distill_json_node *distill_json_member(const distill_json_node *node, const char *key);
/// Like distill_json_member, but NULL also for a null value.
const distill_json_node *distill_json_present(const distill_json_node *node, const char *key);
/// First child of an array or object, and the sibling after a child, in document order; NULL if
/// there is none. O(1).
const distill_json_node *distill_json_first(const distill_json_node *node);
const distill_json_node *distill_json_next(const distill_json_node *node);
size_t distill_json_count(const distill_json_node *node);
/// Key of a member (borrowed); "" elsewhere.
const char *distill_json_key(const distill_json_node *node);

/// Value of a string node; an empty span with NULL bytes for any other node, or if memory runs out.
/// The bytes may contain NUL and are followed by one. Owned by the document.
distill_span distill_json_string(const distill_json *doc, const distill_json_node *node);
/// Value of a number node; 0 for any other node.
double distill_json_number(const distill_json_node *node);
/// The digits of a whole number of 16 digits or more as written in the document, because a double
/// may not represent it exactly; NULL for any other node.
const char *distill_json_digits(const distill_json_node *node);
/// True for a number node that is written with a fraction or an exponent, such as 1.0. False also
/// for such a number in a document that only the slower parser accepts.
bool distill_json_is_real(const distill_json_node *node);
/// True for a bool node that is true.
bool distill_json_true(const distill_json_node *node);

// Typed members. An absent or null member is an error, except in the *_or forms, which set *out to
// `otherwise`. A value of another type or outside the inclusive bounds low and high is FORMAT.
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
/// "NAME: PATH.TO.NODE.KEY" for messages (`key` may be NULL); borrowed, valid until the next call
/// in this thread.
const char *distill_json_where(const distill_json *doc, const distill_json_node *node,
                               const char *key);

#endif
