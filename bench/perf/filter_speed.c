// bench/perf/filter_speed.c - measures the speed and the peak memory of distill-filter.
//
// Writes traces (bench/perf/trace_text.h), then runs the distill-filter of the same build on them
// with three sets of options.
#include "bench/perf/trace_text.h"
#include "bench/perf/usage.h"
#include "datasets/traces/trace_store.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/program_path.h"
#include "distill/base/progress.h"
#include "distill/base/threads.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char USAGE[] = "usage: filter_speed DIR MEGABYTES [BYTES_OF_A_TRACE]\n"
                            "Writes DIR/traces, unless it exists, and filters it with three sets "
                            "of options. Prints for each: MB/s of\n"
                            "prompts and replies (uncompressed), seconds, and the peak memory.\n"
                            "  BYTES_OF_A_TRACE   about the length of a reply (default 20000)\n";

enum { BATCH = 256, MOST_ARGUMENTS = 24 };

typedef struct text_batch {
    trace_text texts[BATCH];
    distill_status statuses[BATCH];
    uint64_t first;
    size_t bytes;
} text_batch;

static void make_range(void *context, size_t begin, size_t end, int worker)
{
    text_batch *m = context;
    (void)worker;
    for (size_t i = begin; i < end; i++)
        m->statuses[i] = trace_text_make(&m->texts[i], 1, m->first + i, m->bytes);
}

static distill_status write_batch(trace_store *store, const text_batch *m, size_t count)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < count; i++) {
        const trace_text *text = &m->texts[i];
        TRY(m->statuses[i]);
        if (trace_store_has_order(store, m->first + i))
            continue; // of an interrupted run
        trace_record record = {
            .id = distill_text_span(&text->id),
            .prompt = distill_text_span(&text->prompt),
            .response = distill_text_span(&text->reply),
            .answer = distill_span_of(text->answer),
            .domain = distill_span_of("math"),
            .sample = text->sample,
            .finish = text->truncated ? TRACE_FINISH_LENGTH : TRACE_FINISH_STOP,
            .response_tokens = (int32_t)(text->reply.length / 3),
        };
        TRY(trace_store_write(store, &record, m->first + i));
    }
done:
    return status;
}

static distill_status make_traces(const char *dir, size_t count, size_t bytes)
{
    distill_status status = DISTILL_OK;
    trace_store *store = NULL;
    text_batch *m = NULL;
    trace_store_settings settings = {.teacher = "made", .settings_json = "{}"};
    TRY(DISTILL_NEW(&m, 1));
    m->bytes = bytes;
    TRY(trace_store_open(&store, dir, &settings));
    for (; !trace_store_is_finished(store) && m->first < count; m->first += BATCH) {
        size_t now = count - m->first < BATCH ? count - m->first : BATCH;
        if (trace_store_has_order(store, m->first + now - 1))
            continue;
        distill_parallel_for(make_range, m, now, 1);
        TRY(write_batch(store, m, now));
    }
    if (!trace_store_is_finished(store))
        TRY(trace_store_finish(store));
done:
    trace_store_close(store);
    for (size_t i = 0; m != NULL && i < BATCH; i++)
        trace_text_free(&m->texts[i]);
    distill_free(m);
    return status;
}

/// Runs the program and returns its seconds, or -1 if it fails; sets *peak to its peak memory in
/// bytes.
static double run(const char *program, char *const arguments[], size_t *peak)
{
    int wait_status = 1;
    struct rusage usage;
    double start = distill_now_s();
    pid_t child = fork();
    if (child == 0) {
        int table = open("/dev/null", O_WRONLY);
        dup2(table, 1);
        execv(program, arguments);
        _exit(127);
    }
    if (child < 0 || wait4(child, &wait_status, 0, &usage) != child || wait_status != 0)
        return -1;
    *peak = (size_t)usage.ru_maxrss * 1024;
    return distill_now_s() - start;
}

/// Bytes of prompts and replies, as the report of distill-filter counts them.
static double reported_bytes(const char *path)
{
    distill_text text = {0};
    double bytes = 0;
    if (distill_file_read(&text, path, 1 << 30) == DISTILL_OK) {
        const char *at = strstr(text.bytes, "\"bytes\":");
        bytes = at != NULL ? strtod(at + 8, NULL) : 0;
    }
    distill_text_free(&text);
    return bytes;
}

#define CLEAN "--format think --max-language-mix 0.05 --max-repetition 0.2"
static const struct {
    const char *name, *options;
} SETS[] = {
    {"verify, format, language, repetition", CLEAN},
    {"the same, --select best:2", CLEAN " --select best:2"},
    {"the same, minhash, decontamination",
     CLEAN " --dedup minhash --decontaminate builtin:all:2000"},
};

static distill_status measure(const char *program, const char *dir, size_t set)
{
    distill_status status = DISTILL_OK;
    distill_text line = {0}, kept = {0};
    char *arguments[MOST_ARGUMENTS] = {0}, peak_text[32];
    size_t count = 0, peak = 0;
    TRY(distill_text_printf(&line,
                            "%s --input %s/traces --output %s/kept --report %s/report.json "
                            "--quiet %s",
                            program, dir, dir, dir, SETS[set].options));
    TRY(distill_path_join(&kept, dir, "kept"));
    TRY(distill_remove_all(kept.bytes)); // left by the run before
    char *rest = line.bytes, *word;
    while ((word = strsep(&rest, " ")) != NULL && count + 1 < MOST_ARGUMENTS)
        arguments[count++] = word;
    double seconds = run(program, arguments, &peak);
    if (seconds < 0)
        TRY(distill_fail(DISTILL_INTERNAL, "%s failed (%s)", program, SETS[set].name));
    distill_text_clear(&line);
    TRY(distill_text_printf(&line, "%s/report.json", dir));
    double bytes = reported_bytes(line.bytes);
    printf("%-38s %7.0f MB/s  %8.2f s for %.0f MB, peak %s\n", SETS[set].name,
           bytes / seconds / 1e6, seconds, bytes / 1e6,
           distill_format_bytes(peak_text, sizeof peak_text, (double)peak));
    fflush(stdout);
done:
    distill_text_free(&line);
    distill_text_free(&kept);
    return status;
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    bool found = false;
    usage_check(argc, argv, 2, 3, USAGE);
    size_t megabytes = (size_t)usage_number(argc, argv, 2, 0, 1, 1e7, USAGE);
    size_t bytes = (size_t)usage_number(argc, argv, 3, 20000, 1, 1e9, USAGE);
    TRY(distill_make_directory(argv[1]));
    TRY(distill_text_printf(&path, "%s/traces", argv[1]));
    TRY(make_traces(path.bytes, megabytes * 1000000 / bytes + 1, bytes));
    TRY(distill_program_beside(&path, &found, "distill-filter"));
    if (!found)
        TRY(distill_fail(DISTILL_IO, "distill-filter is not beside this program; build it first"));
    for (size_t i = 0; i < sizeof SETS / sizeof *SETS; i++)
        TRY(measure(path.bytes, argv[1], i));
done:
    if (status != DISTILL_OK)
        fprintf(stderr, "filter_speed: error: %s\n", distill_error_message());
    distill_text_free(&path);
    return status == DISTILL_OK ? 0 : 1;
}
