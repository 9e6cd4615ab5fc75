// datasets/sandbox/program/sandbox_view.h - the root file system of a program in the sandbox.
// Private to distill-sandbox.
//
//     /usr  /bin /lib /lib64 /sbin    those of the machine, read-only (links stay links)
//     /etc/ld.so.cache, /etc/alternatives                     read-only
//     /dev/null zero full random urandom
//     /dev/stdin, /dev/fd/0           the input, read-only
//     /box/NAME                       the files of the job, read-only
//     /tmp                            empty, writable, of limited size; the working directory
//
// Nothing else: no /proc, /sys, /home or /run, and no socket of a service.
#ifndef DATASETS_SANDBOX_PROGRAM_SANDBOX_VIEW_H
#define DATASETS_SANDBOX_PROGRAM_SANDBOX_VIEW_H

#include <stddef.h>
#include <stdint.h>

typedef struct view_file {
    const char *name; // without a folder
    int fd;           // its content, from the beginning
} view_file;

/// Replaces the root of this process, which must be in a mount namespace of its own and have the
/// capabilities of its user namespace. With `executable`, the files may be executed. Returns NULL,
/// or the name of the step that failed, with errno set.
const char *sandbox_view_make(const view_file *files, size_t count, uint64_t scratch_bytes,
                              int executable);

#endif
