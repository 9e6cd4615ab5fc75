// bench/perf/throughput_run.c - options, one child process for each measurement, and the report.
//
// A child writes its rows to a pipe; wait4 gives its peak memory.
#include "bench/perf/throughput_run.h"

#include "bench/perf/throughput_part_table.h"
#include "bench/perf/throughput_report.h"
#include "distill/base/file.h"
#include "distill/base/interrupt.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/threads.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT(field) offsetof(throughput_options, field)

static const char UNIQUE[] = "X"
                             "X"
                             "X"
                             "X"
                             "X"
                             "X"; // mkdtemp replaces these letters

static const throughput_options DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS, .seconds = 6};

static const distill_option ROWS[] = {
    {.section = "What to measure"},
    {.name = "only",
     .type = DISTILL_OPT_LIST,
     .offset = AT(only),
     .unit = "PART",
     .positional_list = true,
     .help = "parts, or prefixes of their names, such as train or decode-q-bf16 (see --list); by "
             "default all but those that take minutes"},
    {.name = "list", .type = DISTILL_OPT_FLAG, .offset = AT(list), .help = "list the parts"},
    {.name = "scaling",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(scaling),
     .help = "measure each part with one thread as well"},
    {.name = "seconds",
     .type = DISTILL_OPT_REAL,
     .offset = AT(seconds),
     .low = 0,
     .high = 3600,
     .unit = "S",
     .help = "time to repeat short steps; a step is always completed"},
    {.name = "json",
     .type = DISTILL_OPT_STRING,
     .offset = AT(json),
     .unit = "FILE",
     .help = "write ceilings and rows as JSON"},
    {.name = "work-dir",
     .type = DISTILL_OPT_STRING,
     .offset = AT(work_dir),
     .unit = "DIR",
     .help = "keep the random checkpoints here for the next run; by default they are made in "
             "TMPDIR and removed"},
    DISTILL_COMMON_ROWS,
};

const distill_program THROUGHPUT_PROGRAM = {
    .name = "throughput",
    .summary = "measure this machine's ceilings, and training and sampling against them",
    .usage = "throughput [PART...] [options]",
    .options = ROWS,
    .option_count = sizeof ROWS / sizeof *ROWS,
    .defaults = &DEFAULTS,
    .size = sizeof DEFAULTS,
};

// ---- a process of its own ----------------------------------------------------------------------

/// What a child process measures.
typedef struct child_work {
    const throughput_part *part; // NULL: the ceilings
    const throughput_setup *setup;
    throughput_ceilings *ceilings;
    throughput_rows *rows;
} child_work;

static distill_status write_all(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t n = write(fd, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return distill_fail_errno(DISTILL_IO, "a measured row cannot be written to the pipe");
        at += n;
        length -= (size_t)n;
    }
    return DISTILL_OK;
}

/// Returns the number of bytes read, less than `length` at the end of the file.
static size_t read_all(int fd, void *bytes, size_t length)
{
    size_t got = 0;
    while (got < length) {
        ssize_t n = read(fd, (char *)bytes + got, length - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    return got;
}

static void measure_rows(const child_work *work)
{
    if (work->part->measure(work->part, work->setup, work->rows) == DISTILL_OK)
        return;
    work->rows->count = 0;
    throughput_row *row = throughput_row_add(work->rows, work->part, work->setup);
    snprintf(row->failure, sizeof row->failure, "%s", distill_error_message());
}

static _Noreturn void run_child(const child_work *work, int fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); // the child ends with the program
    distill_status status = distill_threads_set(work->setup->threads);
    if (status == DISTILL_OK && work->part == NULL) {
        throughput_ceilings_measure(work->ceilings);
        status = write_all(fd, work->ceilings, sizeof *work->ceilings);
    } else if (status == DISTILL_OK) {
        measure_rows(work);
        status = write_all(fd, work->rows, sizeof *work->rows);
    }
    if (status != DISTILL_OK)
        fprintf(stderr, "%s\n", distill_error_message());
    _exit(status == DISTILL_OK ? 0 : 1);
}

/// Runs `work` in a child process, sets work->rows or work->ceilings to its result and *peak_bytes
/// to its peak memory.
static distill_status run_apart(const child_work *work, uint64_t *peak_bytes)
{
    struct rusage usage = {0};
    int fds[2], exit_code = 0;
    void *result = work->part == NULL ? (void *)work->ceilings : (void *)work->rows;
    size_t length = work->part == NULL ? sizeof *work->ceilings : sizeof *work->rows;
    if (pipe(fds) != 0)
        return distill_fail_errno(DISTILL_IO, "a pipe cannot be opened");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(fds[0]);
        run_child(work, fds[1]);
    }
    close(fds[1]);
    size_t got = child > 0 ? read_all(fds[0], result, length) : 0;
    close(fds[0]);
    if (child < 0)
        return distill_fail_errno(DISTILL_IO, "a process cannot be started");
    while (wait4(child, &exit_code, 0, &usage) < 0 && errno == EINTR)
        continue;
    *peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
    if (got != length && WIFSIGNALED(exit_code))
        return distill_fail(DISTILL_INTERNAL, "ended by signal %d", WTERMSIG(exit_code));
    if (got != length)
        return distill_fail(DISTILL_INTERNAL, "ended with status %d", WEXITSTATUS(exit_code));
    return DISTILL_OK;
}

// ---- all parts ---------------------------------------------------------------------------------

static bool is_selected(const throughput_options *o, const throughput_part *part)
{
    for (size_t i = 0; i < o->only.count; i++)
        if (strncmp(part->name, o->only.at[i], strlen(o->only.at[i])) == 0)
            return true;
    return o->only.count == 0 && !part->on_request;
}

static distill_status check_names(const throughput_options *o)
{
    for (size_t i = 0; i < o->only.count; i++) {
        bool known = false;
        for (size_t k = 0; throughput_part_at(k) != NULL; k++)
            known = known ||
                    strncmp(throughput_part_at(k)->name, o->only.at[i], strlen(o->only.at[i])) == 0;
        if (!known)
            return distill_fail(DISTILL_USAGE,
                                "no part's name begins with \"%s\" (--list lists them)",
                                o->only.at[i]);
    }
    return DISTILL_OK;
}

static distill_status make_folder(throughput_run *run)
{
    const char *tmp = getenv("TMPDIR");
    distill_status status = DISTILL_OK;
    if (run->options->work_dir != NULL) {
        TRY(distill_text_add(&run->folder, run->options->work_dir));
        TRY(distill_make_directory(run->folder.bytes));
        goto done;
    }
    TRY(distill_text_printf(&run->folder, "%s/throughput-%s", tmp != NULL ? tmp : "/tmp", UNIQUE));
    if (mkdtemp(run->folder.bytes) == NULL)
        TRY(distill_fail_errno(DISTILL_IO, "%s cannot be made", run->folder.bytes));
    run->remove_folder = true;
done:
    return status;
}

distill_status throughput_run_prepare(throughput_run *run, const throughput_options *options)
{
    distill_status status = DISTILL_OK;
    run->options = options;
    TRY(check_names(options));
    TRY(distill_program_start(&options->common));
    if (!options->list)
        TRY(make_folder(run));
done:
    return status;
}

static distill_status measure_part(throughput_run *run, const throughput_part *part,
                                   const throughput_ceilings *ceilings)
{
    distill_status status = DISTILL_OK;
    throughput_rows rows = {0};
    throughput_setup setup = {run->folder.bytes, *ceilings, run->options->seconds,
                              ceilings->threads};
    child_work work = {.part = part, .setup = &setup, .rows = &rows};
    uint64_t peak_bytes = 0;
    TRY(distill_interrupt_check());
    distill_note("%s, %d threads …", part->name, setup.threads);
    if (run_apart(&work, &peak_bytes) != DISTILL_OK) {
        rows.count = 0;
        throughput_row *row = throughput_row_add(&rows, part, &setup);
        snprintf(row->failure, sizeof row->failure, "%s", distill_error_message());
    }
    TRY(distill_grow((void **)&run->rows, run->count, run->count + rows.count, sizeof *run->rows));
    for (size_t i = 0; i < rows.count; i++) {
        rows.at[i].peak_bytes = peak_bytes;
        run->rows[run->count++] = rows.at[i];
    }
done:
    return status;
}

static distill_status measure_ceilings(throughput_run *run)
{
    distill_status status = DISTILL_OK;
    int all = distill_threads(), counts[2] = {all, 1};
    size_t variants = all > 1 && (run->options->scaling || run->options->only.count == 0) ? 2 : 1;
    for (size_t i = 0; i < variants; i++) {
        throughput_ceilings *c = &run->ceilings[run->ceiling_count];
        throughput_setup setup = {.threads = counts[i]};
        child_work work = {.setup = &setup, .ceilings = c};
        uint64_t peak_bytes;
        TRY(run_apart(&work, &peak_bytes));
        run->ceiling_count++;
    }
done:
    return status;
}

distill_status throughput_run_measure(throughput_run *run)
{
    distill_status status = DISTILL_OK;
    if (run->options->list)
        goto done;
    TRY(measure_ceilings(run));
    for (size_t i = 0; throughput_part_at(i) != NULL; i++) {
        const throughput_part *part = throughput_part_at(i);
        if (!is_selected(run->options, part))
            continue;
        TRY(measure_part(run, part, &run->ceilings[0]));
        if (run->options->scaling && run->ceiling_count > 1)
            TRY(measure_part(run, part, &run->ceilings[1]));
    }
done:
    return status;
}

static void list_parts(void)
{
    for (size_t i = 0; throughput_part_at(i) != NULL; i++)
        printf("%s%s\n", throughput_part_at(i)->name,
               throughput_part_at(i)->on_request ? "   (only if named)" : "");
}

distill_status throughput_run_report(throughput_run *run)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    throughput_report report = {run->ceilings, run->ceiling_count, run->rows, run->count};
    if (run->options->list) {
        list_parts();
        goto done;
    }
    TRY(throughput_report_table(&text, &report));
    fwrite(text.bytes, 1, text.length, stdout);
    if (run->options->json == NULL)
        goto done;
    distill_text_clear(&text);
    TRY(throughput_report_json(&text, &report));
    TRY(distill_file_write(run->options->json, text.bytes, text.length));
done:
    distill_text_free(&text);
    return status;
}

void throughput_run_close(throughput_run *run)
{
    if (run->remove_folder && distill_remove_all(run->folder.bytes) != DISTILL_OK)
        distill_warn("%s", distill_error_message());
    distill_text_free(&run->folder);
    distill_free(run->rows);
}
