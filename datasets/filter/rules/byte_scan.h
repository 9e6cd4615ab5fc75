// datasets/filter/rules/byte_scan.h - 64 bytes of text at a time as bit masks, and hashes of short
// texts. Private to the filter.
//
//     uint64_t letters = byte_mask_letters(text + at);      // bit i: text[at + i] is a letter
//     while (letters != 0) { i = __builtin_ctzll(letters); letters &= letters - 1; }
//
// With SSE2 on x86-64, where every processor has it; elsewhere a byte at a time, by plain versions,
// with which the tests compare the others. Versions for AVX2, chosen at run time, made the rules 1%
// faster: too little for a second copy of each of their loops.
#ifndef DATASETS_FILTER_RULES_BYTE_SCAN_H
#define DATASETS_FILTER_RULES_BYTE_SCAN_H

#include "distill/base/text.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define SCAN_INLINE static inline __attribute__((always_inline))

enum { SCAN_BYTES = 64 };

/// 64 bytes of `text` from `at` on. If it ends before that, they are copied to `tail` and the rest
/// is set to `fill`.
SCAN_INLINE const char *scan_bytes(distill_span text, size_t at, char tail[SCAN_BYTES], char fill)
{
    if (text.length - at >= SCAN_BYTES)
        return text.bytes + at;
    memset(tail, fill, SCAN_BYTES);
    memcpy(tail, text.bytes + at, text.length - at);
    return tail;
}

// ---- plain versions -----------------------------------------------------------------------------

/// Bytes from 0x80 on.
SCAN_INLINE uint64_t plain_mask_high(const char *bytes)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < SCAN_BYTES; i++)
        mask |= (uint64_t)((unsigned char)bytes[i] >= 0x80) << i;
    return mask;
}

/// ASCII letters.
SCAN_INLINE uint64_t plain_mask_letters(const char *bytes)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < SCAN_BYTES; i++)
        mask |= (uint64_t)((bytes[i] | 32) >= 'a' && (bytes[i] | 32) <= 'z') << i;
    return mask;
}

/// Number of ASCII letters.
SCAN_INLINE uint64_t plain_count_letters(const char *bytes)
{
    uint64_t count = 0;
    for (size_t i = 0; i < SCAN_BYTES; i++)
        count += (bytes[i] | 32) >= 'a' && (bytes[i] | 32) <= 'z';
    return count;
}

/// ASCII letters and digits, and bytes from 0x80 on.
SCAN_INLINE uint64_t plain_mask_words(const char *bytes)
{
    uint64_t mask = plain_mask_letters(bytes) | plain_mask_high(bytes);
    for (size_t i = 0; i < SCAN_BYTES; i++)
        mask |= (uint64_t)(bytes[i] >= '0' && bytes[i] <= '9') << i;
    return mask;
}

/// Bytes that are one of four.
SCAN_INLINE uint64_t plain_mask_any(const char *bytes, const char four[4])
{
    uint64_t mask = 0;
    for (size_t i = 0; i < SCAN_BYTES; i++)
        mask |= (uint64_t)(memchr(four, bytes[i], 4) != NULL) << i;
    return mask;
}

/// Control characters other than tab, line feed and carriage return, and DEL.
SCAN_INLINE uint64_t plain_mask_control(const char *bytes)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < SCAN_BYTES; i++) {
        unsigned char c = (unsigned char)bytes[i];
        mask |= (uint64_t)((c < ' ' && c != '\n' && c != '\t' && c != '\r') || c == 0x7F) << i;
    }
    return mask;
}

// ---- masks --------------------------------------------------------------------------------------

#if defined(__SSE2__)

/// Bit i of the result: byte i of the expression, in which v is 16 bytes, is 0x80 or more.
#define SCAN_EACH(bytes, expression)                                                               \
    uint64_t mask = 0;                                                                             \
    _Pragma("GCC unroll 4") for (unsigned scan_i = 0; scan_i < 4; scan_i++)                        \
    {                                                                                              \
        const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes) + scan_i);        \
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(expression) << 16 * scan_i;                  \
    }                                                                                              \
    return mask

SCAN_INLINE __m128i scan_is(__m128i v, char c)
{
    return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}

/// `low` <= byte <= `low + count - 1`, both ASCII.
SCAN_INLINE __m128i scan_in(__m128i v, char low, char count)
{
    const __m128i moved = _mm_sub_epi8(v, _mm_set1_epi8((char)(low - 128)));
    return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(count - 128)));
}

SCAN_INLINE __m128i scan_letter(__m128i v)
{
    return scan_in(_mm_or_si128(v, _mm_set1_epi8(32)), 'a', 26);
}

SCAN_INLINE uint64_t byte_mask_high(const char *bytes)
{
    SCAN_EACH(bytes, v);
}

SCAN_INLINE uint64_t byte_mask_letters(const char *bytes)
{
    SCAN_EACH(bytes, scan_letter(v));
}

/// Without POPCNT, which not every x86-64 has: letters are counted in each byte of 16, then added.
SCAN_INLINE uint64_t byte_count_letters(const char *bytes)
{
    __m128i counts = _mm_setzero_si128();
    for (size_t i = 0; i < SCAN_BYTES; i += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i));
        counts = _mm_sub_epi8(counts, scan_letter(v)); // a letter is -1
    }
    const __m128i halves = _mm_sad_epu8(counts, _mm_setzero_si128());
    return (uint64_t)(_mm_cvtsi128_si64(halves) +
                      _mm_cvtsi128_si64(_mm_unpackhi_epi64(halves, halves)));
}

SCAN_INLINE uint64_t byte_mask_words(const char *bytes)
{
    SCAN_EACH(bytes, _mm_or_si128(v, _mm_or_si128(scan_letter(v), scan_in(v, '0', 10))));
}

SCAN_INLINE uint64_t byte_mask_any(const char *bytes, const char four[4])
{
    SCAN_EACH(bytes, _mm_or_si128(_mm_or_si128(scan_is(v, four[0]), scan_is(v, four[1])),
                                  _mm_or_si128(scan_is(v, four[2]), scan_is(v, four[3]))));
}

SCAN_INLINE __m128i scan_space(__m128i v)
{
    return _mm_or_si128(_mm_or_si128(scan_is(v, '\n'), scan_is(v, '\t')), scan_is(v, '\r'));
}

SCAN_INLINE uint64_t byte_mask_control(const char *bytes)
{
    SCAN_EACH(bytes,
              _mm_or_si128(scan_is(v, 0x7F), _mm_andnot_si128(scan_space(v), scan_in(v, 0, ' '))));
}

#undef SCAN_EACH

#else

#define byte_mask_high plain_mask_high
#define byte_mask_letters plain_mask_letters
#define byte_count_letters plain_count_letters
#define byte_mask_words plain_mask_words
#define byte_mask_any plain_mask_any
#define byte_mask_control plain_mask_control

#endif

// ---- hashes -------------------------------------------------------------------------------------

SCAN_INLINE uint64_t scan_word(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

SCAN_INLINE uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/// A 64-bit hash by folded products, 16 bytes a step (the construction of wyhash, Wang Yi 2019).
SCAN_INLINE uint64_t text_hash(uint64_t seed, const char *bytes, size_t length)
{
    const uint64_t A = 0xa0761d6478bd642fu, B = 0xe7037ed1a0b428dbu;
    uint64_t hash = fold(seed ^ A, length ^ B), a = 0, b = 0;
    size_t left = length;
    for (; left > 16; left -= 16, bytes += 16)
        hash = fold(scan_word(bytes) ^ A, scan_word(bytes + 8) ^ hash);
    if (left > 8) {
        a = scan_word(bytes);
        b = scan_word(bytes + left - 8);
    } else {
        memcpy(&a, bytes, left);
    }
    return fold(a ^ B ^ hash, b ^ A);
}

#endif
