// datasets/sandbox/program/distill_sandbox.c - the program distill-sandbox: runs one untrusted
// program.
//
//   library ─► monitor (this process)    ─► init (process 1 of new namespaces) ─► program
//              outside; maps the user id     builds the root, limits the time,     user nobody,
//              of init, waits for it         kills all processes, reports           filtered
//
// Started by datasets/sandbox/sandbox.c with the descriptors of sandbox_spec.h; not for direct use.
// Stops: reading files of the machine, networks, other processes, processes that outlive the run,
// excessive time, memory, output and files. Does not stop: kernel bugs, side channels
// (docs/sandbox.md). It is a separate program because fork is slow in a large process and unsafe in
// one with threads. It links the C library only, so that it starts fast.
#include "datasets/sandbox/program/sandbox_view.h"
#include "datasets/sandbox/sandbox_spec.h"
#include "distill/base/options/version.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NOBODY = 65534, MOST_SPEC_BYTES = 1 << 20 };

/// What to run: the spec, and what follows it in its file.
typedef struct run_request {
    const sandbox_spec *spec;
    struct sock_fprog filter;
    char *arguments[SANDBOX_MOST_ARGUMENTS + 1];
    view_file files[SANDBOX_MOST_FILES];
} run_request;

static void send_report(const sandbox_report *report)
{
    if (write(SANDBOX_REPORT_FD, report, sizeof *report) != sizeof *report)
        _exit(1); // the library has closed its end
}

/// Reports that the run ended at `stage`, with errno as the reason, and exits.
static void fail(sandbox_stage stage, const char *what)
{
    sandbox_report report = {.stage = stage};
    snprintf(report.message, sizeof report.message, "%s: %s", what, strerror(errno));
    send_report(&report);
    _exit(1);
}

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

// --- the request ---------------------------------------------------------------------------------

/// Checks the counts of a spec against its limits and the bytes after it.
static bool is_valid(const sandbox_spec *spec, size_t bytes)
{
    return spec->version == SANDBOX_VERSION && spec->argument_count > 0 &&
           spec->argument_count <= SANDBOX_MOST_ARGUMENTS &&
           spec->file_count <= SANDBOX_MOST_FILES && spec->filter_count > 0 &&
           spec->filter_count <= SANDBOX_MOST_INSTRUCTIONS &&
           spec->filter_count * sizeof(struct sock_filter) <= bytes - sizeof *spec;
}

static void read_request(run_request *out)
{
    struct stat info;
    if (fstat(SANDBOX_SPEC_FD, &info) != 0 || info.st_size < (off_t)sizeof(sandbox_spec) ||
        info.st_size > MOST_SPEC_BYTES)
        fail(SANDBOX_NOT_MADE, "distill-sandbox is started by the other programs only");
    size_t bytes = (size_t)info.st_size;
    char *block = calloc(1, bytes + 1);
    if (block == NULL || pread(SANDBOX_SPEC_FD, block, bytes, 0) != (ssize_t)bytes)
        fail(SANDBOX_NOT_MADE, "reading the request");
    out->spec = (const sandbox_spec *)(const void *)block;
    const sandbox_spec *spec = out->spec;
    if (!is_valid(spec, bytes)) {
        errno = EINVAL;
        fail(SANDBOX_NOT_MADE, "distill-sandbox and the program that starts it differ in version");
    }
    char *at = block + sizeof *spec, *end = block + bytes;
    out->filter =
        (struct sock_fprog){(unsigned short)spec->filter_count, (struct sock_filter *)(void *)at};
    at += spec->filter_count * sizeof(struct sock_filter);
    for (uint32_t i = 0; i < spec->argument_count + spec->file_count; i++) {
        if (i < spec->argument_count)
            out->arguments[i] = at;
        else
            out->files[i - spec->argument_count] =
                (view_file){at, SANDBOX_FIRST_FILE + (int)(i - spec->argument_count)};
        at += strnlen(at, (size_t)(end - at)) + (at < end ? 1 : 0);
    }
}

// --- the program ---------------------------------------------------------------------------------

static void limit(int resource, uint64_t soft, uint64_t hard)
{
    struct rlimit value = {soft, hard};
    if (setrlimit((__rlimit_resource_t)resource, &value) != 0)
        _exit(126);
}

static void set_limits(const sandbox_spec *spec)
{
    uint64_t tasks = spec->processes > 0 ? spec->processes : 64; // threads
    limit(RLIMIT_CPU, spec->cpu_s, spec->cpu_s + 1);
    limit(RLIMIT_AS, spec->memory_bytes, spec->memory_bytes);
    limit(RLIMIT_STACK, spec->stack_bytes, spec->stack_bytes);
    limit(RLIMIT_FSIZE, spec->file_bytes, spec->file_bytes);
    limit(RLIMIT_NOFILE, 64, 64);
    limit(RLIMIT_NPROC, tasks, tasks);
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_MEMLOCK, 0, 0);
    limit(RLIMIT_MSGQUEUE, 0, 0);
    limit(RLIMIT_SIGPENDING, 256, 256);
}

static void drop_rights(void)
{
    for (int capability = 0; capability < 64; capability++)
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0); // fails for numbers above the last one
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        _exit(126);
}

/// Becomes the program. If that fails, errno is written to `failure`, which execve closes.
static void become_program(const run_request *request, int failure)
{
    static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
                                        "HOME=/tmp",
                                        "LANG=C.UTF-8",
                                        "OMP_NUM_THREADS=1",
                                        "ONLINE_JUDGE=1",
                                        NULL};
    const sandbox_spec *spec = request->spec;
    int first = 3;
    if (spec->has_channel && dup2(SANDBOX_CHANNEL_FD, first++) < 0)
        _exit(126);
    if (spec->result_channel && dup2(SANDBOX_RESULT_FD, first++) < 0)
        _exit(126);
    if (dup3(failure, first, O_CLOEXEC) < 0) // the highest descriptor; all above it are closed
        _exit(126);
    syscall(SYS_close_range, first + 1, ~0U, 0);
    setsid();
    set_limits(spec);
    drop_rights();
    if (chdir("/tmp") == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &request->filter, 0, 0) == 0)
        execve(request->arguments[0], request->arguments, environment);
    int error = errno;
    if (write(first, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

// --- init, process 1 -----------------------------------------------------------------------------

/// Waits until the program ends, its time is up, or the library closes its end. Returns whether the
/// time was up. Time during which this process did not run either (the machine was suspended, the
/// job was stopped) does not count: each poll counts at most twice its timeout.
static int watch(pid_t program, uint64_t wall_ms)
{
    enum { PAUSE_MS = 100 };
    uint64_t left_us = wall_ms * 1000, polled_us = now_us();
    struct pollfd events[2] = {{.fd = (int)syscall(SYS_pidfd_open, program, 0), .events = POLLIN},
                               {.fd = SANDBOX_REPORT_FD, .events = POLLRDHUP}};
    if (events[0].fd < 0)
        fail(SANDBOX_NOT_MADE, "pidfd_open");
    for (;;) {
        uint64_t pause_ms = left_us / 1000 < PAUSE_MS ? left_us / 1000 + 1 : PAUSE_MS;
        int ready = poll(events, 2, (int)pause_ms);
        if (ready < 0 && errno != EINTR)
            fail(SANDBOX_NOT_MADE, "waiting for the program");
        if (ready > 0 && events[1].revents != 0)
            _exit(0); // the end of process 1 kills all processes of its namespace
        if (ready > 0)
            return 0;
        uint64_t passed_us = now_us() - polled_us;
        polled_us += passed_us;
        if (passed_us > 2000 * pause_ms)
            passed_us = 2000 * pause_ms;
        if (passed_us >= left_us)
            return 1;
        left_us -= passed_us;
    }
}

/// Copies /tmp/RESULT, if it is a regular file, to its descriptor; returns its size.
static uint64_t copy_result(const sandbox_spec *spec)
{
    char path[80];
    struct stat info;
    off_t from = 0;
    snprintf(path, sizeof path, "/tmp/%s", spec->result_name);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        return 0;
    while (from < info.st_size &&
           sendfile(SANDBOX_RESULT_FD, fd, &from, (size_t)(info.st_size - from)) > 0)
        ;
    close(fd);
    return (uint64_t)from;
}

/// Kills and reaps all processes; fills in how the program ended and what was used.
static void reap_all(sandbox_report *report, pid_t program)
{
    int ended;
    kill(-1, SIGKILL);
    for (pid_t pid; (pid = waitpid(-1, &ended, 0)) > 0 || (pid < 0 && errno == EINTR);) {
        if (pid != program)
            continue;
        report->exit_status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
        report->signal = WIFSIGNALED(ended) ? WTERMSIG(ended) : 0;
    }
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    report->cpu_us = (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
                     (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    report->peak_bytes = (uint64_t)used.ru_maxrss * 1024;
}

/// Becomes the user nobody, and keeps the capabilities in its user namespace, which the program
/// drops.
static void take_identity(void)
{
    char go;
    if (read(SANDBOX_SPEC_FD, &go, 1) != 1) // until the monitor has mapped the ids
        _exit(1);
    if (setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
        fail(SANDBOX_NOT_MADE, "becoming nobody in a user namespace");
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

static void run_init(const run_request *request)
{
    const sandbox_spec *spec = request->spec;
    sandbox_report report = {.stage = SANDBOX_RAN};
    int failure[2], error = 0;
    take_identity();
    if (sethostname("sandbox", 7) != 0)
        fail(SANDBOX_NOT_MADE, "sethostname in a user namespace");
    const char *failed = sandbox_view_make(request->files, spec->file_count, spec->scratch_bytes,
                                           (int)spec->executable);
    if (failed != NULL)
        fail(SANDBOX_NOT_MADE, failed);
    if (pipe2(failure, O_CLOEXEC) != 0)
        fail(SANDBOX_NOT_MADE, "pipe");
    uint64_t start = now_us();
    pid_t program = fork();
    if (program < 0)
        fail(SANDBOX_NOT_MADE, "fork");
    if (program == 0)
        become_program(request, failure[1]);
    close(failure[1]);
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    if (spec->has_channel)
        close(SANDBOX_CHANNEL_FD); // so that the other end reads end of file when the program ends
    report.wall_expired = (uint32_t)watch(program, spec->wall_ms);
    report.wall_us = now_us() - start;
    reap_all(&report, program);
    if (read(failure[0], &error, sizeof error) == sizeof error) {
        errno = error;
        fail(SANDBOX_NOT_STARTED, request->arguments[0]);
    }
    if (spec->result_name[0] != '\0')
        report.result_bytes = copy_result(spec);
    send_report(&report);
    _exit(0);
}

// --- the monitor ---------------------------------------------------------------------------------

static int write_proc(pid_t pid, const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t written = write(fd, text, strlen(text));
    int error = errno;
    close(fd);
    errno = error;
    return written == (ssize_t)strlen(text) ? 0 : -1;
}

/// Maps the user nobody of the namespace to nobody outside if root runs this, else to the user that
/// does. If root were mapped, it would be exempt from the limit on processes.
static int map_ids(pid_t pid)
{
    char uids[64], gids[64];
    unsigned uid = geteuid() == 0 ? NOBODY : geteuid(), gid = geteuid() == 0 ? NOBODY : getegid();
    snprintf(uids, sizeof uids, "%u %u 1\n", NOBODY, uid);
    snprintf(gids, sizeof gids, "%u %u 1\n", NOBODY, gid);
    if (geteuid() != 0 && write_proc(pid, "setgroups", "deny") != 0)
        return -1;
    return write_proc(pid, "gid_map", gids) == 0 ? write_proc(pid, "uid_map", uids) : -1;
}

/// Forks into new namespaces.
static pid_t clone_init(void)
{
    unsigned long flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
                          CLONE_NEWUTS | CLONE_NEWCGROUP | SIGCHLD;
    return (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
}

static const char HELP[] =
    "distill-sandbox - runs one untrusted program in a sandbox, for the other programs of distill\n"
    "\n"
    "Usage: distill-sandbox [--help | --version]\n"
    "\n"
    "It is started by distill-gen, distill-filter, distill-train, distill-bench and distill, "
    "which\n"
    "pass what to run on descriptor 3 and read the report from descriptor 4; it does nothing by\n"
    "itself and takes no other arguments. `distill doctor` says whether it works on this machine;\n"
    "docs/sandbox.md describes what it stops and what it needs.\n"
    "\n"
    "Exit status: 0 done (the report says how the program ended), 1 failed, 2 bad usage.\n";

/// Handles --help, --version and a start by hand (descriptor 4 is not a socket), and exits after
/// them.
static void answer_arguments(int argc, char **argv)
{
    struct stat report;
    if (argc == 1 && fstat(SANDBOX_REPORT_FD, &report) == 0 && S_ISSOCK(report.st_mode))
        return;
    bool help = argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    bool version = argc == 2 && strcmp(argv[1], "--version") == 0;
    if (version)
        printf("distill-sandbox %s\n", DISTILL_VERSION);
    else
        fputs(HELP, help ? stdout : stderr);
    exit(help || version ? 0 : 2);
}

int main(int argc, char **argv)
{
    run_request request = {.spec = NULL};
    int go[2];
    answer_arguments(argc, argv);
    read_request(&request);
    syscall(SYS_close_range, SANDBOX_FIRST_FILE + request.spec->file_count, ~0U, 0);
    if (geteuid() == 0 && setgroups(0, NULL) != 0)
        fail(SANDBOX_NOT_MADE, "setgroups");
    if (pipe2(go, O_CLOEXEC) != 0)
        fail(SANDBOX_NOT_MADE, "pipe");
    pid_t pid = clone_init();
    if (pid < 0)
        fail(SANDBOX_NOT_MADE, "new namespaces are not permitted here");
    if (pid == 0) {
        close(go[1]);
        if (dup2(go[0], SANDBOX_SPEC_FD) < 0)
            _exit(1);
        run_init(&request);
    }
    close(go[0]);
    for (int fd = 0; fd < SANDBOX_REPORT_FD; fd++)
        close(fd);
    if (request.spec->has_channel)
        close(SANDBOX_CHANNEL_FD);
    if (map_ids(pid) != 0)
        fail(SANDBOX_NOT_MADE, "mapping a user in a new namespace");
    if (write(go[1], "", 1) != 1)
        fail(SANDBOX_NOT_MADE, "starting process 1");
    int ended = 0;
    while (waitpid(pid, &ended, 0) < 0 && errno == EINTR)
        ;
    return 0;
}
