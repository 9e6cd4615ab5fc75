// distill/base/lines.c - reads blocks of 128 KiB into one buffer and finds line ends in it.
//
// The buffer begins with the first byte that was not returned yet and grows to the longest line;
// each byte is searched for a line end once. Compressed files are decompressed a block at a time.
#include "distill/base/lines.h"

#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/zstd_frames.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 17 };

struct distill_lines {
    int fd;
    char *path;
    size_t limit, number;
    distill_zstd_reader *zstd; // NULL: the file is not compressed
    char *packed;              // [BLOCK] compressed input
    distill_span input;        // the part of `packed` that is not decompressed yet
    bool at_end;
    distill_text pending;   // text that was read; from `begin` on it was not returned yet
    size_t begin, searched; // there is no line end between the two
};

distill_status distill_lines_open(distill_lines **out, const char *path, size_t limit)
{
    distill_status status = DISTILL_OK;
    distill_lines *lines = NULL;
    TRY(DISTILL_NEW(&lines, 1));
    lines->fd = -1;
    lines->limit = limit;
    TRY(distill_copy_string(&lines->path, path, strlen(path)));
    lines->fd = strcmp(path, "-") == 0 ? dup(0) : open(path, O_RDONLY | O_CLOEXEC);
    if (lines->fd < 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s", path));
    if (distill_is_directory(path))
        TRY(distill_fail(DISTILL_IO, "%s: expected a file, found a folder", path));
    if (distill_is_zstd_name(path)) {
        TRY(DISTILL_NEW(&lines->packed, BLOCK));
        TRY(distill_zstd_open(&lines->zstd, lines->path));
    }
    *out = lines;
    lines = NULL;
done:
    distill_lines_close(lines);
    return status;
}

static distill_status read_some(size_t *got, distill_lines *lines, char *into, size_t room)
{
    ssize_t count;
    do
        count = read(lines->fd, into, room);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return distill_fail_errno(DISTILL_IO, "%s:%zu", lines->path, lines->number + 1);
    *got = (size_t)count;
    return DISTILL_OK;
}

/// Reads a block if there is no input left, and appends decompressed bytes to `pending`.
static distill_status decompress_block(distill_lines *lines)
{
    distill_status status = DISTILL_OK;
    if (lines->input.length == 0) {
        lines->input.bytes = lines->packed;
        TRY(read_some(&lines->input.length, lines, lines->packed, BLOCK));
        if (lines->input.length == 0) {
            lines->at_end = true;
            TRY(distill_zstd_check_end(lines->zstd));
            goto done;
        }
    }
    TRY(distill_zstd_read(&lines->pending, lines->zstd, &lines->input));
done:
    return status;
}

static distill_status fill(distill_lines *lines)
{
    distill_status status = DISTILL_OK;
    distill_text *pending = &lines->pending;
    if (lines->begin > 0) {
        memmove(pending->bytes, pending->bytes + lines->begin, pending->length - lines->begin);
        pending->length -= lines->begin;
        lines->searched -= lines->begin;
        lines->begin = 0;
    }
    TRY(distill_text_reserve(pending, pending->length + BLOCK));
    if (lines->zstd != NULL) {
        TRY(decompress_block(lines));
    } else {
        size_t got = 0;
        TRY(read_some(&got, lines, pending->bytes + pending->length, BLOCK));
        pending->length += got;
        lines->at_end = got == 0;
    }
    pending->bytes[pending->length] = '\0';
done:
    return status;
}

distill_status distill_lines_next(distill_lines *lines, distill_span *line, bool *more)
{
    distill_status status = DISTILL_OK;
    distill_text *pending = &lines->pending;
    char *end = NULL;
    for (;;) {
        if (pending->length > lines->searched)
            end = memchr(pending->bytes + lines->searched, '\n', pending->length - lines->searched);
        if (end != NULL || lines->at_end)
            break;
        lines->searched = pending->length;
        if (pending->length - lines->begin > lines->limit)
            TRY(distill_fail(DISTILL_LIMIT, "%s:%zu: the line is longer than %zu bytes",
                             lines->path, lines->number + 1, lines->limit));
        TRY(fill(lines));
    }
    size_t stop = end != NULL ? (size_t)(end - pending->bytes) : pending->length;
    *more = end != NULL || stop > lines->begin;
    if (!*more)
        goto done;
    *line = (distill_span){pending->bytes + lines->begin, stop - lines->begin};
    pending->bytes[stop] = '\0';
    lines->begin = end != NULL ? stop + 1 : stop;
    lines->searched = lines->begin;
    lines->number++;
    if (line->length > lines->limit)
        TRY(distill_fail(DISTILL_LIMIT, "%s:%zu: the line is longer than %zu bytes", lines->path,
                         lines->number, lines->limit));
    if (line->length > 0 && line->bytes[line->length - 1] == '\r') {
        line->length--;
        pending->bytes[line->bytes - pending->bytes + (ptrdiff_t)line->length] = '\0';
    }
done:
    return status;
}

size_t distill_lines_number(const distill_lines *lines)
{
    return lines->number;
}

void distill_lines_close(distill_lines *lines)
{
    if (lines == NULL)
        return;
    if (lines->fd >= 0)
        close(lines->fd);
    distill_zstd_close(lines->zstd);
    distill_text_free(&lines->pending);
    distill_free(lines->packed);
    distill_free(lines->path);
    distill_free(lines);
}
