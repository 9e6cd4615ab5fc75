// datasets/sandbox/program/sandbox_view.h - the files that a program in the sandbox sees.
//
//     /usr  /bin /lib /lib64 /sbin    the machine's, read-only (links where the machine has links)
//     /etc/ld.so.cache, /etc/alternatives                     read-only
//     /dev/null zero full random urandom
//     /box/NAME                       the files given to it, read-only
//     /tmp                            empty, writable, of limited size; the working directory
//
// Nothing else: no /proc, /sys, /home, /run, no socket of a service. Private to distill-sandbox.
#ifndef DATASETS_SANDBOX_PROGRAM_SANDBOX_VIEW_H
#define DATASETS_SANDBOX_PROGRAM_SANDBOX_VIEW_H

#include <stddef.h>
#include <stdint.h>

typedef struct view_file {
    const char *name; // without folder
    int fd;           // its content, from the start
} view_file;

/// In a mount namespace of its own, with the rights of its user namespace. Files become executable
/// if `executable`. NULL, or which step failed (errno says why).
const char *sandbox_view_make(const view_file *files, size_t count, uint64_t scratch_bytes,
                              int executable);

#endif
