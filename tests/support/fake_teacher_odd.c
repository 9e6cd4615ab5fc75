// tests/support/fake_teacher_odd.c - forms of a response that are unusual but correct, and errors
// within a response: the JSON of single events is changed before it is sent.
#include "tests/support/fake_teacher_parts.h"

#include "distill/base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char CONTENT[] = "\"content\":\"";

/// Appends `text` with the first `from` replaced by `to`.
static distill_status replace(distill_text *out, distill_span text, const char *from,
                              const char *to)
{
    distill_status status = DISTILL_OK;
    size_t at = distill_span_find(text, distill_span_of(from), 0);
    if (at == SIZE_MAX)
        return distill_text_add_span(out, text);
    size_t after = at + strlen(from);
    TRY(distill_text_append(out, text.bytes, at));
    TRY(distill_text_add(out, to));
    TRY(distill_text_append(out, text.bytes + after, text.length - after));
done:
    return status;
}

static distill_status add_event(distill_text *out, distill_span json)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, "data: "));
    TRY(distill_text_add_span(out, json));
    TRY(distill_text_add(out, "\n\n"));
done:
    return status;
}

/// Two events for one whose content has a character beyond U+FFFF: each has one half of its UTF-16
/// pair. Other events are not changed.
static distill_status add_halves(distill_text *out, distill_span json)
{
    distill_status status = DISTILL_OK;
    distill_text first = {0}, second = {0};
    size_t content = distill_span_find(json, distill_span_of(CONTENT), 0);
    size_t emoji = distill_span_find(json, distill_span_of("\xf0\x9f\x98\x80"), 0);
    if (content == SIZE_MAX || emoji == SIZE_MAX || emoji < content)
        return add_event(out, json);
    size_t begin = content + sizeof CONTENT - 1;
    size_t end = distill_span_find(json, distill_span_of("\"}"), emoji); // of the content
    TRY(distill_text_append(&first, json.bytes, emoji));
    TRY(distill_text_add(&first, "\\ud83d"));
    TRY(distill_text_append(&first, json.bytes + end, json.length - end));
    TRY(distill_text_append(&second, json.bytes, begin));
    TRY(distill_text_add(&second, "\\uDE00"));
    TRY(distill_text_append(&second, json.bytes + emoji + 4, json.length - emoji - 4));
    TRY(add_event(out, distill_text_span(&first)));
    TRY(add_event(out, distill_text_span(&second)));
done:
    distill_text_free(&first);
    distill_text_free(&second);
    return status;
}

/// The key of the request, in two events.
static distill_status add_key(distill_text *out, const fake_connection *c, distill_span json)
{
    distill_status status = DISTILL_OK;
    distill_text with_key = {0}, to = {0};
    distill_span key = distill_text_span(&c->request.authorization);
    size_t half = c->answer.total / 2, bearer = strlen("Bearer ");
    TRY(distill_text_add(&to, CONTENT));
    if (key.length > bearer && (c->pieces == half || c->pieces == half + 1)) {
        key = (distill_span){key.bytes + bearer, key.length - bearer};
        size_t middle = key.length / 2;
        TRY(distill_text_append(&to, c->pieces == half ? key.bytes : key.bytes + middle,
                                c->pieces == half ? middle : key.length - middle));
    }
    if (c->pieces == half) { // nothing of the content follows the first part in this event
        TRY(distill_text_add(&to, "\"},\"x\":{\"y\":\""));
    }
    TRY(replace(&with_key, json, CONTENT, to.bytes));
    TRY(add_event(out, distill_text_span(&with_key)));
done:
    distill_text_free(&with_key);
    distill_text_free(&to);
    return status;
}

/// An error in the middle of a stream, in the form of the damage.
static distill_status add_error(distill_text *out, fake_damage damage)
{
    if (damage == FAKE_ERROR_FIELD)
        return distill_text_add(
            out, "error: {\"code\":500,\"message\":\"the slot is gone\",\"type\":\"server_error\"}"
                 "\n\n");
    if (damage == FAKE_ERROR_CHOICE)
        return distill_text_add(
            out, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":"
                 "\"error\",\"error\":{\"code\":502,\"message\":\"the provider broke\"}}]}\n\n");
    return distill_text_add(out,
                            "data: {\"object\":\"error\",\"message\":\"the engine has died\","
                            "\"type\":\"InternalServerError\",\"param\":null,\"code\":500}\n\n");
}

/// One event as two data lines.
static distill_status add_lines(distill_text *out, distill_span json)
{
    distill_status status = DISTILL_OK;
    distill_text lines = {0};
    TRY(replace(&lines, json, "\"choices\"", "\ndata:\"choices\""));
    TRY(add_event(out, distill_text_span(&lines)));
done:
    distill_text_free(&lines);
    return status;
}

static distill_status add_capitals(distill_text *out, distill_span json)
{
    distill_status status = DISTILL_OK;
    distill_text stop = {0}, both = {0};
    TRY(replace(&stop, json, "\"finish_reason\":\"stop\"", "\"finish_reason\":\"STOP\""));
    TRY(replace(&both, distill_text_span(&stop), "\"finish_reason\":\"length\"",
                "\"finish_reason\":\"MAX_TOKENS\""));
    TRY(add_event(out, distill_text_span(&both)));
done:
    distill_text_free(&stop);
    distill_text_free(&both);
    return status;
}

static distill_status add_without_delta(distill_text *out, distill_span json)
{
    distill_status status = DISTILL_OK;
    distill_text changed = {0};
    TRY(replace(&changed, json, "\"delta\":{},", ""));
    TRY(add_event(out, distill_text_span(&changed)));
done:
    distill_text_free(&changed);
    return status;
}

bool fake_odd_is(fake_damage damage)
{
    return damage >= FAKE_HALVES;
}

distill_status fake_odd_frame(distill_text *out, const fake_connection *c, distill_span json)
{
    distill_status status = DISTILL_OK;
    fake_damage damage = c->answer.damage;
    switch (damage) {
    case FAKE_HALVES:
        return add_halves(out, json);
    case FAKE_ECHO_KEY:
        return add_key(out, c, json);
    case FAKE_CAPITALS:
        return add_capitals(out, json);
    case FAKE_FINISH_ALONE:
        return add_without_delta(out, json);
    case FAKE_DATA_LINES:
        return add_lines(out, json);
    case FAKE_BLANK_DATA:
        TRY(distill_text_add(out, "data: \n\ndata\n\n"));
        break;
    case FAKE_BYTE_ORDER_MARK:
        TRY(distill_text_add(out, c->pieces == 0 ? "\xEF\xBB\xBF" : ""));
        break;
    case FAKE_ERROR_FIELD:
    case FAKE_ERROR_CHOICE:
    case FAKE_ERROR_OBJECT:
        if (c->pieces == c->answer.total / 2)
            return add_error(out, damage);
        break;
    default:
        break;
    }
    TRY(add_event(out, json));
done:
    return status;
}

// --- compression ---------------------------------------------------------------------------------

distill_status fake_odd_start_compression(fake_connection *c)
{
    distill_status status = DISTILL_OK;
    enum { GZIP_BITS = 15 + 16, ZLIB_BITS = 15 };
    int bits = c->answer.damage == FAKE_GZIP ? GZIP_BITS : ZLIB_BITS;
    fake_odd_end_compression(c);
    TRY(DISTILL_NEW(&c->zip, 1));
    if (deflateInit2(c->zip, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        TRY(distill_fail(DISTILL_NO_MEMORY, "deflateInit2"));
done:
    return status;
}

distill_status fake_odd_compress(distill_text *out, fake_connection *c, distill_span bytes,
                                 bool is_last)
{
    distill_status status = DISTILL_OK;
    char buffer[1 << 12];
    c->zip->next_in = (Bytef *)bytes.bytes;
    c->zip->avail_in = (uInt)bytes.length;
    do {
        c->zip->next_out = (Bytef *)buffer;
        c->zip->avail_out = sizeof buffer;
        deflate(c->zip, is_last ? Z_FINISH : Z_SYNC_FLUSH);
        TRY(distill_text_append(out, buffer, sizeof buffer - c->zip->avail_out));
    } while (c->zip->avail_out == 0);
done:
    return status;
}

void fake_odd_end_compression(fake_connection *c)
{
    if (c->zip != NULL)
        deflateEnd(c->zip);
    distill_free(c->zip);
    c->zip = NULL;
}
