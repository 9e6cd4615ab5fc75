// datasets/traces/json_exchange.h - the one exchange of a conversation: a message of the user and
// the assistant's reply. Private to json_trace_read.c.
//
// Messages are OpenAI's, {"role":"user","content":…}, or ShareGPT's, {"from":"human","value":…};
// their contents are a text or a list of parts, [{"type":"text","text":…}]. Other roles (system,
// tool) are ignored.
#ifndef DATASETS_TRACES_JSON_EXCHANGE_H
#define DATASETS_TRACES_JSON_EXCHANGE_H

#include "distill/base/json/json_reader.h"

typedef enum json_exchange_kind {
    JSON_EXCHANGE_WHOLE, // one message of the user and one of the assistant
    JSON_EXCHANGE_PROMPT // one message of the user; the assistant's are ignored
} json_exchange_kind;

/// Borrowed from the document.
typedef struct json_exchange {
    const distill_json_node *user, *assistant; // the second is NULL for JSON_EXCHANGE_PROMPT
} json_exchange;

/// Finds the messages in `list`. A trace holds one exchange; a conversation with more of them is an
/// error. Errors  FORMAT.
distill_status json_exchange_find(json_exchange *out, const distill_json *doc,
                                  const distill_json_node *list,
                                  json_exchange_kind kind) DISTILL_MUST_CHECK;
/// Appends the content of a message. Errors  FORMAT.
distill_status json_exchange_add_content(distill_text *out, const distill_json *doc,
                                         const distill_json_node *message) DISTILL_MUST_CHECK;

#endif
