// datasets/traces/journal.c - frames with length and checksum, in segments.
//
// A frame is appended by one system call if the system writes it whole; after a kill the frame is
// complete, or a torn one is the last of the segment. Replay maps each segment and visits its
// frames in order. Where no valid frame begins it searches the next one, 8 bytes at a time, so that
// damage loses the damaged frames only. What follows the last valid frame is cut off, as is a frame
// whose append failed.
//
// Limits: one process has the journal, which the lock of the output directory ensures.
#include "datasets/traces/journal.h"

#include "datasets/traces/journal_segment.h"
#include "distill/base/file.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

enum { SEGMENT_BYTES = 1 << 26 };
static const uint32_t MAGIC = 0x4A4C5444; // "DTLJ"

typedef struct frame_header {
    uint32_t magic, kind;
    uint64_t length;
    uint32_t crc, zero;
} frame_header;

struct journal {
    char *dir;
    size_t limit_bytes;
    uint32_t first, current; // numbers of the segments
    uint32_t unsynced;       // the first segment that may not be on the disk completely
    int fd;                  // of the current one
    uint64_t end;            // bytes in it
    int other_fd;            // an older segment, open for reading, or -1
    uint32_t other;
    distill_text head;    // all head frames, as they are written
    distill_text scratch; // a head frame
};

/// CRC-32 (IEEE 802.3) of kind, length and payload.
static uint32_t frame_crc(const frame_header *header, const void *payload)
{
    uLong crc = crc32_z(0, (const Bytef *)&header->kind, sizeof header->kind);
    crc = crc32_z(crc, (const Bytef *)&header->length, sizeof header->length);
    if (header->length > 0) // zlib returns its start value for a NULL pointer
        crc = crc32_z(crc, payload, header->length);
    return (uint32_t)crc;
}

static uint64_t padded(uint64_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

// --- replay -------------------------------------------------------------------------------------

typedef struct replay_job {
    journal *log;
    journal_replay replay;
    void *context;
    bool any; // a segment was found
} replay_job;

/// True if a valid frame begins at `at`; sets *header.
static bool frame_at(frame_header *header, const distill_mapping *file, uint64_t at)
{
    uint64_t room = file->length - at;
    if (room < sizeof *header)
        return false;
    memcpy(header, file->bytes + at, sizeof *header);
    return header->magic == MAGIC && header->length <= room - sizeof *header &&
           padded(header->length) <= room - sizeof *header && header->zero == 0 &&
           header->crc == frame_crc(header, file->bytes + at + sizeof *header);
}

/// Stores a head frame for later segments, unless it is stored already.
static distill_status remember_head(journal *log, distill_span frame)
{
    if (distill_span_find(distill_text_span(&log->head), frame, 0) != SIZE_MAX)
        return DISTILL_OK;
    return distill_text_add_span(&log->head, frame);
}

static distill_status replay_frames(replay_job *job, const distill_mapping *file, uint32_t number)
{
    distill_status status = DISTILL_OK;
    uint64_t at = 0, good_end = 0, skipped = 0;
    frame_header header;
    while (at < file->length) {
        if (!frame_at(&header, file, at)) {
            at += 8; // frames begin at multiples of 8
            continue;
        }
        const char *bytes = (const char *)file->bytes + at;
        skipped += at - good_end;
        journal_place place = {(journal_kind)header.kind, number, at, header.length};
        if (header.kind == JOURNAL_HEAD)
            TRY(remember_head(job->log,
                              (distill_span){bytes, sizeof header + padded(header.length)}));
        TRY(job->replay(job->context, place, (distill_span){bytes + sizeof header, header.length}));
        at += sizeof header + padded(header.length);
        good_end = at;
    }
    if (skipped > 0)
        distill_warn("%s: journal-%05u.log is damaged: %llu bytes were skipped; their traces are "
                     "sampled again",
                     job->log->dir, number, (unsigned long long)skipped);
    job->log->end = good_end;
done:
    return status;
}

static distill_status replay_segment(void *context, uint32_t number)
{
    distill_status status = DISTILL_OK;
    replay_job *job = context;
    distill_text path = {0};
    distill_mapping file = {0};
    char name[32];
    journal_segment_name(name, number);
    TRY(distill_path_join(&path, job->log->dir, name));
    TRY(distill_file_map(&file, path.bytes));
    if (!job->any)
        job->log->first = number;
    job->any = true;
    job->log->current = number;
    TRY(replay_frames(job, &file, number));
done:
    distill_file_unmap(&file);
    distill_text_free(&path);
    return status;
}

/// Cuts off what follows the last valid frame: no append of it has returned.
static distill_status cut_tail(journal *log)
{
    struct stat info;
    if (fstat(log->fd, &info) != 0 ||
        ((uint64_t)info.st_size > log->end && ftruncate(log->fd, (off_t)log->end) != 0))
        return distill_fail_errno(DISTILL_IO, "%s: the journal", log->dir);
    return DISTILL_OK;
}

distill_status journal_open(journal **out, const char *dir, size_t limit_bytes,
                            journal_replay replay, void *context)
{
    distill_status status = DISTILL_OK;
    journal *log = NULL;
    TRY(DISTILL_NEW(&log, 1));
    log->fd = log->other_fd = -1;
    log->limit_bytes = limit_bytes > 0 ? limit_bytes : SEGMENT_BYTES;
    TRY(distill_copy_string(&log->dir, dir, strlen(dir)));
    replay_job job = {.log = log, .replay = replay, .context = context};
    TRY(journal_segments_each(dir, replay_segment, &job));
    TRY(journal_segment_open(&log->fd, log->dir, log->current, O_RDWR | O_CREAT));
    TRY(cut_tail(log));
    log->unsynced = log->first;
    *out = log;
    log = NULL;
done:
    journal_close(log);
    return status;
}

// --- appending ----------------------------------------------------------------------------------

static distill_status write_all(int fd, const char *bytes, size_t length, uint64_t at,
                                const char *dir)
{
    while (length > 0) {
        ssize_t written = pwrite(fd, bytes, length, (off_t)at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return distill_fail_errno(DISTILL_IO,
                                      "%s: the journal could not be written (the traces before "
                                      "are safe; free some space and run the same command again)",
                                      dir);
        bytes += written;
        length -= (size_t)written;
        at += (uint64_t)written;
    }
    return DISTILL_OK;
}

/// Writes a frame at the end.
static distill_status write_frame(journal *log, const frame_header *header, distill_span payload)
{
    static const char zeros[8] = {0};
    struct iovec parts[3] = {{(void *)(uintptr_t)header, sizeof *header},
                             {(void *)(uintptr_t)payload.bytes, payload.length},
                             {(void *)(uintptr_t)zeros, padded(payload.length) - payload.length}};
    uint64_t at = log->end;
    ssize_t written = pwritev(log->fd, parts, 3, (off_t)at);
    size_t done = written > 0 ? (size_t)written : 0; // write_all reports a failure
    at += done;
    for (int i = 0; i < 3; i++) {
        size_t skipped = done < parts[i].iov_len ? done : parts[i].iov_len;
        size_t left = parts[i].iov_len - skipped;
        distill_status status =
            write_all(log->fd, (const char *)parts[i].iov_base + skipped, left, at, log->dir);
        if (status != DISTILL_OK)
            return status;
        done -= skipped;
        at += left;
    }
    return DISTILL_OK;
}

/// Begins the next segment with all head frames.
static distill_status rotate(journal *log)
{
    distill_status status = DISTILL_OK;
    int fd = -1;
    TRY(journal_segment_remove(log->dir, log->current + 1)); // left by a failure
    TRY(journal_segment_open(&fd, log->dir, log->current + 1, O_RDWR | O_CREAT | O_EXCL));
    TRY(write_all(fd, log->head.bytes, log->head.length, 0, log->dir));
    close(log->fd);
    log->fd = fd;
    fd = -1;
    log->current++;
    log->end = log->head.length;
done:
    if (fd >= 0)
        close(fd);
    return status;
}

static frame_header header_of(journal_kind kind, distill_span payload)
{
    frame_header header = {.magic = MAGIC, .kind = kind, .length = payload.length};
    header.crc = frame_crc(&header, payload.bytes);
    return header;
}

/// Stores a head frame, which is repeated at the start of every later segment.
static distill_status keep_head(journal *log, const frame_header *header, distill_span payload)
{
    distill_status status = DISTILL_OK;
    static const char zeros[8] = {0};
    distill_text_clear(&log->scratch);
    TRY(distill_text_append(&log->scratch, (const char *)header, sizeof *header));
    TRY(distill_text_add_span(&log->scratch, payload));
    TRY(distill_text_append(&log->scratch, zeros, padded(payload.length) - payload.length));
    TRY(remember_head(log, distill_text_span(&log->scratch)));
done:
    return status;
}

distill_status journal_append(journal *log, journal_place *place, journal_kind kind,
                              distill_span payload)
{
    distill_status status = DISTILL_OK;
    frame_header header = header_of(kind, payload);
    if (log->end > log->head.length && log->end + payload.length > log->limit_bytes)
        TRY(rotate(log));
    status = write_frame(log, &header, payload);
    if (status == DISTILL_OK && kind == JOURNAL_HEAD)
        status = keep_head(log, &header, payload);
    if (status != DISTILL_OK) {
        if (ftruncate(log->fd, (off_t)log->end) != 0)
            distill_warn("%s: an incomplete frame is left at the end of the journal", log->dir);
        goto done;
    }
    *place = (journal_place){kind, log->current, log->end, payload.length};
    log->end += sizeof header + padded(payload.length);
done:
    return status;
}

distill_status journal_seal(journal *log, distill_span payload)
{
    distill_status status = DISTILL_OK;
    frame_header header = header_of(JOURNAL_HEAD, payload);
    size_t before = log->head.length;
    TRY(keep_head(log, &header, payload));
    status = rotate(log);
    if (status != DISTILL_OK) {
        log->head.length = before;
        goto done;
    }
    if (fsync(log->fd) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s: the journal", log->dir));
    TRY(distill_sync_directory(log->dir));
done:
    return status;
}

distill_status journal_fetch(journal *log, distill_text *out, journal_place place)
{
    distill_status status = DISTILL_OK;
    int fd = log->fd;
    if (place.segment != log->current) {
        if (log->other_fd < 0 || log->other != place.segment) {
            if (log->other_fd >= 0)
                close(log->other_fd);
            log->other_fd = -1;
            TRY(journal_segment_open(&log->other_fd, log->dir, place.segment, O_RDONLY));
            log->other = place.segment;
        }
        fd = log->other_fd;
    }
    distill_text_clear(out);
    TRY(distill_text_reserve(out, place.length));
    while (out->length < place.length) {
        ssize_t got = pread(fd, out->bytes + out->length, place.length - out->length,
                            (off_t)(place.offset + sizeof(frame_header) + out->length));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            TRY(distill_fail_errno(DISTILL_IO, "%s: the journal", log->dir));
        if (got == 0)
            TRY(distill_fail(DISTILL_IO, "%s: the journal became shorter while in use", log->dir));
        out->length += (size_t)got;
    }
    out->bytes[out->length] = '\0';
done:
    return status;
}

/// Opens an older segment again to fsync it.
static distill_status sync_segment(const journal *log, uint32_t number)
{
    distill_status status = DISTILL_OK;
    int fd = -1;
    TRY(journal_segment_open(&fd, log->dir, number, O_RDONLY));
    if (fsync(fd) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s: the journal", log->dir));
done:
    if (fd >= 0)
        close(fd);
    return status;
}

distill_status journal_sync(journal *log)
{
    distill_status status = DISTILL_OK;
    for (; log->unsynced < log->current; log->unsynced++)
        TRY(sync_segment(log, log->unsynced));
    if (fsync(log->fd) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s: the journal", log->dir));
    TRY(distill_sync_directory(log->dir));
done:
    return status;
}

distill_status journal_drop_before(journal *log, uint32_t segment)
{
    distill_status status = DISTILL_OK;
    while (log->first < segment && log->first < log->current) {
        if (log->other_fd >= 0 && log->other == log->first) {
            close(log->other_fd);
            log->other_fd = -1;
        }
        TRY(journal_segment_remove(log->dir, log->first));
        log->first++;
    }
    if (log->unsynced < log->first)
        log->unsynced = log->first;
done:
    return status;
}

void journal_close(journal *log)
{
    if (log == NULL)
        return;
    if (log->fd >= 0)
        close(log->fd);
    if (log->other_fd >= 0)
        close(log->other_fd);
    distill_text_free(&log->head);
    distill_text_free(&log->scratch);
    distill_free(log->dir);
    distill_free(log);
}

// --- whole journals -----------------------------------------------------------------------------

static distill_status note_one(void *context, uint32_t number)
{
    (void)number;
    *(bool *)context = true;
    return DISTILL_OK;
}

distill_status journal_exists(bool *exists, const char *dir)
{
    *exists = false;
    return journal_segments_each(dir, note_one, exists);
}

static distill_status remove_one(void *context, uint32_t number)
{
    return journal_segment_remove(context, number);
}

distill_status journal_remove(const char *dir)
{
    return journal_segments_each(dir, remove_one, (void *)(uintptr_t)dir);
}
