// datasets/verify/code/compressed_tests.c - decodes base64, zlib, and the pickle of one string.
//
// Opcodes of such a pickle, protocols 2 to 5:
//   0x80 n           PROTO          0x95 length8     FRAME
//   'X' length4 …    BINUNICODE     0x8c length1 …   SHORT_BINUNICODE
//   0x8d length8 …   BINUNICODE8    0x94, 'q' n      MEMOIZE, BINPUT
//   '.'              STOP
// Limits: 4 GiB compressed, 1 GiB decompressed. Source: CPython, Lib/pickletools.py.
#include "datasets/verify/code/compressed_tests.h"

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

static distill_status decode_base64(distill_text *out, const char **fault, distill_span encoded)
{
    distill_status status = DISTILL_OK;
    unsigned bits = 0;
    int held = 0;
    for (size_t i = 0; i < encoded.length && encoded.bytes[i] != '='; i++) {
        if (isspace((unsigned char)encoded.bytes[i]))
            continue;
        int digit = digit_of(encoded.bytes[i]);
        if (digit < 0) {
            *fault = "compressed tests: not base64";
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

static distill_status inflate_all(distill_text *out, const char **fault, distill_text *compressed)
{
    distill_status status = DISTILL_OK;
    char chunk[1 << 14];
    z_stream stream = {.next_in = (Bytef *)compressed->bytes, .avail_in = (uInt)compressed->length};
    int state = Z_OK;
    if (compressed->length > UINT32_MAX || inflateInit(&stream) != Z_OK) {
        *fault = "compressed tests: too large";
        return status;
    }
    while (state == Z_OK && out->length < MOST_BYTES) {
        stream.next_out = (Bytef *)chunk;
        stream.avail_out = sizeof chunk;
        state = inflate(&stream, Z_NO_FLUSH);
        TRY(distill_text_append(out, chunk, sizeof chunk - stream.avail_out));
    }
    if (state != Z_STREAM_END)
        *fault = out->length >= MOST_BYTES ? "compressed tests: more than 1 GiB"
                                           : "compressed tests: damaged zlib data";
done:
    inflateEnd(&stream);
    return status;
}

/// Takes `count` bytes off *rest as a little-endian number.
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

/// Sets *out to the string that a pickle makes; false if it makes anything else.
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

distill_status compressed_tests_read(distill_text *out, const char **fault, distill_span compressed)
{
    distill_status status = DISTILL_OK;
    distill_text bytes = {0}, plain = {0};
    *fault = NULL;
    TRY(decode_base64(&bytes, fault, compressed));
    if (*fault == NULL)
        TRY(inflate_all(&plain, fault, &bytes));
    if (*fault != NULL)
        goto done;
    distill_span text = distill_text_span(&plain);
    if (text.length > 0 && (unsigned char)text.bytes[0] == 0x80 && !unpickle(&text, text))
        *fault = "compressed tests: a pickle of anything but a single string is refused, it can "
                 "run code";
    else
        TRY(distill_text_add_span(out, text));
done:
    distill_text_free(&bytes);
    distill_text_free(&plain);
    return status;
}
