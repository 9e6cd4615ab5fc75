// distill/base/zstd_frames.h - compression and decompression of zstd frames, for ".zst" files.
//
//     distill_zstd_reader *reader = NULL;
//     TRY(distill_zstd_open(&reader, path));
//     while (packed.length > 0)
//         TRY(distill_zstd_read(&text, reader, &packed));
//     TRY(distill_zstd_check_end(reader));
// done:
//     distill_zstd_close(reader);
//
// A file may consist of several frames, one after another.
#ifndef DISTILL_BASE_ZSTD_FRAMES_H
#define DISTILL_BASE_ZSTD_FRAMES_H

#include "distill/base/text.h"

/// True if the name ends in ".zst".
bool distill_is_zstd_name(const char *path);

/// Appends `bytes` as one zstd frame with a checksum (level 3).
distill_status distill_zstd_pack(distill_text *out, distill_span bytes) DISTILL_MUST_CHECK;

/// State of a decompression in blocks.
typedef struct distill_zstd_reader distill_zstd_reader;

/// `name` is for messages; borrowed.
distill_status distill_zstd_open(distill_zstd_reader **out, const char *name) DISTILL_MUST_CHECK;
/// Decompresses a part of `packed`, appends at most 128 KiB to `out`, and moves the start of
/// `packed` past the bytes that were used.
/// Errors  FORMAT for invalid data; LIMIT and NO_MEMORY of `out`.
distill_status distill_zstd_read(distill_text *out, distill_zstd_reader *reader,
                                 distill_span *packed) DISTILL_MUST_CHECK;
/// To be called after the last byte. Errors  FORMAT if it is inside a frame.
distill_status distill_zstd_check_end(const distill_zstd_reader *reader) DISTILL_MUST_CHECK;
/// NULL is legal.
void distill_zstd_close(distill_zstd_reader *reader);

#endif
