#include "distill/openai/sse.h"

#include <string.h>

static distill_status dispatch(event_stream *stream, event_stream_take take, void *context)
{
    distill_status status = DISTILL_OK;
    if (stream->has_data)
        TRY(take(context, distill_text_span(&stream->data)));
done:
    stream->has_data = false;
    distill_text_clear(&stream->data);
    return status;
}

static distill_status check_length(const event_stream *stream, size_t length, size_t more)
{
    if (length + more <= stream->limit)
        return DISTILL_OK;
    return distill_fail(DISTILL_FORMAT, "an event of more than %zu bytes", stream->limit);
}

/// "}" and then "{" cannot be one JSON value: the blank line between two events is missing.
static bool begins_anew(const event_stream *stream, distill_span value)
{
    const distill_text *data = &stream->data;
    return stream->has_data && data->length > 0 && data->bytes[data->length - 1] == '}' &&
           value.length > 0 && (value.bytes[0] == '{' || value.bytes[0] == '[');
}

static distill_status add_data(event_stream *stream, distill_span value, event_stream_take take,
                               void *context)
{
    distill_status status = DISTILL_OK;
    if (begins_anew(stream, value))
        TRY(dispatch(stream, take, context));
    TRY(check_length(stream, stream->data.length, value.length + 1));
    if (stream->has_data)
        TRY(distill_text_add_char(&stream->data, '\n'));
    TRY(distill_text_add_span(&stream->data, value));
    stream->has_data = true;
done:
    return status;
}

/// A whole line, its end taken off.
static distill_status take_line(event_stream *stream, distill_span line, event_stream_take take,
                                void *context)
{
    static const char field[] = "data";
    if (!stream->begun && line.length >= 3 && memcmp(line.bytes, "\xEF\xBB\xBF", 3) == 0)
        line = (distill_span){line.bytes + 3, line.length - 3};
    stream->begun = true;
    if (line.length == 0)
        return dispatch(stream, take, context);
    size_t name = sizeof field - 1;
    if (line.length < name || memcmp(line.bytes, field, name) != 0 ||
        (line.length > name && line.bytes[name] != ':'))
        return DISTILL_OK; // a comment, or a field that is of no use here
    size_t from = line.length > name ? name + 1 : name;
    from += from < line.length && line.bytes[from] == ' ';
    return add_data(stream, (distill_span){line.bytes + from, line.length - from}, take, context);
}

/// The line that ends with these bytes.
static distill_status end_line(event_stream *stream, const char *bytes, size_t length,
                               event_stream_take take, void *context)
{
    distill_status status = DISTILL_OK;
    if (stream->line.length == 0)
        return take_line(stream, (distill_span){bytes, length}, take, context);
    TRY(distill_text_append(&stream->line, bytes, length));
    TRY(take_line(stream, distill_text_span(&stream->line), take, context));
    distill_text_clear(&stream->line);
done:
    return status;
}

distill_status event_stream_feed(event_stream *stream, distill_span bytes, event_stream_take take,
                                 void *context)
{
    distill_status status = DISTILL_OK;
    size_t from = 0;
    for (size_t at = 0; at < bytes.length; at++) {
        char c = bytes.bytes[at];
        if (c == '\n' && stream->after_return && at == from) { // "\r\n" is one end
            from = at + 1;
            stream->after_return = false;
            continue;
        }
        stream->after_return = c == '\r';
        if (c != '\n' && c != '\r')
            continue;
        TRY(check_length(stream, stream->line.length, at - from));
        TRY(end_line(stream, bytes.bytes + from, at - from, take, context));
        from = at + 1;
    }
    TRY(check_length(stream, stream->line.length, bytes.length - from));
    if (from < bytes.length)
        TRY(distill_text_append(&stream->line, bytes.bytes + from, bytes.length - from));
done:
    return status;
}

distill_status event_stream_end(event_stream *stream, event_stream_take take, void *context)
{
    distill_status status = DISTILL_OK;
    if (stream->line.length > 0)
        TRY(end_line(stream, "", 0, take, context));
    TRY(dispatch(stream, take, context));
done:
    return status;
}

void event_stream_reset(event_stream *stream)
{
    distill_text_clear(&stream->line);
    distill_text_clear(&stream->data);
    stream->has_data = stream->after_return = stream->begun = false;
}

void event_stream_free(event_stream *stream)
{
    distill_text_free(&stream->line);
    distill_text_free(&stream->data);
}
