// datasets/sandbox/program/sandbox_view.c - builds the root file system of a program.
//
// The new root is a tmpfs mounted over an existing folder. Folders and devices of the machine are
// bind-mounted into it, each mount is made read-only with all mounts below it (mount_setattr, Linux
// 5.12), and pivot_root makes it the root. The mounts exist in this mount namespace only.
#include "datasets/sandbox/program/sandbox_view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Where the new root is built.
#define PLACE "/tmp"
static const char *const FOLDERS[] = {"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"};
static const char *const ETC[] = {"etc/ld.so.cache", "etc/alternatives"};
static const char *const DEVICES[] = {"dev/null", "dev/zero", "dev/full", "dev/random",
                                      "dev/urandom"};

/// Standard input by its name. It is a copy: as on Linux, opening it begins at its beginning.
static const view_file INPUT = {"stdin", 0};

// As in linux/mount.h, which cannot be included together with sys/mount.h everywhere.
enum { READ_ONLY = 1, NO_SUID = 2, NO_DEVICES = 4, RECURSIVE = 0x8000 };
typedef struct mount_change {
    uint64_t set, clear, propagation, user_namespace;
} mount_change;

/// Makes a mount and all mounts below it read-only, without set-user-ID programs.
static int make_read_only(const char *path, uint64_t more)
{
    mount_change change = {.set = READ_ONLY | NO_SUID | more};
    return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, RECURSIVE, &change, sizeof change);
}

/// Mounts /NAME at PLACE/NAME, which exists.
static int show(const char *name, uint64_t attributes)
{
    char from[64], to[80];
    snprintf(from, sizeof from, "/%s", name);
    snprintf(to, sizeof to, PLACE "/%s", name);
    if (mount(from, to, NULL, MS_BIND | MS_REC, NULL) != 0)
        return -1;
    return make_read_only(to, attributes);
}

/// Shows a folder of the machine, or makes the same link; skips it if the machine does not have it.
static int show_folder(const char *name)
{
    char from[64], to[80], target[256];
    struct stat found;
    snprintf(from, sizeof from, "/%s", name);
    snprintf(to, sizeof to, PLACE "/%s", name);
    if (lstat(from, &found) != 0)
        return 0;
    if (S_ISLNK(found.st_mode)) {
        ssize_t length = readlink(from, target, sizeof target - 1);
        if (length < 0)
            return -1;
        target[length] = '\0';
        return symlink(target, to);
    }
    return mkdir(to, 0755) == 0 ? show(name, NO_DEVICES) : -1;
}

/// Shows a file, device or folder of the machine; skips it if the machine does not have it.
static int show_file(const char *name, uint64_t attributes)
{
    char from[64], to[80];
    struct stat found;
    snprintf(from, sizeof from, "/%s", name);
    snprintf(to, sizeof to, PLACE "/%s", name);
    if (stat(from, &found) != 0)
        return 0;
    if (S_ISDIR(found.st_mode))
        return mkdir(to, 0755) == 0 ? show(name, attributes) : -1;
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (fd < 0)
        return -1;
    close(fd);
    return show(name, attributes);
}

/// Copies a file to PLACE/folder/NAME.
static int copy_in(const view_file *file, const char *folder, mode_t mode)
{
    char path[128];
    off_t from = 0;
    struct stat info;
    snprintf(path, sizeof path, PLACE "/%s/%s", folder, file->name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0 || fstat(file->fd, &info) != 0)
        return -1;
    while (from < info.st_size) {
        if (sendfile(fd, file->fd, &from, (size_t)(info.st_size - from)) <= 0) {
            close(fd);
            return -1;
        }
    }
    return close(fd);
}

/// Makes PLACE the root and unmounts the old root.
static int change_root(void)
{
    if (chdir(PLACE) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
        umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
        return -1;
    return mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL);
}

/// Builds the root up to /tmp; returns the name of the step that failed.
static const char *make_root(const view_file *files, size_t count, int executable)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return "private mounts";
    if (mount("root", PLACE, "tmpfs", MS_NOSUID, "mode=755,size=1g,nr_inodes=256") != 0)
        return "a file system in memory";
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        if (show_folder(FOLDERS[i]) != 0)
            return "a view of /usr and /lib";
    if (mkdir(PLACE "/etc", 0755) != 0 || mkdir(PLACE "/dev", 0755) != 0 ||
        mkdir(PLACE "/box", 0755) != 0 || mkdir(PLACE "/tmp", 0755) != 0)
        return "folders";
    for (size_t i = 0; i < sizeof ETC / sizeof *ETC; i++)
        if (show_file(ETC[i], NO_DEVICES) != 0)
            return "a view of /etc";
    for (size_t i = 0; i < sizeof DEVICES / sizeof *DEVICES; i++)
        if (show_file(DEVICES[i], 0) != 0)
            return "devices";
    for (size_t i = 0; i < count; i++)
        if (copy_in(&files[i], "box", executable ? 0555 : 0444) != 0)
            return "the files of the program";
    if (copy_in(&INPUT, "dev", 0444) != 0 || mkdir(PLACE "/dev/fd", 0755) != 0 ||
        symlink("../stdin", PLACE "/dev/fd/0") != 0)
        return "the input of the program";
    return NULL;
}

const char *sandbox_view_make(const view_file *files, size_t count, uint64_t scratch_bytes,
                              int executable)
{
    char settings[96];
    const char *failed = make_root(files, count, executable);
    if (failed != NULL)
        return failed;
    snprintf(settings, sizeof settings, "mode=700,size=%llu,nr_inodes=4096",
             (unsigned long long)scratch_bytes);
    if (mount("scratch", PLACE "/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, settings) != 0)
        return "a scratch folder";
    return change_root() == 0 ? NULL : "a new root";
}
