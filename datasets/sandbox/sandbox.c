// datasets/sandbox/sandbox.c - starts distill-sandbox, waits for its report and reads the output.
//
// Input and output are memory files, so that no pipe can block and the limit on file sizes is the
// limit on output. The filter for system calls is compiled once in a process and passed with every
// run, so that distill-sandbox needs no library and starts fast.
#include "datasets/sandbox/sandbox.h"

#include "datasets/sandbox/sandbox_spec.h"
#include "datasets/sandbox/system_calls.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/program_path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_FDS = SANDBOX_FIRST_FILE + SANDBOX_MOST_FILES, START_GRACE_S = 60 };
static const size_t MOST_OUTPUT = (size_t)1 << 30;

struct sandbox {
    pid_t monitor;     // the process distill-sandbox; 0 = none
    int report;        // this end of the socket
    int fds[MOST_FDS]; // by their numbers in distill-sandbox; -1 = none
    sandbox_limits limits;
    char missing[200]; // why nothing was started; "" = it was started
};

// --- finding the program -------------------------------------------------------------------------

static distill_text program_path; // empty = not found
static pthread_once_t program_once = PTHREAD_ONCE_INIT;

static void find_program(void)
{
    bool found = false;
    if (distill_program_beside(&program_path, &found, "distill-sandbox") != DISTILL_OK)
        distill_text_clear(&program_path);
}

// --- starting ------------------------------------------------------------------------------------

/// Makes a memory file with `content`, positioned at its beginning.
static distill_status make_file(int *out, distill_span content)
{
    size_t done = 0;
    int fd = memfd_create("sandbox", MFD_CLOEXEC);
    while (fd >= 0 && done < content.length) {
        ssize_t written = pwrite(fd, content.bytes + done, content.length - done, (off_t)done);
        if (written <= 0 && errno != EINTR)
            break;
        done += written > 0 ? (size_t)written : 0;
    }
    *out = fd;
    if (fd < 0 || done < content.length)
        return distill_fail_errno(DISTILL_IO, "sandbox: a memory file of %zu bytes",
                                  content.length);
    return DISTILL_OK;
}

/// RLIMIT_CPU in whole seconds. The kernel counts ticks and may act a little early.
static uint64_t whole_seconds(double s)
{
    return (uint64_t)ceil(s + 0.2);
}

/// The compiled filter for a policy, kept for the life of the process.
static distill_status filter_of(distill_span *out, process_policy policy)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static distill_text filters[PROCESS_POLICIES];
    distill_status status = DISTILL_OK;
    pthread_mutex_lock(&lock);
    distill_text *filter = &filters[policy];
    if (filter->length == 0)
        status = system_calls_compile(filter, policy, CALLS_NATIVE);
    if (status != DISTILL_OK)
        distill_text_free(filter);
    *out = distill_text_span(filter);
    pthread_mutex_unlock(&lock);
    return status;
}

static distill_status write_spec(distill_text *out, const sandbox_job *job, distill_span filter)
{
    distill_status status = DISTILL_OK;
    const sandbox_limits *l = &job->limits;
    sandbox_spec spec = {.version = SANDBOX_VERSION,
                         .argument_count = (uint32_t)job->argument_count,
                         .file_count = (uint32_t)job->file_count,
                         .filter_count = (uint32_t)(filter.length / sizeof(struct sock_filter)),
                         .has_channel = job->channel > 0,
                         .result_channel = job->result_channel,
                         .cpu_s = whole_seconds(l->cpu_s),
                         .memory_bytes = l->memory_bytes,
                         .stack_bytes = l->stack_bytes,
                         .file_bytes = l->output_bytes,
                         .scratch_bytes = l->scratch_bytes,
                         .processes = l->processes,
                         .wall_ms = (uint64_t)(1000 * l->wall_s),
                         .executable = job->executable};
    if (job->result_name != NULL)
        snprintf(spec.result_name, sizeof spec.result_name, "%s", job->result_name);
    TRY(distill_text_append(out, (const char *)&spec, sizeof spec));
    TRY(distill_text_add_span(out, filter));
    for (size_t i = 0; i < job->argument_count; i++)
        TRY(distill_text_append(out, job->arguments[i], strlen(job->arguments[i]) + 1));
    for (size_t i = 0; i < job->file_count; i++)
        TRY(distill_text_append(out, job->files[i].name, strlen(job->files[i].name) + 1));
done:
    return status;
}

/// Opens all descriptors of distill-sandbox.
static distill_status open_files(sandbox *box, const sandbox_job *job, distill_span filter)
{
    static const distill_span NOTHING = {"", 0};
    distill_status status = DISTILL_OK;
    distill_text spec = {0};
    int ends[2] = {-1, -1};
    TRY(write_spec(&spec, job, filter));
    TRY(make_file(&box->fds[0], job->input));
    TRY(make_file(&box->fds[1], NOTHING));
    TRY(make_file(&box->fds[2], NOTHING));
    TRY(make_file(&box->fds[SANDBOX_SPEC_FD], distill_text_span(&spec)));
    TRY(make_file(&box->fds[SANDBOX_RESULT_FD], NOTHING));
    for (size_t i = 0; i < job->file_count; i++)
        TRY(make_file(&box->fds[SANDBOX_FIRST_FILE + i], job->files[i].content));
    box->fds[SANDBOX_CHANNEL_FD] =
        job->channel > 0 ? fcntl(job->channel, F_DUPFD_CLOEXEC, 0) : open("/dev/null", O_CLOEXEC);
    if (box->fds[SANDBOX_CHANNEL_FD] < 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "sandbox: a socket"));
    box->report = ends[0];
    box->fds[SANDBOX_REPORT_FD] = ends[1];
done:
    distill_text_free(&spec);
    return status;
}

/// Starts distill-sandbox with each descriptor under its number; returns errno. Descriptors with
/// low numbers are first moved above all of those numbers, so that none overwrites another.
static int spawn(sandbox *box)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    char *const arguments[] = {"distill-sandbox", NULL}, *const environment[] = {NULL};
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    int error = 0;
    for (int i = 0; i < MOST_FDS && error == 0; i++) {
        if (box->fds[i] >= 0 && box->fds[i] < MOST_FDS) {
            int higher = fcntl(box->fds[i], F_DUPFD_CLOEXEC, MOST_FDS);
            error = higher < 0 ? errno : 0;
            close(box->fds[i]);
            box->fds[i] = higher;
        }
        if (box->fds[i] >= 0 && error == 0)
            error = posix_spawn_file_actions_adddup2(&actions, box->fds[i], i);
    }
    if (error == 0)
        error = posix_spawn(&box->monitor, program_path.bytes, &actions, &attributes, arguments,
                            environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/// Finds and starts distill-sandbox, or sets box->missing.
static void start_program(sandbox *box)
{
    pthread_once(&program_once, find_program);
    if (program_path.length == 0) {
        snprintf(box->missing, sizeof box->missing,
                 "the program distill-sandbox is not in the folder of the other programs");
        return;
    }
    int error = spawn(box);
    if (error != 0)
        snprintf(box->missing, sizeof box->missing, "distill-sandbox: %s", strerror(error));
}

static distill_status check_counts(const sandbox_job *job)
{
    if (job->file_count > SANDBOX_MOST_FILES)
        return distill_fail(DISTILL_LIMIT, "sandbox: %zu files; at most %d are possible",
                            job->file_count, SANDBOX_MOST_FILES);
    if (job->argument_count == 0 || job->argument_count > SANDBOX_MOST_ARGUMENTS)
        return distill_fail(DISTILL_LIMIT, "sandbox: %zu arguments; 1 to %d are possible",
                            job->argument_count, SANDBOX_MOST_ARGUMENTS);
    return DISTILL_OK;
}

distill_status sandbox_start(sandbox **out, const sandbox_job *job)
{
    distill_status status = DISTILL_OK;
    distill_span filter;
    sandbox *box = NULL;
    TRY(check_counts(job));
    TRY(DISTILL_NEW(&box, 1));
    box->report = -1;
    box->limits = job->limits;
    for (int i = 0; i < MOST_FDS; i++)
        box->fds[i] = -1;
    status = filter_of(&filter, job->limits.processes > 0 ? PROCESSES : THREADS_ONLY);
    if (status == DISTILL_UNSUPPORTED) { // no sandbox here: an outcome, not an error
        snprintf(box->missing, sizeof box->missing, "%.190s", distill_error_message());
        filter = (distill_span){"", 0};
        status = DISTILL_OK;
    }
    TRY(status);
    TRY(open_files(box, job, filter));
    if (box->missing[0] == '\0')
        start_program(box);
    for (int i = 0; i < MOST_FDS; i++) // what the program writes is read at its end
        if (i != 1 && i != 2 && i != SANDBOX_RESULT_FD)
            close_fd(&box->fds[i]);
    *out = box;
    box = NULL;
done:
    sandbox_abandon(&box);
    return status;
}

// --- waiting -------------------------------------------------------------------------------------

/// Receives the report and reaps the monitor. Without a report, the sandbox itself has failed.
static void wait_for_report(sandbox_report *report, sandbox *box)
{
    struct pollfd event = {.fd = box->report, .events = POLLIN};
    int pauses = 4 * (int)box->limits.wall_s + START_GRACE_S, ready, ended;
    do // each poll counts as its timeout: see watch() in distill_sandbox.c
        ready = poll(&event, 1, 1000);
    while ((ready == 0 && pauses-- > 0) || (ready < 0 && errno == EINTR));
    ssize_t got = ready > 0 ? recv(box->report, report, sizeof *report, 0) : 0;
    if (got != sizeof *report) {
        *report = (sandbox_report){.stage = SANDBOX_NOT_MADE};
        snprintf(report->message, sizeof report->message, "%s",
                 ready > 0 ? "it ended without a report" : "it did not report in time");
        kill(box->monitor, SIGKILL);
    }
    close_fd(&box->report);
    while (waitpid(box->monitor, &ended, 0) < 0 && errno == EINTR)
        ;
    box->monitor = 0;
}

/// Reads a memory file that the program has written; at most MOST_OUTPUT bytes.
static distill_status read_back(distill_text *out, int fd)
{
    distill_status status = DISTILL_OK;
    struct stat info;
    distill_text_clear(out);
    if (fstat(fd, &info) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "sandbox: the output of the program"));
    size_t length = (size_t)info.st_size < MOST_OUTPUT ? (size_t)info.st_size : MOST_OUTPUT;
    TRY(distill_text_reserve(out, length));
    for (size_t done = 0; done < length;) {
        ssize_t got = pread(fd, out->bytes + done, length - done, (off_t)done);
        if (got <= 0)
            break;
        done += (size_t)got;
        out->length = done;
    }
    if (length > 0)
        out->bytes[out->length] = '\0';
done:
    return status;
}

static bool mentions(const distill_text *text, const char *word)
{
    return distill_span_find_last(distill_text_span(text), distill_span_of(word)) != SIZE_MAX;
}

/// A program that failed with three quarters of its memory in use, or reported it, ran out of
/// memory.
static bool out_of_memory(const sandbox_result *r, const sandbox_limits *limits)
{
    return r->peak_bytes > limits->memory_bytes / 4 * 3 || mentions(&r->errors, "MemoryError") ||
           mentions(&r->errors, "std::bad_alloc");
}

/// Sets the outcome of a run from the report and the sizes of its output.
static void classify(sandbox_result *r, const sandbox_report *report, const sandbox_limits *limits)
{
    bool failed = report->signal != 0 || report->exit_status != 0;
    r->code = report->signal != 0 ? report->signal : report->exit_status;
    if (report->stage == SANDBOX_NOT_MADE)
        r->outcome = SANDBOX_UNAVAILABLE;
    else if (report->stage == SANDBOX_NOT_STARTED)
        r->outcome = SANDBOX_NO_PROGRAM;
    else if (report->signal == SIGSYS)
        r->outcome = SANDBOX_REFUSED;
    else if (report->wall_expired || report->signal == SIGXCPU || r->cpu_s > limits->cpu_s)
        r->outcome = SANDBOX_TIME;
    else if (report->signal == SIGXFSZ || r->output.length >= limits->output_bytes ||
             r->errors.length >= limits->output_bytes)
        r->outcome = SANDBOX_OUTPUT;
    else if (failed && out_of_memory(r, limits))
        r->outcome = SANDBOX_MEMORY;
    else if (report->signal != 0)
        r->outcome = SANDBOX_SIGNAL;
    else
        r->outcome = report->exit_status == 0 ? SANDBOX_OK : SANDBOX_EXIT;
}

distill_status sandbox_finish(sandbox_result *result, sandbox **in)
{
    distill_status status = DISTILL_OK;
    sandbox *box = *in;
    sandbox_report report = {.stage = SANDBOX_NOT_MADE};
    if (box == NULL)
        return DISTILL_OK;
    if (box->monitor > 0)
        wait_for_report(&report, box);
    else
        snprintf(report.message, sizeof report.message, "%s", box->missing);
    TRY(read_back(&result->output, box->fds[1]));
    TRY(read_back(&result->errors, box->fds[2]));
    TRY(read_back(&result->result, box->fds[SANDBOX_RESULT_FD]));
    result->cpu_s = (double)report.cpu_us * 1e-6;
    result->wall_s = (double)report.wall_us * 1e-6;
    result->peak_bytes = report.peak_bytes;
    report.message[sizeof report.message - 1] = '\0';
    memcpy(result->message, report.message, sizeof result->message);
    classify(result, &report, &box->limits);
done:
    sandbox_abandon(in);
    return status;
}

void sandbox_abandon(sandbox **in)
{
    sandbox *box = *in;
    if (box == NULL)
        return;
    close_fd(&box->report); // process 1 detects this and ends the run
    if (box->monitor > 0) {
        while (waitpid(box->monitor, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    for (int i = 0; i < MOST_FDS; i++)
        close_fd(&box->fds[i]);
    distill_free(box);
    *in = NULL;
}

distill_status sandbox_run(sandbox_result *result, const sandbox_job *job)
{
    distill_status status = DISTILL_OK;
    sandbox *box = NULL;
    TRY(sandbox_start(&box, job));
    TRY(sandbox_finish(result, &box));
done:
    return status;
}

void sandbox_result_free(sandbox_result *result)
{
    distill_text_free(&result->output);
    distill_text_free(&result->errors);
    distill_text_free(&result->result);
    *result = (sandbox_result){.outcome = SANDBOX_UNAVAILABLE};
}

// --- availability and messages -------------------------------------------------------------------

static char missing_reason[256]; // "" = the sandbox works
static pthread_once_t missing_once = PTHREAD_ONCE_INIT;

static void try_sandbox(void)
{
    const char *arguments[] = {"/usr/bin/true"};
    sandbox_job job = {.arguments = arguments, .argument_count = 1, .limits = SANDBOX_DEFAULTS};
    sandbox_result result = {.outcome = SANDBOX_UNAVAILABLE};
    if (sandbox_run(&result, &job) != DISTILL_OK)
        snprintf(missing_reason, sizeof missing_reason, "%.240s", distill_error_message());
    else if (result.outcome == SANDBOX_UNAVAILABLE)
        snprintf(missing_reason, sizeof missing_reason, "%s",
                 result.message[0] != '\0' ? result.message : "it did not start");
    sandbox_result_free(&result);
}

const char *sandbox_missing(void)
{
    pthread_once(&missing_once, try_sandbox);
    return missing_reason[0] != '\0' ? missing_reason : NULL;
}

char *sandbox_describe(char *buffer, size_t capacity, const sandbox_result *r)
{
    switch (r->outcome) {
    case SANDBOX_OK:
        snprintf(buffer, capacity, "exit status 0");
        break;
    case SANDBOX_EXIT:
        snprintf(buffer, capacity, "exit status %d", r->code);
        break;
    case SANDBOX_SIGNAL:
        snprintf(buffer, capacity, "killed by signal %d (%s)", r->code, strsignal(r->code));
        break;
    case SANDBOX_TIME:
        snprintf(buffer, capacity, "time limit (%.2f s of processor, %.2f s in all)", r->cpu_s,
                 r->wall_s);
        break;
    case SANDBOX_MEMORY:
        snprintf(buffer, capacity, "memory limit (%zu MiB used)", r->peak_bytes >> 20);
        break;
    case SANDBOX_OUTPUT:
        snprintf(buffer, capacity, "output limit");
        break;
    case SANDBOX_REFUSED:
        snprintf(buffer, capacity, "forbidden system call");
        break;
    case SANDBOX_NO_PROGRAM:
        snprintf(buffer, capacity, "cannot be started: %.160s", r->message);
        break;
    case SANDBOX_UNAVAILABLE:
        snprintf(buffer, capacity, "no sandbox: %.160s", r->message);
        break;
    }
    return buffer;
}
