// datasets/traces/crc32.c - "slicing": table t gives the CRC of a byte followed by t zero bytes, so that
// sixteen bytes are sixteen independent look-ups.
//
// Source  Kounavis, Berry: "A systematic approach to building high performance software-based CRC
// generators", ISCC 2005.
#include "datasets/traces/crc32.h"

#include <pthread.h>
#include <string.h>

enum { SLICES = 16 };

static uint32_t table[SLICES][256];

static void fill_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++)
            value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320u : 0);
        table[0][i] = value;
    }
    for (int t = 1; t < SLICES; t++)
        for (uint32_t i = 0; i < 256; i++)
            table[t][i] = table[0][table[t - 1][i] & 255] ^ (table[t - 1][i] >> 8);
}

/// CRC of four bytes that are followed by 4 * `word` others of the step.
static uint32_t look_up(uint32_t bytes, int word)
{
    const uint32_t(*t)[256] = &table[4 * word];
    return t[3][bytes & 255] ^ t[2][(bytes >> 8) & 255] ^ t[1][(bytes >> 16) & 255] ^
           t[0][bytes >> 24];
}

uint32_t crc32_of(uint32_t crc, const void *bytes, size_t length)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const unsigned char *next = bytes;
    pthread_once(&once, fill_table);
    crc = ~crc;
    for (; length >= SLICES; length -= SLICES, next += SLICES) {
        uint32_t words[4];
        memcpy(words, next, SLICES); // little endian
        crc = look_up(words[0] ^ crc, 3) ^ look_up(words[1], 2) ^ look_up(words[2], 1) ^
              look_up(words[3], 0);
    }
    while (length-- > 0)
        crc = table[0][(crc ^ *next++) & 255] ^ (crc >> 8);
    return ~crc;
}
