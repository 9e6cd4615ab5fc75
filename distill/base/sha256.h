// distill/base/sha256.h - SHA-256 of bytes and files.
#ifndef DISTILL_BASE_SHA256_H
#define DISTILL_BASE_SHA256_H

#include "distill/base/status.h"

#include <stddef.h>

enum { DISTILL_SHA256_HEX = 65 };

/// Writes 64 hex digits and a NUL.
distill_status distill_sha256_bytes(char hex[DISTILL_SHA256_HEX], const void *bytes,
                                    size_t length) DISTILL_MUST_CHECK;
distill_status distill_sha256_file(char hex[DISTILL_SHA256_HEX],
                                   const char *path) DISTILL_MUST_CHECK;

/// Of bytes that come piece by piece.
///     distill_sha256 *sum = NULL;
///     TRY(distill_sha256_begin(&sum));
///     TRY(distill_sha256_add(sum, bytes, length));        // any number of times
///     TRY(distill_sha256_end(hex, &sum));                 // frees it
typedef struct distill_sha256 distill_sha256;
distill_status distill_sha256_begin(distill_sha256 **out) DISTILL_MUST_CHECK;
distill_status distill_sha256_add(distill_sha256 *sum, const void *bytes,
                                  size_t length) DISTILL_MUST_CHECK;
/// Writes 64 hex digits and a NUL, frees *sum and sets it to NULL.
distill_status distill_sha256_end(char hex[DISTILL_SHA256_HEX],
                                  distill_sha256 **sum) DISTILL_MUST_CHECK;
void distill_sha256_free(distill_sha256 *sum);

#endif
