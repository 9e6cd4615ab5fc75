// datasets/traces/journal.h - an append-only log of frames that survives kill -9. Private to the
// trace store and trace_reader.c.
//
//     OUTPUT/journal-00000.log, journal-00001.log, …     segments of about 64 MiB
//     frame: magic u32, kind u32, length u64, crc u32 (CRC-32 of kind, length, payload), zero u32,
//            payload, zeros up to a multiple of 8
//
// Each segment begins with all head frames so far, so that older segments can be removed when their
// other frames are no longer needed. A torn frame at the end (the process was killed while writing)
// is cut off; a damaged frame before that is skipped with a warning, and the frames after it are
// kept.
#ifndef DATASETS_TRACES_JOURNAL_H
#define DATASETS_TRACES_JOURNAL_H

#include "distill/base/text.h"

typedef struct journal journal;

typedef enum journal_kind {
    JOURNAL_HEAD = 1, // the settings, or a complete shard: repeated at the start of every segment
    JOURNAL_TRACE_4 = 4, // a trace_frame of TRACE_FRAME_OLDER, which is still read
    JOURNAL_TRACE = 5    // a trace_frame; kinds 2 and 3 are of older versions
} journal_kind;

typedef struct journal_place {
    journal_kind kind; // of the frame
    uint32_t segment;
    uint64_t offset; // of the frame
    uint64_t length; // of the payload
} journal_place;

/// Called for each frame, in order; head frames are repeated with each segment.
typedef distill_status (*journal_replay)(void *context, journal_place place, distill_span payload);

/// Opens the journal in `dir` (creating it if absent) and replays what it holds. `limit_bytes`:
/// size at which a new segment begins (0 = 64 MiB).
distill_status journal_open(journal **out, const char *dir, size_t limit_bytes,
                            journal_replay replay, void *context) DISTILL_MUST_CHECK;
/// When it returns OK, the frame survives the end of the process; it survives a power cut only
/// after journal_sync. After a failure (a full disk) the journal is as it was before.
distill_status journal_append(journal *log, journal_place *place, journal_kind kind,
                              distill_span payload) DISTILL_MUST_CHECK;
/// Begins a new segment that ends with this head frame, and fsyncs it. Earlier frames are not
/// fsynced: once the shard is complete, they are not needed.
distill_status journal_seal(journal *log, distill_span payload) DISTILL_MUST_CHECK;
/// Sets `out` to the payload at `place`.
distill_status journal_fetch(journal *log, distill_text *out,
                             journal_place place) DISTILL_MUST_CHECK;
/// When it returns OK, everything appended survives a power cut.
distill_status journal_sync(journal *log) DISTILL_MUST_CHECK;
/// Removes the segments before `segment` that exist; the current one is never removed.
distill_status journal_drop_before(journal *log, uint32_t segment) DISTILL_MUST_CHECK;
void journal_close(journal *log);
/// Sets *exists to whether `dir` has a segment, which means that its output is unfinished.
distill_status journal_exists(bool *exists, const char *dir) DISTILL_MUST_CHECK;
/// Removes every segment in `dir`; succeeds if there is none.
distill_status journal_remove(const char *dir) DISTILL_MUST_CHECK;

#endif
