// datasets/filter/rules/encoding_fault.c - ASCII is checked 64 bytes at a time, other text
// character by character.
#include "datasets/filter/rules/encoding_fault.h"

#include "datasets/filter/rules/byte_scan.h"
#include "distill/text/unicode.h"

/// Checks the characters that begin before `end`, and sets *at to the end of the last one.
static const char *character_fault(distill_span text, size_t *at, size_t end)
{
    while (*at < end) {
        uint32_t code;
        size_t left = text.length - *at, step = (unsigned char)text.bytes[*at] < 0x80 ? 1 : 4;
        while (step > 1 && (step > left || unicode_valid_prefix(text.bytes + *at, step) < step ||
                            unicode_next(&code, text.bytes + *at) != step))
            step--;
        if (step == 1 && (unsigned char)text.bytes[*at] >= 0x80)
            return "broken UTF-8";
        unicode_next(&code, text.bytes + *at);
        if (code == 0xFFFD)
            return "U+FFFD";
        if ((code < 0x20 && code != '\n' && code != '\t' && code != '\r') ||
            (code >= 0x7F && code < 0xA0))
            return "control character";
        *at += step;
    }
    return NULL;
}

const char *encoding_fault(distill_span text)
{
    size_t at = 0;
    while (at < text.length) {
        size_t end = text.length - at < SCAN_BYTES ? text.length : at + SCAN_BYTES;
        const char *fault = NULL;
        if (end == at + SCAN_BYTES && byte_mask_high(text.bytes + at) == 0) {
            if (byte_mask_control(text.bytes + at) != 0)
                return "control character";
            at = end;
        } else if ((fault = character_fault(text, &at, end)) != NULL) {
            return fault;
        }
    }
    return NULL;
}
