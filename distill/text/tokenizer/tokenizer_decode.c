// distill/text/tokenizer/tokenizer_decode.c - ids to text: the "decoder" of tokenizer.json, and
// streaming.
//
// Apart from a space at the beginning of the text, the bytes of a token do not depend on its
// neighbours. They are computed once for each token at load time; decoding concatenates them.
#include "distill/text/tokenizer/tokenizer_parts.h"
#include "distill/text/unicode.h"

#include <string.h>

// -------------------------------------------------------------------------------------- loading

enum { MAX_REPLACEMENTS = 8 };

/// How the file's decoders change single tokens.
typedef struct rewriting {
    const distill_json *doc;
    distill_span from[MAX_REPLACEMENTS], to[MAX_REPLACEMENTS];
    size_t count;
    bool byte_level, byte_fallback, fused;
    leading_space leading;
} rewriting;

static distill_status reject(const rewriting *r, const distill_json_node *node, const char *key)
{
    return distill_fail(DISTILL_UNSUPPORTED, "%s: this decoder is not supported at this place",
                        distill_json_where(r->doc, node, key));
}

static distill_status add_replacement(rewriting *r, const distill_json_node *node,
                                      distill_span from, distill_span to)
{
    if (r->count == MAX_REPLACEMENTS || r->fused || r->byte_fallback || from.length == 0)
        return reject(r, node, NULL);
    r->from[r->count] = from;
    r->to[r->count++] = to;
    return DISTILL_OK;
}

static distill_status read_replace(rewriting *r, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_span from, to;
    const distill_json_node *pattern = distill_json_member(node, "pattern");
    if (distill_json_member(pattern, "String") == NULL)
        TRY(reject(r, node, "pattern"));
    TRY(distill_json_get_string(&from, r->doc, pattern, "String"));
    TRY(distill_json_get_string(&to, r->doc, node, "content"));
    TRY(add_replacement(r, node, from, to));
done:
    return status;
}

/// Reads a Strip decoder. Only the common form is supported: one space at the beginning.
static distill_status read_strip(rewriting *r, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_span content;
    size_t start, stop;
    TRY(distill_json_get_string(&content, r->doc, node, "content"));
    TRY(distill_json_get_size_or(&start, r->doc, node, "start", 0, SIZE_MAX / 2, 0));
    TRY(distill_json_get_size_or(&stop, r->doc, node, "stop", 0, SIZE_MAX / 2, 0));
    if (!distill_span_is(content, " ") || start > 1 || stop > 0 || !r->fused)
        TRY(reject(r, node, NULL));
    if (start == 1)
        r->leading = LEADING_ONE;
done:
    return status;
}

static distill_status read_metaspace(rewriting *r, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_span mark = distill_span_of(TOKENIZER_SPACE_MARK), scheme = distill_span_of("always");
    bool prefix;
    if (distill_json_present(node, "replacement") != NULL)
        TRY(distill_json_get_string(&mark, r->doc, node, "replacement"));
    TRY(distill_json_get_bool_or(&prefix, r->doc, node, "add_prefix_space", true));
    if (distill_json_present(node, "prepend_scheme") != NULL)
        TRY(distill_json_get_string(&scheme, r->doc, node, "prepend_scheme"));
    else if (!prefix)
        scheme = distill_span_of("never");
    TRY(add_replacement(r, node, mark, distill_span_of(" ")));
    if (!distill_span_is(scheme, "never"))
        r->leading = LEADING_TOKEN;
done:
    return status;
}

static distill_status read_decoder(rewriting *r, const distill_json_node *node, int depth)
{
    distill_status status = DISTILL_OK;
    distill_span type;
    TRY(distill_json_get_string(&type, r->doc, node, "type"));
    if (distill_span_is(type, "Sequence")) {
        const distill_json_node *list = distill_json_member(node, "decoders");
        if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY || depth > 8)
            TRY(reject(r, node, "decoders"));
        for (node = distill_json_first(list); node != NULL; node = distill_json_next(node))
            TRY(read_decoder(r, node, depth + 1));
    } else if (distill_span_is(type, "ByteLevel")) {
        r->byte_level = r->fused = true;
    } else if (distill_span_is(type, "ByteFallback")) {
        r->byte_fallback = true;
    } else if (distill_span_is(type, "Fuse")) {
        r->fused = true;
    } else if (distill_span_is(type, "Replace")) {
        TRY(read_replace(r, node));
    } else if (distill_span_is(type, "Strip")) {
        TRY(read_strip(r, node));
    } else if (distill_span_is(type, "Metaspace")) {
        TRY(read_metaspace(r, node));
    } else {
        TRY(reject(r, node, "type"));
    }
done:
    return status;
}

/// Value of an upper-case hexadecimal digit, -1 for other characters.
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Value of a token like "<0x0A>"; -1 for other text.
static int fallback_byte(distill_span token)
{
    if (token.length != 6 || memcmp(token.bytes, "<0x", 3) != 0 || token.bytes[5] != '>')
        return -1;
    int high = hex_digit(token.bytes[3]), low = hex_digit(token.bytes[4]);
    return high < 0 || low < 0 ? -1 : 16 * high + low;
}

/// Appends the bytes of a token; `text` is its spelling in the file.
static distill_status decode_token(distill_text *out, const rewriting *r, distill_span text)
{
    distill_status status = DISTILL_OK;
    int byte = r->byte_fallback ? fallback_byte(text) : -1;
    if (byte >= 0)
        return distill_text_add_char(out, (char)byte);
    for (size_t at = 0; at < text.length;) {
        size_t i = 0;
        while (i < r->count && (text.length - at < r->from[i].length ||
                                memcmp(text.bytes + at, r->from[i].bytes, r->from[i].length) != 0))
            i++;
        if (i < r->count)
            TRY(distill_text_add_span(out, r->to[i]));
        else
            TRY(distill_text_add_char(out, text.bytes[at]));
        at += i < r->count ? r->from[i].length : 1;
    }
done:
    return status;
}

static void set_bytes(distill_tokenizer *tok, int32_t id, size_t before, size_t after)
{
    tok->begin[id] = (uint32_t)before;
    tok->length[id] = (uint32_t)(after - before);
    tok->flags[id] |= TOKEN_EXISTS;
}

static distill_status decode_vocabulary(distill_tokenizer *tok, distill_text *blob,
                                        const rewriting *r)
{
    distill_status status = DISTILL_OK;
    const vocabulary *vocab = bpe_vocabulary(tok->merges);
    for (size_t id = 0; id < vocabulary_size(vocab); id++) {
        size_t before = blob->length;
        distill_span text = vocabulary_bytes(vocab, (int32_t)id);
        if (text.bytes == NULL)
            continue;
        TRY(r->byte_level ? distill_text_add_span(blob, text) : decode_token(blob, r, text));
        set_bytes(tok, (int32_t)id, before, blob->length);
    }
done:
    return status;
}

static distill_status decode_added(distill_tokenizer *tok, distill_text *blob, const rewriting *r)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < tok->added.count; i++) {
        const added_token *added = &tok->added.at[i];
        distill_span text = {added->content, added->length};
        size_t before = blob->length;
        bool spelled;
        TRY(r->byte_level ? vocabulary_unspell(blob, &spelled, text) : decode_token(blob, r, text));
        set_bytes(tok, added->id, before, blob->length);
        if (added->special)
            tok->flags[added->id] |= TOKEN_SPECIAL;
    }
done:
    return status;
}

distill_status tokenizer_load_decoder(distill_tokenizer *tok, const distill_json *doc,
                                      const distill_json_node *decoder)
{
    distill_status status = DISTILL_OK;
    distill_text blob = {.limit = UINT32_MAX};
    rewriting r = {.doc = doc};
    TRY(read_decoder(&r, decoder, 0));
    if (r.byte_level != tok->byte_level || (r.byte_level && r.count > 0))
        TRY(distill_fail(DISTILL_UNSUPPORTED,
                         "%s: pre-tokenizer and decoder must both be byte-level, or neither",
                         distill_json_where(doc, decoder, NULL)));
    TRY(DISTILL_NEW(&tok->begin, tok->size));
    TRY(DISTILL_NEW(&tok->length, tok->size));
    TRY(DISTILL_NEW(&tok->flags, tok->size));
    TRY(distill_text_reserve(&blob, 1));
    TRY(decode_vocabulary(tok, &blob, &r));
    TRY(decode_added(tok, &blob, &r));
    tok->blob = blob.bytes;
    blob.bytes = NULL;
    tok->leading = r.leading;
done:
    distill_text_free(&blob);
    return status;
}

// ------------------------------------------------------------------------------------- decoding

static const char REPLACEMENT[] = "\xEF\xBF\xBD"; // U+FFFD

/// Appends new bytes to those held, until these are a complete or an invalid character. Advances
/// *used past the new bytes that were consumed.
static distill_status finish_held(distill_detokenizer *stream, distill_text *out, const char *bytes,
                                  size_t length, size_t *used)
{
    distill_status status = DISTILL_OK;
    while (stream->held_count > 0 && *used < length) {
        stream->held[stream->held_count] = bytes[*used];
        size_t together = stream->held_count + 1;
        if (unicode_valid_prefix(stream->held, together) == together) {
            TRY(distill_text_append(out, stream->held, together));
            stream->held_count = 0;
            ++*used;
            continue;
        }
        bool cut;
        (void)unicode_invalid_part(stream->held, together, &cut);
        if (cut) {
            stream->held_count = together;
            ++*used;
        } else {
            stream->held_count = 0; // the new byte begins another character
            TRY(distill_text_append(out, REPLACEMENT, sizeof REPLACEMENT - 1));
        }
    }
done:
    return status;
}

static distill_status push_bytes(distill_detokenizer *stream, distill_text *out, const char *bytes,
                                 size_t length)
{
    distill_status status = DISTILL_OK;
    size_t at = 0;
    TRY(finish_held(stream, out, bytes, length, &at));
    while (at < length) {
        size_t valid = unicode_valid_prefix(bytes + at, length - at);
        TRY(distill_text_append(out, bytes + at, valid));
        at += valid;
        if (at == length)
            break;
        bool cut;
        size_t part = unicode_invalid_part(bytes + at, length - at, &cut);
        if (cut) {
            memcpy(stream->held, bytes + at, part);
            stream->held_count = part;
        } else {
            TRY(distill_text_append(out, REPLACEMENT, sizeof REPLACEMENT - 1));
        }
        at += part;
    }
done:
    return status;
}

bool distill_tokenizer_has(const distill_tokenizer *tok, int32_t id)
{
    return id >= 0 && (size_t)id < tok->size && tok->flags != NULL &&
           (tok->flags[id] & TOKEN_EXISTS) != 0;
}

distill_status distill_detokenizer_push(distill_detokenizer *stream, distill_text *out, int32_t id)
{
    const distill_tokenizer *tok = stream->tok;
    if (!distill_tokenizer_has(tok, id)) {
        if ((stream->flags & DISTILL_SKIP_UNKNOWN) != 0)
            return DISTILL_OK;
        return distill_fail(DISTILL_FORMAT, "token id %d is not in the vocabulary of %s (%zu ids)",
                            id, tok->dir, tok->size);
    }
    if ((stream->flags & DISTILL_SKIP_SPECIAL) != 0 && (tok->flags[id] & TOKEN_SPECIAL) != 0)
        return DISTILL_OK;
    const char *bytes = tok->blob + tok->begin[id];
    size_t length = tok->length[id];
    if (!stream->begun && tok->leading != LEADING_KEPT) {
        size_t most = tok->leading == LEADING_ONE ? 1 : length;
        for (; most > 0 && length > 0 && *bytes == ' '; most--, length--)
            bytes++;
    }
    stream->begun = stream->begun || tok->leading == LEADING_TOKEN || tok->length[id] > 0;
    return push_bytes(stream, out, bytes, length);
}

distill_status distill_detokenizer_end(distill_detokenizer *stream, distill_text *out)
{
    bool held = stream->held_count > 0;
    stream->held_count = 0;
    return held ? distill_text_append(out, REPLACEMENT, sizeof REPLACEMENT - 1) : DISTILL_OK;
}

distill_status distill_tokenizer_decode(distill_text *out, const distill_tokenizer *tok,
                                        const int32_t *ids, size_t count, unsigned flags)
{
    distill_status status = DISTILL_OK;
    distill_detokenizer stream = {.tok = tok, .flags = flags};
    if (tok->merges == NULL)
        return distill_fail(DISTILL_INTERNAL, "%s: loaded without its vocabulary", tok->dir);
    for (size_t i = 0; i < count; i++)
        TRY(distill_detokenizer_push(&stream, out, ids[i]));
    TRY(distill_detokenizer_end(&stream, out));
done:
    return status;
}
