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

#endif
