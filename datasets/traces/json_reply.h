// datasets/traces/json_reply.h - the reply in the fields of a line, and the thought that stands in a
// field of its own. Private to json_trace_read.c.
#ifndef DATASETS_TRACES_JSON_REPLY_H
#define DATASETS_TRACES_JSON_REPLY_H

#include "distill/base/json/json_reader.h"

/// Where a reply is; all are NULL if the line has none.
typedef struct json_reply {
    const distill_json_node *node; // a text, or a list of one message
    const distill_json_node *list; // or a list of replies
    const char *key;
    distill_span thought; // in a field of its own; "" = none
    const char *thought_key;
} json_reply;

/// Finds the reply in one of the fields that are for replies alone.
void json_reply_find(json_reply *out, const distill_json *doc);
/// Finds the reply of a line without such a field: `solution`; or `answer`, if the thought is a
/// separate field, or if it is GSM8K's worked solution, whose result follows "####".
void json_reply_find_other(json_reply *out, const distill_json *doc);
/// Appends a reply: a text, an object that holds one, or a list of one message; after its thought,
/// unless it begins with one.
/// Errors  FORMAT with the path.
distill_status json_reply_add(distill_text *out, const distill_json *doc,
                              const distill_json_node *node,
                              distill_span thought) DISTILL_MUST_CHECK;

#endif
