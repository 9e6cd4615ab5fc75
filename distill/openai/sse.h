// distill/openai/sse.h - a parser for server-sent events.
//
//     sse_parser parser = {.limit_bytes = 1 << 20};
//     TRY(sse_feed(&parser, bytes, on_payload, context));    // on_payload(context, {"id":…}) …
//     TRY(sse_finish(&parser, on_payload, context));
//     sse_free(&parser);
//
// Private to distill/openai. Input may be split at any byte. The fields `data` and `error` are
// delivered; comments and other fields are skipped. Two JSON objects in consecutive `data` lines, without the
// blank line required between events, are two events, because some servers send them; so is `[DONE]`.
// Source  WHATWG HTML Living Standard, 9.2 "Server-sent events".
#ifndef DISTILL_OPENAI_SSE_H
#define DISTILL_OPENAI_SSE_H

#include "distill/base/text.h"

typedef struct sse_parser {
    size_t limit_bytes; // longest line and longest payload
    distill_text line;  // incomplete line
    distill_text data;  // payload so far
    bool has_data, after_return, is_started;
} sse_parser;

typedef distill_status (*sse_handler)(void *context, distill_span payload);

/// Errors  FORMAT for a line or payload beyond the limit; those of the handler.
distill_status sse_feed(sse_parser *parser, distill_span bytes, sse_handler on_payload,
                        void *context) DISTILL_MUST_CHECK;
/// Handles the end of the stream: delivers a last event without its blank line.
distill_status sse_finish(sse_parser *parser, sse_handler on_payload,
                          void *context) DISTILL_MUST_CHECK;
/// Prepares the parser for another stream; keeps the limit and the memory.
void sse_reset(sse_parser *parser);
void sse_free(sse_parser *parser);

#endif
