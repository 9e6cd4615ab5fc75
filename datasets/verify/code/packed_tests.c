// datasets/verify/code/packed_tests.c - base64, zlib, and the pickle of one text.
//
// Pickle of a text, protocols 2 to 5 (source: CPython, Lib/pickletools.py):
//   0x80 n            PROTO         0x95 length8      FRAME
//   'X' length4 …     BINUNICODE    0x8c length1 …    SHORT_BINUNICODE    0x8d length8 …  BINUNICODE8
//   0x94, 'q' n       MEMOIZE, BINPUT                 '.'                 STOP
#include "datasets/verify/code/packed_tests.h"

#include <ctype.h>
#include <string.h>
#include <zlib.h>

static const size_t MOST_BYTES = (size_t)1 << 30;

static int digit_of(char c)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(DIGITS, c) : NULL;
    return at != NULL ? (int)(at - DIGITS) : -1;
}

static distill_status decode_base64(distill_text *out, const char **fault, distill_span packed)
{
    distill_status status = DISTILL_OK;
    unsigned bits = 0;
    int held = 0;
    for (size_t i = 0; i < packed.length && packed.bytes[i] != '='; i++) {
        if (isspace((unsigned char)packed.bytes[i]))
            continue;
        int digit = digit_of(packed.bytes[i]);
        if (digit < 0) {
            *fault = "packed tests: no base64";
            break;
        }
        bits = bits << 6 | (unsigned)digit;
        held += 6;
        if (held >= 8) {
            held -= 8;
            TRY(distill_text_add_char(out, (char)(bits >> held & 0xFF)));
        }
    }
done:
    return status;
}

static distill_status inflate_all(distill_text *out, const char **fault, distill_text *packed)
{
    distill_status status = DISTILL_OK;
    char chunk[1 << 14];
    z_stream stream = {.next_in = (Bytef *)packed->bytes, .avail_in = (uInt)packed->length};
    int state = Z_OK;
    if (packed->length > UINT32_MAX || inflateInit(&stream) != Z_OK) {
        *fault = "packed tests: too large";
        return status;
    }
    while (state == Z_OK && out->length < MOST_BYTES) {
        stream.next_out = (Bytef *)chunk;
        stream.avail_out = sizeof chunk;
        state = inflate(&stream, Z_NO_FLUSH);
        TRY(distill_text_append(out, chunk, sizeof chunk - stream.avail_out));
    }
    if (state != Z_STREAM_END)
        *fault = out->length >= MOST_BYTES ? "packed tests: more than 1 GiB"
                                           : "packed tests: damaged zlib data";
done:
    inflateEnd(&stream);
    return status;
}

/// Takes `count` bytes off the front as a little-endian number.
static bool take_number(uint64_t *out, distill_span *rest, size_t count)
{
    *out = 0;
    if (rest->length < count)
        return false;
    for (size_t i = 0; i < count; i++)
        *out |= (uint64_t)(unsigned char)rest->bytes[i] << (8 * i);
    rest->bytes += count;
    rest->length -= count;
    return true;
}

/// Sets `out` to the text that a pickle makes. False if it makes anything else.
static bool unpickle(distill_span *out, distill_span rest)
{
    bool found = false;
    uint64_t code, number;
    while (take_number(&code, &rest, 1)) {
        size_t width = code == 'X' ? 4 : code == 0x8c ? 1 : code == 0x8d ? 8 : 0;
        if (code == '.')
            return found && rest.length == 0;
        if (code == 0x94)
            continue;
        if (code == 0x80 || code == 'q' || code == 0x95) {
            if (!take_number(&number, &rest, code == 0x95 ? 8 : 1))
                return false;
        } else if (width > 0 && !found) {
            if (!take_number(&number, &rest, width) || number > rest.length)
                return false;
            *out = (distill_span){rest.bytes, (size_t)number};
            rest.bytes += number;
            rest.length -= (size_t)number;
            found = true;
        } else {
            return false;
        }
    }
    return false;
}

distill_status packed_tests_read(distill_text *out, const char **fault, distill_span packed)
{
    distill_status status = DISTILL_OK;
    distill_text bytes = {0}, plain = {0};
    *fault = NULL;
    TRY(decode_base64(&bytes, fault, packed));
    if (*fault == NULL)
        TRY(inflate_all(&plain, fault, &bytes));
    if (*fault != NULL)
        goto done;
    distill_span text = distill_text_span(&plain);
    if (text.length > 0 && (unsigned char)text.bytes[0] == 0x80 && !unpickle(&text, text))
        *fault = "packed tests: a pickle that is not a single text is not read, it could run code";
    else
        TRY(distill_text_add_span(out, text));
done:
    distill_text_free(&bytes);
    distill_text_free(&plain);
    return status;
}
