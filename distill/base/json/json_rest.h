// distill/base/json/json_rest.h - the members of an object that its reader has not used, kept as they
// are.
//
//     json_rest rest = {.count = 0};
//     json_rest_use(&rest, "prompt");              // … for each member that is read
//     TRY(json_rest_write(&text, &rest, doc, "extra"));
#ifndef DISTILL_BASE_JSON_JSON_REST_H
#define DISTILL_BASE_JSON_JSON_REST_H

#include "distill/base/json/json_reader.h"

enum { JSON_REST_KEYS = 64 };

/// Names of members that were used; borrowed strings.
typedef struct json_rest {
    const char *used[JSON_REST_KEYS];
    size_t count;
} json_rest;

/// Marks a member as used. `key` is borrowed until the write. Nothing happens where one of them is NULL.
void json_rest_use(json_rest *rest, const char *key);
bool json_rest_has(const json_rest *rest, const char *key);
/// Appends the root's other members that are not null as a JSON object; nothing if there is none.
/// The members of an object named `merged` stand in the place of that object.
distill_status json_rest_write(distill_text *out, const json_rest *rest, const distill_json *doc,
                               const char *merged) DISTILL_MUST_CHECK;

#endif
