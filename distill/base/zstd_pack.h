// distill/base/zstd_pack.h - whole texts as zstd frames, for files that end in ".zst".
#ifndef DISTILL_BASE_ZSTD_PACK_H
#define DISTILL_BASE_ZSTD_PACK_H

#include "distill/base/text.h"

/// True if the name ends in ".zst".
bool distill_is_zstd_name(const char *path);
/// Appends `bytes` as one zstd frame with a checksum (level 3). Frames one after the other are a
/// valid ".zst" file.
distill_status distill_zstd_pack(distill_text *out, distill_span bytes) DISTILL_MUST_CHECK;

#endif
