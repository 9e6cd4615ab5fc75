// distill/base/file.h - reads, maps, locks and atomically writes files.
//
//     distill_atomic_file *file = NULL;
//     TRY(distill_atomic_open(&file, "out/results.json"));
//     TRY(distill_atomic_write(file, text.bytes, text.length));
//     TRY(distill_atomic_commit(&file));       // fsync, rename, fsync of the folder
// done:
//     distill_atomic_abort(&file);             // does nothing after a commit
//
// An atomic file is written under a temporary name in the same folder. The commit renames it, so
// that readers find either the whole file or none.
#ifndef DISTILL_BASE_FILE_H
#define DISTILL_BASE_FILE_H

#include "distill/base/text.h"

#include <stdio.h>

/// Appends the whole file to `out`. Errors  IO; LIMIT if it is longer than `limit` bytes.
distill_status distill_file_read(distill_text *out, const char *path,
                                 size_t limit) DISTILL_MUST_CHECK;
/// Writes the whole file atomically.
distill_status distill_file_write(const char *path, const char *bytes,
                                  size_t length) DISTILL_MUST_CHECK;
bool distill_file_exists(const char *path);
bool distill_is_directory(const char *path);
distill_status distill_file_size(uint64_t *bytes, const char *path) DISTILL_MUST_CHECK;
/// Creates `path` and the folders above it; an existing folder is not an error.
distill_status distill_make_directory(const char *path) DISTILL_MUST_CHECK;
/// Removes a file or a whole folder; an absent one is not an error. Does not follow symbolic links.
distill_status distill_remove_all(const char *path) DISTILL_MUST_CHECK;
/// Copies a file (atomically, with fsync).
distill_status distill_file_copy(const char *to, const char *from) DISTILL_MUST_CHECK;
/// Sets `out` (cleared first) to "folder/name".
distill_status distill_path_join(distill_text *out, const char *folder,
                                 const char *name) DISTILL_MUST_CHECK;
/// fsync of a folder, so that its entries survive a power failure.
distill_status distill_sync_directory(const char *path) DISTILL_MUST_CHECK;

/// A file mapped read-only. `bytes` is NULL for an empty file.
typedef struct distill_mapping {
    const unsigned char *bytes;
    size_t length;
} distill_mapping;
distill_status distill_file_map(distill_mapping *out, const char *path) DISTILL_MUST_CHECK;
void distill_file_unmap(distill_mapping *mapping);

typedef struct distill_atomic_file distill_atomic_file;
/// Opens PATH.tmp-PID in the folder of `path`.
distill_status distill_atomic_open(distill_atomic_file **out, const char *path) DISTILL_MUST_CHECK;
distill_status distill_atomic_write(distill_atomic_file *file, const void *bytes,
                                    size_t length) DISTILL_MUST_CHECK;
/// The temporary file's name, for libraries that write by name (HDF5); borrowed.
const char *distill_atomic_path(const distill_atomic_file *file);
/// Starts writing the bytes so far to disk without blocking; the commit then takes less time.
void distill_atomic_start_writeback(const distill_atomic_file *file);
/// Frees *file and sets it to NULL, also on failure.
distill_status distill_atomic_commit(distill_atomic_file **file) DISTILL_MUST_CHECK;
void distill_atomic_abort(distill_atomic_file **file);

/// Takes an exclusive lock on PATH (created if absent). *lock is -1 on failure.
/// Errors  IO if another process holds the lock for longer than a second.
distill_status distill_lock_take(int *lock, const char *path) DISTILL_MUST_CHECK;
void distill_lock_release(int *lock);

#endif
