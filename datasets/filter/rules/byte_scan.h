// datasets/filter/rules/byte_scan.h - 64 bytes of text at a time as bit masks, and hashes of short texts.
// Private to the filter room.
//
//     uint64_t letters = byte_mask_letters(text + at);      // bit i: text[at + i] is a letter
//     while (letters != 0) { i = __builtin_ctzll(letters); letters &= letters - 1; }
//
// With SSE2 where the compiler has it (every x86-64), else byte by byte.
#ifndef DATASETS_FILTER_RULES_BYTE_SCAN_H
#define DATASETS_FILTER_RULES_BYTE_SCAN_H

#include "distill/base/text.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { SCAN_BYTES = 64 };

/// In front of a function that scans: compiled a second time for processors from 2015 on (AVX2, and
/// what takes masks apart: TZCNT, BLSR, SHLX), the loader chooses.
// clang 14 gives the clones names that callers in other files do not find.
#if !defined(__x86_64__) || !defined(__linux__) || defined(__SANITIZE_ADDRESS__) ||                \
    defined(__clang__)
#define SCAN_HOT
#elif __GNUC__ >= 12
#define SCAN_HOT __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define SCAN_HOT __attribute__((target_clones("avx2", "default")))
#endif

/// 64 bytes of `text` from `at` on; copied to `tail` and filled up with `fill` where it ends before.
static inline __attribute__((always_inline)) const char *
scan_bytes(distill_span text, size_t at, char tail[SCAN_BYTES], char fill)
{
    if (text.length - at >= SCAN_BYTES)
        return text.bytes + at;
    memset(tail, fill, SCAN_BYTES);
    memcpy(tail, text.bytes + at, text.length - at);
    return tail;
}

#if defined(__SSE2__)
#define SCAN_EACH(mask, bytes, expression)                                                         \
    do {                                                                                           \
        mask = 0;                                                                                  \
        _Pragma("GCC unroll 4") for (unsigned scan_i = 0; scan_i < 4; scan_i++)                    \
        {                                                                                          \
            const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes) + scan_i);    \
            mask |= (uint64_t)(unsigned)_mm_movemask_epi8(expression) << 16 * scan_i;              \
        }                                                                                          \
    } while (0)

static inline __attribute__((always_inline)) __m128i scan_is(__m128i v, char c)
{
    return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}

/// `low` <= byte <= `low + count - 1`, both ASCII.
static inline __attribute__((always_inline)) __m128i scan_in(__m128i v, char low, char count)
{
    const __m128i moved = _mm_sub_epi8(v, _mm_set1_epi8((char)(low - 128)));
    return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(count - 128)));
}

static inline __attribute__((always_inline)) __m128i scan_letter(__m128i v)
{
    return scan_in(_mm_or_si128(v, _mm_set1_epi8(32)), 'a', 26);
}
#endif

/// Bytes from 0x80 on.
static inline __attribute__((always_inline)) uint64_t byte_mask_high(const char *bytes)
{
    uint64_t mask = 0;
#if defined(__SSE2__)
    SCAN_EACH(mask, bytes, v);
#else
    for (size_t i = 0; i < SCAN_BYTES; i++)
        mask |= (uint64_t)((unsigned char)bytes[i] >= 0x80) << i;
#endif
    return mask;
}

/// ASCII letters.
static inline __attribute__((always_inline)) uint64_t byte_mask_letters(const char *bytes)
{
    uint64_t mask = 0;
#if defined(__SSE2__)
    SCAN_EACH(mask, bytes, scan_letter(v));
#else
    for (size_t i = 0; i < SCAN_BYTES; i++)
        mask |= (uint64_t)((bytes[i] | 32) >= 'a' && (bytes[i] | 32) <= 'z') << i;
#endif
    return mask;
}

/// ASCII letters and digits, and bytes from 0x80 on.
static inline __attribute__((always_inline)) uint64_t byte_mask_words(const char *bytes)
{
    uint64_t mask = 0;
#if defined(__SSE2__)
    SCAN_EACH(mask, bytes, _mm_or_si128(v, _mm_or_si128(scan_letter(v), scan_in(v, '0', 10))));
#else
    for (size_t i = 0; i < SCAN_BYTES; i++) {
        unsigned char c = (unsigned char)bytes[i];
        mask |=
            (uint64_t)(c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'))
            << i;
    }
#endif
    return mask;
}

/// Bytes that are one of four.
static inline __attribute__((always_inline)) uint64_t byte_mask_any(const char *bytes,
                                                                    const char four[4])
{
    uint64_t mask = 0;
#if defined(__SSE2__)
    SCAN_EACH(mask, bytes,
              _mm_or_si128(_mm_or_si128(scan_is(v, four[0]), scan_is(v, four[1])),
                           _mm_or_si128(scan_is(v, four[2]), scan_is(v, four[3]))));
#else
    for (size_t i = 0; i < SCAN_BYTES; i++)
        mask |= (uint64_t)(bytes[i] == four[0] || bytes[i] == four[1] || bytes[i] == four[2] ||
                           bytes[i] == four[3])
                << i;
#endif
    return mask;
}

/// Control characters other than tab, line feed and carriage return, and DEL.
static inline __attribute__((always_inline)) uint64_t byte_mask_control(const char *bytes)
{
    uint64_t mask = 0;
#if defined(__SSE2__)
    SCAN_EACH(
        mask, bytes,
        _mm_or_si128(scan_is(v, 0x7F),
                     _mm_andnot_si128(_mm_or_si128(_mm_or_si128(scan_is(v, '\n'), scan_is(v, '\t')),
                                                   scan_is(v, '\r')),
                                      scan_in(v, 0, ' '))));
#else
    for (size_t i = 0; i < SCAN_BYTES; i++) {
        unsigned char c = (unsigned char)bytes[i];
        mask |= (uint64_t)((c < ' ' && c != '\n' && c != '\t' && c != '\r') || c == 0x7F) << i;
    }
#endif
    return mask;
}

static inline __attribute__((always_inline)) uint64_t scan_word(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline __attribute__((always_inline)) uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/// A 64-bit hash by folded products, 16 bytes a step (the construction of wyhash, Wang Yi 2019).
static inline __attribute__((always_inline)) uint64_t text_hash(uint64_t seed, const char *bytes,
                                                                size_t length)
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
