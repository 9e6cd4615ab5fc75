// datasets/traces/crc32.h - CRC-32 (IEEE 802.3, as in zip and PNG), sixteen bytes a step.
//
//     uint32_t crc = crc32_of(0, "123456789", 9);   // 0xCBF43926
//     crc = crc32_of(crc, more, length);            // of both, one after the other
#ifndef DATASETS_TRACES_CRC32_H
#define DATASETS_TRACES_CRC32_H

#include <stddef.h>
#include <stdint.h>

/// CRC of `bytes`, going on from `crc`. Threads  any.
uint32_t crc32_of(uint32_t crc, const void *bytes, size_t length);

#endif
