// distill/openai/sse.h - server-sent events: bytes as they come, payloads as they are
// complete.
//
//     event_stream stream = {.limit = 1 << 20};
//     TRY(event_stream_feed(&stream, bytes, take, context));    // take(context, {"id":…}) …
//     TRY(event_stream_end(&stream, take, context));
//     event_stream_free(&stream);
//
// Only `data` matters here; comments and other fields are read over. Two JSON objects in a row
// without the blank line between them (some servers) are two events.
// Source  WHATWG HTML Living Standard, 9.2 "Server-sent events". Private to the generate room.
#ifndef DISTILL_OPENAI_SSE_H
#define DISTILL_OPENAI_SSE_H

#include "distill/base/text.h"

typedef struct event_stream {
    size_t limit;      // longest line and longest payload, in bytes
    distill_text line; // the line that is not complete yet
    distill_text data; // payload so far
    bool has_data, after_return, begun;
} event_stream;

typedef distill_status (*event_stream_take)(void *context, distill_span payload);

/// Errors  FORMAT for a line or payload beyond the limit; those of `take`.
distill_status event_stream_feed(event_stream *stream, distill_span bytes, event_stream_take take,
                                 void *context) DISTILL_MUST_CHECK;
/// The connection is at its end: a last event without its blank line counts.
distill_status event_stream_end(event_stream *stream, event_stream_take take,
                                void *context) DISTILL_MUST_CHECK;
/// Ready for another stream; keeps the limit and the memory.
void event_stream_reset(event_stream *stream);
void event_stream_free(event_stream *stream);

#endif
