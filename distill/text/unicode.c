// distill/text/unicode.c - UTF-8 by table 3-7 of Unicode, character classes and normal forms by
// utf8proc.
//
// Most text is ASCII and already in NFC. Validation and the NFC check therefore skip eight ASCII
// bytes at a time, and composition calls utf8proc only for the parts around characters that may
// change.
#include "distill/text/unicode.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

const char *const UNICODE_SPACE_CLASS =
    "\\x09-\\x0d\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}"
    "\\x{3000}";

static const char REPLACEMENT[] = "\xEF\xBF\xBD"; // U+FFFD

// ---------------------------------------------------------------------------------------- UTF-8

/// Length of a sequence that begins with `lead` (0: none does), and the bounds of its second byte.
/// Source  Unicode 15, table 3-7.
static size_t sequence_length(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    if (lead < 0xE0)
        return 2;
    if (lead < 0xF0) {
        *low = lead == 0xE0 ? 0xA0 : 0x80;
        *high = lead == 0xED ? 0x9F : 0xBF;
        return 3;
    }
    *low = lead == 0xF0 ? 0x90 : 0x80;
    *high = lead == 0xF4 ? 0x8F : 0xBF;
    return 4;
}

/// Number of bytes at `bytes` that form the beginning of a valid sequence, of *needed bytes.
static size_t well_formed(const char *bytes, size_t length, size_t *needed)
{
    unsigned char low, high;
    const unsigned char *at = (const unsigned char *)bytes;
    *needed = sequence_length(at[0], &low, &high);
    if (*needed == 0)
        return 0;
    size_t have = 1;
    while (have < *needed && have < length && at[have] >= low && at[have] <= high) {
        low = 0x80;
        high = 0xBF;
        have++;
    }
    return have;
}

/// True if the next eight bytes are all ASCII.
static bool is_ascii_run(const char *bytes, size_t length)
{
    uint64_t eight;
    if (length < sizeof eight)
        return false;
    memcpy(&eight, bytes, sizeof eight);
    return (eight & UINT64_C(0x8080808080808080)) == 0;
}

size_t unicode_valid_prefix(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        if (is_ascii_run(bytes + at, length - at)) {
            at += sizeof(uint64_t);
            continue;
        }
        size_t needed;
        if ((unsigned char)bytes[at] < 0x80) {
            at++;
            continue;
        }
        if (well_formed(bytes + at, length - at, &needed) != needed || needed == 0)
            return at;
        at += needed;
    }
    return length;
}

distill_status unicode_check(distill_span text, const char *name)
{
    size_t valid = unicode_valid_prefix(text.bytes, text.length);
    if (valid == text.length)
        return DISTILL_OK;
    return distill_fail(DISTILL_FORMAT, "%s: byte %zu, 0x%02X, is not valid UTF-8", name, valid + 1,
                        (unsigned char)text.bytes[valid]);
}

size_t unicode_invalid_part(const char *bytes, size_t length, bool *cut)
{
    size_t needed, have = well_formed(bytes, length, &needed);
    *cut = have == length && have < needed;
    return have == 0 ? 1 : have;
}

distill_status unicode_repair(distill_text *out, const char *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    size_t at = 0;
    while (at < length) {
        size_t valid = unicode_valid_prefix(bytes + at, length - at);
        TRY(distill_text_append(out, bytes + at, valid));
        at += valid;
        if (at < length) {
            bool cut;
            at += unicode_invalid_part(bytes + at, length - at, &cut);
            TRY(distill_text_append(out, REPLACEMENT, sizeof REPLACEMENT - 1));
        }
    }
done:
    return status;
}

size_t unicode_next(uint32_t *code, const char *bytes)
{
    const unsigned char *at = (const unsigned char *)bytes;
    if (at[0] < 0x80) {
        *code = at[0];
        return 1;
    }
    if (at[0] < 0xE0) {
        *code = (at[0] & 0x1Fu) << 6 | (at[1] & 0x3Fu);
        return 2;
    }
    if (at[0] < 0xF0) {
        *code = (at[0] & 0x0Fu) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3Fu);
        return 3;
    }
    *code = (at[0] & 0x07u) << 18 | (at[1] & 0x3Fu) << 12 | (at[2] & 0x3Fu) << 6 | (at[3] & 0x3Fu);
    return 4;
}

size_t unicode_step_back(const char *bytes, size_t at)
{
    size_t step = 1;
    while (step < at && ((unsigned char)bytes[at - step] & 0xC0) == 0x80)
        step++;
    return step;
}

size_t unicode_encode(char out[4], uint32_t code)
{
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)out);
}

// -------------------------------------------------------------------------------------- classes

static bool category_between(uint32_t code, utf8proc_category_t first, utf8proc_category_t last)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    return category >= first && category <= last;
}

bool unicode_is_letter(uint32_t code)
{
    if (code < 0x80)
        return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
    return category_between(code, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO);
}

bool unicode_is_mark(uint32_t code)
{
    return category_between(code, UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME);
}

bool unicode_is_number(uint32_t code)
{
    if (code < 0x80)
        return code >= '0' && code <= '9';
    return category_between(code, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO);
}

bool unicode_is_punctuation(uint32_t code)
{
    return category_between(code, UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO);
}

bool unicode_is_symbol(uint32_t code)
{
    return category_between(code, UTF8PROC_CATEGORY_SM, UTF8PROC_CATEGORY_SO);
}

bool unicode_is_space(uint32_t code)
{
    if (code < 0x80)
        return code == ' ' || (code >= '\t' && code <= '\r');
    return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
           code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

bool unicode_is_word(uint32_t code)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ND) ||
           category == UTF8PROC_CATEGORY_NL || category == UTF8PROC_CATEGORY_PC;
}

bool unicode_is_decimal(uint32_t code)
{
    return category_between(code, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_ND);
}

bool unicode_is_printable(uint32_t code)
{
    if (code < 0x80)
        return code >= 0x20 && code < 0x7F;
    return !category_between(code, UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_CO) &&
           !category_between(code, UTF8PROC_CATEGORY_CN, UTF8PROC_CATEGORY_CN);
}

uint32_t unicode_to_upper(uint32_t code)
{
    if (code < 0x80)
        return code >= 'a' && code <= 'z' ? code - 32 : code;
    return (uint32_t)utf8proc_toupper((utf8proc_int32_t)code);
}

uint32_t unicode_to_lower(uint32_t code)
{
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + 32 : code;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
}

// --------------------------------------------------------------------------------- normal forms

/// True for a character that NFC does not change, move or join with the one before it. A text can
/// be split before such a character: its NFC is the NFC of the parts, concatenated.
static bool is_inert(uint32_t code)
{
    if (code < 0x300)
        return true;
    if (code >= 0x1100 && code <= 0x11FF) // Hangul jamo are composed by arithmetic
        return false;
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)code);
    bool joins = p->comb_index != UINT16_MAX && p->comb_index >= 0x8000;
    return p->combining_class == 0 && p->decomp_seqindex == UINT16_MAX && !joins;
}

bool unicode_is_surely_nfc(distill_span text)
{
    size_t at = 0;
    while (at < text.length) {
        uint32_t code;
        if (is_ascii_run(text.bytes + at, text.length - at)) {
            at += sizeof(uint64_t);
            continue;
        }
        if ((unsigned char)text.bytes[at] < 0xCC) { // below U+0300
            at += (unsigned char)text.bytes[at] < 0x80 ? 1 : 2;
            continue;
        }
        at += unicode_next(&code, text.bytes + at);
        if (!is_inert(code))
            return false;
    }
    return true;
}

static distill_status map_with_utf8proc(distill_text *out, distill_span text, unicode_form form)
{
    static const int options[] = {
        [UNICODE_NFC] = UTF8PROC_STABLE | UTF8PROC_COMPOSE,
        [UNICODE_NFD] = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE,
        [UNICODE_NFKC] = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT,
        [UNICODE_NFKD] = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT,
    };
    if (text.length == 0)
        return DISTILL_OK;
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t length =
        utf8proc_map((const utf8proc_uint8_t *)text.bytes, (utf8proc_ssize_t)text.length, &mapped,
                     (utf8proc_option_t)options[form]);
    if (length < 0)
        return distill_fail(DISTILL_NO_MEMORY, "normalising %zu bytes of text: %s", text.length,
                            utf8proc_errmsg(length));
    distill_status status = distill_text_append(out, (const char *)mapped, (size_t)length);
    free(mapped);
    return status;
}

/// Normalises the parts around characters that are not inert and copies everything else.
static distill_status compose(distill_text *out, distill_span text)
{
    distill_status status = DISTILL_OK;
    size_t copied = 0, last_inert = 0, at = 0;
    while (at < text.length) {
        uint32_t code;
        if (is_ascii_run(text.bytes + at, text.length - at)) {
            at += sizeof(uint64_t);
            last_inert = at - 1;
            continue;
        }
        size_t step = unicode_next(&code, text.bytes + at);
        if (is_inert(code)) {
            last_inert = at;
            at += step;
            continue;
        }
        size_t end = at + step;
        while (end < text.length) {
            step = unicode_next(&code, text.bytes + end);
            if (is_inert(code))
                break;
            end += step;
        }
        TRY(distill_text_append(out, text.bytes + copied, last_inert - copied));
        TRY(map_with_utf8proc(out, (distill_span){text.bytes + last_inert, end - last_inert},
                              UNICODE_NFC));
        copied = last_inert = at = end;
    }
    TRY(distill_text_append(out, text.bytes + copied, text.length - copied));
done:
    return status;
}

distill_status unicode_normalize(distill_text *out, distill_span text, unicode_form form)
{
    return form == UNICODE_NFC ? compose(out, text) : map_with_utf8proc(out, text, form);
}
