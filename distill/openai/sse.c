// distill/openai/sse.c - splits a byte stream into lines, and lines into events.
//
// Complete lines are parsed where they arrive; only a line that continues in the next bytes is
// copied.
#include "distill/openai/sse.h"

#include <string.h>

static distill_status dispatch(sse_parser *parser, sse_handler on_payload, void *context)
{
    distill_status status = DISTILL_OK;
    if (parser->has_data)
        TRY(on_payload(context, distill_text_span(&parser->data)));
done:
    parser->has_data = false;
    distill_text_clear(&parser->data);
    return status;
}

static distill_status check_length(const sse_parser *parser, size_t length, size_t more)
{
    if (length + more <= parser->limit_bytes)
        return DISTILL_OK;
    return distill_fail(DISTILL_FORMAT, "response: an event of more than %zu bytes",
                        parser->limit_bytes);
}

/// True if the blank line between two events is missing: "}" followed by "{" cannot be one JSON
/// value.
static bool begins_next_value(const sse_parser *parser, distill_span value)
{
    const distill_text *data = &parser->data;
    return parser->has_data && data->length > 0 && data->bytes[data->length - 1] == '}' &&
           value.length > 0 && (value.bytes[0] == '{' || value.bytes[0] == '[');
}

static distill_status add_data(sse_parser *parser, distill_span value, sse_handler on_payload,
                               void *context)
{
    distill_status status = DISTILL_OK;
    if (begins_next_value(parser, value))
        TRY(dispatch(parser, on_payload, context));
    TRY(check_length(parser, parser->data.length, value.length + 1));
    if (parser->has_data)
        TRY(distill_text_add_char(&parser->data, '\n'));
    TRY(distill_text_add_span(&parser->data, value));
    parser->has_data = true;
    if (distill_span_is(value, "[DONE]")) // nothing follows, perhaps not even the blank line
        TRY(dispatch(parser, on_payload, context));
done:
    return status;
}

/// A complete line without its line end.
static distill_status parse_line(sse_parser *parser, distill_span line, sse_handler on_payload,
                                 void *context)
{
    static const char data[] = "data", error[] = "error"; // the latter: llama.cpp
    if (!parser->is_started && line.length >= 3 && memcmp(line.bytes, "\xEF\xBB\xBF", 3) == 0)
        line = (distill_span){line.bytes + 3, line.length - 3};
    parser->is_started = true;
    if (line.length == 0)
        return dispatch(parser, on_payload, context);
    size_t name = sizeof data - 1;
    if (line.length > sizeof error && memcmp(line.bytes, error, sizeof error - 1) == 0)
        name = sizeof error - 1;
    else if (line.length < name || memcmp(line.bytes, data, name) != 0)
        return DISTILL_OK; // a comment, or a field that is not used
    if (line.length > name && line.bytes[name] != ':')
        return DISTILL_OK;
    size_t from = line.length > name ? name + 1 : name;
    from += from < line.length && line.bytes[from] == ' ';
    return add_data(parser, (distill_span){line.bytes + from, line.length - from}, on_payload,
                    context);
}

/// Parses the line that ends with these bytes.
static distill_status end_line(sse_parser *parser, const char *bytes, size_t length,
                               sse_handler on_payload, void *context)
{
    distill_status status = DISTILL_OK;
    if (parser->line.length == 0)
        return parse_line(parser, (distill_span){bytes, length}, on_payload, context);
    TRY(distill_text_append(&parser->line, bytes, length));
    TRY(parse_line(parser, distill_text_span(&parser->line), on_payload, context));
    distill_text_clear(&parser->line);
done:
    return status;
}

distill_status sse_feed(sse_parser *parser, distill_span bytes, sse_handler on_payload,
                        void *context)
{
    distill_status status = DISTILL_OK;
    size_t from = 0;
    for (size_t at = 0; at < bytes.length; at++) {
        char c = bytes.bytes[at];
        if (c == '\n' && parser->after_return && at == from) { // "\r\n" is one line end
            from = at + 1;
            parser->after_return = false;
            continue;
        }
        parser->after_return = c == '\r';
        if (c != '\n' && c != '\r')
            continue;
        TRY(check_length(parser, parser->line.length, at - from));
        TRY(end_line(parser, bytes.bytes + from, at - from, on_payload, context));
        from = at + 1;
    }
    TRY(check_length(parser, parser->line.length, bytes.length - from));
    if (from < bytes.length)
        TRY(distill_text_append(&parser->line, bytes.bytes + from, bytes.length - from));
done:
    return status;
}

distill_status sse_finish(sse_parser *parser, sse_handler on_payload, void *context)
{
    distill_status status = DISTILL_OK;
    if (parser->line.length > 0)
        TRY(end_line(parser, "", 0, on_payload, context));
    TRY(dispatch(parser, on_payload, context));
done:
    return status;
}

void sse_reset(sse_parser *parser)
{
    distill_text_clear(&parser->line);
    distill_text_clear(&parser->data);
    parser->has_data = parser->after_return = parser->is_started = false;
}

void sse_free(sse_parser *parser)
{
    distill_text_free(&parser->line);
    distill_text_free(&parser->data);
}
