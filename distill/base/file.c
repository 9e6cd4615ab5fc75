// distill/base/file.c - file operations over POSIX calls.
//
// Atomic files are a temporary file, fsync, rename, and fsync of the folder. Locks are flock() on a
// file that also holds the owner's process id, for messages. Folders are removed without following
// symbolic links.
#include "distill/base/file.h"

#include "distill/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static distill_status open_for_reading(int *fd, struct stat *info, const char *path)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return distill_fail_errno(DISTILL_IO, "%s", path);
    if (fstat(*fd, info) != 0)
        return distill_fail_errno(DISTILL_IO, "%s", path);
    if (S_ISDIR(info->st_mode))
        return distill_fail(DISTILL_IO, "%s: expected a file, found a folder", path);
    return DISTILL_OK;
}

distill_status distill_file_read(distill_text *out, const char *path, size_t limit)
{
    distill_status status = DISTILL_OK;
    int fd = -1;
    struct stat info;
    size_t start = out->length;
    TRY(open_for_reading(&fd, &info, path));
    if (S_ISREG(info.st_mode) && (uint64_t)info.st_size > limit)
        TRY(distill_fail(DISTILL_LIMIT, "%s: %lld bytes are more than the %zu allowed here", path,
                         (long long)info.st_size, limit));
    for (;;) {
        size_t room = S_ISREG(info.st_mode) ? (size_t)info.st_size + 1 : (size_t)65536;
        TRY(distill_text_reserve(out, out->length + room));
        ssize_t got = read(fd, out->bytes + out->length, out->capacity - out->length - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            TRY(distill_fail_errno(DISTILL_IO, "%s", path));
        out->length += (size_t)got;
        out->bytes[out->length] = '\0';
        if (out->length - start > limit)
            TRY(distill_fail(DISTILL_LIMIT, "%s: longer than the %zu bytes allowed here", path,
                             limit));
        if (got == 0)
            break;
    }
done:
    if (fd >= 0)
        close(fd);
    return status;
}

distill_status distill_file_write(const char *path, const char *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    distill_atomic_file *file = NULL;
    TRY(distill_atomic_open(&file, path));
    TRY(distill_atomic_write(file, bytes, length));
    TRY(distill_atomic_commit(&file));
done:
    distill_atomic_abort(&file);
    return status;
}

bool distill_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool distill_is_directory(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

distill_status distill_file_size(uint64_t *bytes, const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return distill_fail_errno(DISTILL_IO, "%s", path);
    *bytes = (uint64_t)info.st_size;
    return DISTILL_OK;
}

distill_status distill_make_directory(const char *path)
{
    distill_status status = DISTILL_OK;
    distill_text part = {0};
    TRY(distill_text_add(&part, path));
    for (size_t i = 1; i <= part.length; i++) {
        char held = part.bytes[i];
        if (held != '/' && held != '\0')
            continue;
        part.bytes[i] = '\0';
        if (mkdir(part.bytes, 0777) != 0 && errno != EEXIST)
            TRY(distill_fail_errno(DISTILL_IO, "%s: cannot create the folder", part.bytes));
        part.bytes[i] = held;
    }
    if (!distill_is_directory(path))
        TRY(distill_fail(DISTILL_IO, "%s: expected a folder, found a file", path));
done:
    distill_text_free(&part);
    return status;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

distill_status distill_remove_all(const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0)
        return errno == ENOENT ? DISTILL_OK : distill_fail_errno(DISTILL_IO, "%s", path);
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return distill_fail_errno(DISTILL_IO, "%s: cannot be removed", path);
    return DISTILL_OK;
}

distill_status distill_file_copy(const char *to, const char *from)
{
    distill_status status = DISTILL_OK;
    distill_mapping mapping = {0};
    TRY(distill_file_map(&mapping, from));
    TRY(distill_file_write(to, (const char *)mapping.bytes, mapping.length));
done:
    distill_file_unmap(&mapping);
    return status;
}

distill_status distill_path_join(distill_text *out, const char *folder, const char *name)
{
    size_t length = strlen(folder);
    distill_text_clear(out);
    return distill_text_printf(out, "%s%s%s", folder,
                               length > 0 && folder[length - 1] == '/' ? "" : "/", name);
}

distill_status distill_sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return distill_fail_errno(DISTILL_IO, "%s", path);
    int failed = fsync(fd) != 0 && errno != EINVAL; // some file systems cannot sync folders
    distill_status status = failed ? distill_fail_errno(DISTILL_IO, "%s: fsync", path) : DISTILL_OK;
    close(fd);
    return status;
}

distill_status distill_file_map(distill_mapping *out, const char *path)
{
    distill_status status = DISTILL_OK;
    int fd = -1;
    struct stat info;
    *out = (distill_mapping){0};
    TRY(open_for_reading(&fd, &info, path));
    if (info.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED)
            TRY(distill_fail_errno(DISTILL_IO, "%s: cannot be mapped", path));
        *out = (distill_mapping){bytes, (size_t)info.st_size};
    }
done:
    if (fd >= 0)
        close(fd);
    return status;
}

void distill_file_unmap(distill_mapping *mapping)
{
    if (mapping->bytes != NULL)
        munmap((void *)(uintptr_t)mapping->bytes, mapping->length);
    *mapping = (distill_mapping){0};
}

struct distill_atomic_file {
    int fd;
    char *path;
    char *temporary;
};

distill_status distill_atomic_open(distill_atomic_file **out, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_atomic_file *file = NULL;
    distill_text name = {0};
    TRY(DISTILL_NEW(&file, 1));
    file->fd = -1;
    TRY(distill_text_printf(&name, "%s.tmp-%ld", path, (long)getpid()));
    TRY(distill_copy_string(&file->path, path, strlen(path)));
    TRY(distill_copy_string(&file->temporary, name.bytes, name.length));
    file->fd = open(name.bytes, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->fd < 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s: cannot create the temporary file", path));
    *out = file;
    file = NULL;
done:
    distill_atomic_abort(&file);
    distill_text_free(&name);
    return status;
}

distill_status distill_atomic_write(distill_atomic_file *file, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0) {
        ssize_t written = write(file->fd, next, length < (1u << 30) ? length : (1u << 30));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return distill_fail_errno(DISTILL_IO, "%s: writing failed", file->path);
        next += written;
        length -= (size_t)written;
    }
    return DISTILL_OK;
}

const char *distill_atomic_path(const distill_atomic_file *file)
{
    return file->temporary;
}

void distill_atomic_start_writeback(const distill_atomic_file *file)
{
    // best effort: without support by the file system the commit writes the pages
    if (sync_file_range(file->fd, 0, 0, SYNC_FILE_RANGE_WRITE) != 0)
        errno = 0;
}

static distill_status sync_parent(const char *path)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        TRY(distill_text_add(&folder, "."));
    else
        TRY(distill_text_append(&folder, path, slash == path ? 1 : (size_t)(slash - path)));
    TRY(distill_sync_directory(folder.bytes));
done:
    distill_text_free(&folder);
    return status;
}

distill_status distill_atomic_commit(distill_atomic_file **handle)
{
    distill_status status = DISTILL_OK;
    distill_atomic_file *file = *handle;
    if (fsync(file->fd) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s: fsync", file->path));
    if (rename(file->temporary, file->path) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s: cannot sync and rename the temporary file",
                               file->path));
    TRY(sync_parent(file->path));
done:
    distill_atomic_abort(handle);
    return status;
}

void distill_atomic_abort(distill_atomic_file **handle)
{
    distill_atomic_file *file = *handle;
    *handle = NULL;
    if (file == NULL)
        return;
    if (file->fd >= 0) {
        close(file->fd);
        unlink(file->temporary); // after a commit this name does not exist any more
    }
    distill_free(file->path);
    distill_free(file->temporary);
    distill_free(file);
}

/// Process id of the lock's owner, as written in the lock file; 0 if it is not there.
static long lock_owner(int lock)
{
    char text[24] = "";
    ssize_t got = pread(lock, text, sizeof text - 1, 0);
    return got > 0 ? strtol(text, NULL, 10) : 0;
}

/// Writes this process's id into the lock file. Best effort: it is only shown in messages.
static void write_owner(int lock)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) == 0 && pwrite(lock, text, (size_t)length, 0) != length)
        return;
}

/// Tries for a second: a killed process that was blocked on disk I/O keeps its lock until that
/// operation ends.
static bool try_lock(int fd)
{
    static const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    for (int i = 0; i < 20; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK)
            return false;
        nanosleep(&pause, NULL);
    }
    errno = EWOULDBLOCK;
    return false;
}

distill_status distill_lock_take(int *lock, const char *path)
{
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*lock < 0)
        return distill_fail_errno(DISTILL_IO, "%s: cannot create the lock file", path);
    if (try_lock(*lock)) {
        write_owner(*lock);
        return DISTILL_OK;
    }
    distill_status status =
        errno == EWOULDBLOCK
            ? distill_fail(DISTILL_IO,
                           "%s: another process is writing here (pid %ld); wait for it, or choose "
                           "another output",
                           path, lock_owner(*lock))
            : distill_fail_errno(DISTILL_IO, "%s", path);
    close(*lock);
    *lock = -1;
    return status;
}

void distill_lock_release(int *lock)
{
    if (*lock >= 0)
        close(*lock);
    *lock = -1;
}
