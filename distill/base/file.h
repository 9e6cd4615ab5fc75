// distill/base/file.h - reading, mapping, locking, and writing that is complete or absent.
//
//     distill_atomic_file *file = NULL;
//     TRY(distill_atomic_open(&file, "out/results.json"));
//     TRY(distill_atomic_write(file, text.bytes, text.length));
//     TRY(distill_atomic_commit(&file));       // fsync, rename, fsync of the folder
// done:
//     distill_atomic_abort(&file);             // after a commit: nothing to do
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
/// Creates `path` and the folders above it; an existing folder is no error.
distill_status distill_make_directory(const char *path) DISTILL_MUST_CHECK;
/// Removes a file or a whole folder; an absent one is no error. Links are not followed.
distill_status distill_remove_all(const char *path) DISTILL_MUST_CHECK;
/// Copies a file (atomically, with fsync).
distill_status distill_file_copy(const char *to, const char *from) DISTILL_MUST_CHECK;
/// Sets `out` (cleared first) to "folder/name".
distill_status distill_path_join(distill_text *out, const char *folder,
                                 const char *name) DISTILL_MUST_CHECK;
/// fsync of a folder, so that names in it survive a power cut.
distill_status distill_sync_directory(const char *path) DISTILL_MUST_CHECK;

/// A file mapped read-only. `bytes` is NULL for an empty file.
typedef struct distill_mapping {
    const unsigned char *bytes;
    size_t length;
} distill_mapping;
distill_status distill_file_map(distill_mapping *out, const char *path) DISTILL_MUST_CHECK;
void distill_file_unmap(distill_mapping *mapping);

typedef struct distill_atomic_file distill_atomic_file;
/// Opens PATH.tmp-PID in the same folder.
distill_status distill_atomic_open(distill_atomic_file **out, const char *path) DISTILL_MUST_CHECK;
distill_status distill_atomic_write(distill_atomic_file *file, const void *bytes,
                                    size_t length) DISTILL_MUST_CHECK;
/// The temporary file's name, for libraries that write by name (HDF5); borrowed.
const char *distill_atomic_path(const distill_atomic_file *file);
/// Begins to move to the disk what was written so far, without waiting: the commit waits less.
void distill_atomic_hurry(const distill_atomic_file *file);
/// Frees *file and sets it to NULL whether it succeeds or not.
distill_status distill_atomic_commit(distill_atomic_file **file) DISTILL_MUST_CHECK;
void distill_atomic_abort(distill_atomic_file **file);

/// Takes an exclusive lock on PATH (created if absent); IO if another process still has it after a
/// second. -1 when closed.
distill_status distill_lock_take(int *lock, const char *path) DISTILL_MUST_CHECK;
void distill_lock_release(int *lock);

#endif
