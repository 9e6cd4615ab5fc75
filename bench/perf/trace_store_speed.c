// bench/perf/trace_store_speed.c - measures writing and reading trace shards, compared with the
// zstd command on the same text.
//
// Works in a folder of its own below the current one and removes it. Every operation is measured
// ROUNDS times in turn; the best time is reported.
#include "bench/perf/trace_text.h"
#include "bench/perf/usage.h"
#include "datasets/traces/shard/trace_reader.h"
#include "datasets/traces/trace_store.h"
#include "distill/base/file.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/base/threads.h"
#include "distill/tensor/dtype.h"

#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char USAGE[] =
    "usage: trace_store_speed [MEGABYTES [LEVEL [THREADS [BYTES_OF_A_TRACE]]]]\n"
    "Prints megabytes of text (ids, prompts, replies, answers) a second of time and of processor "
    "time, and the\n"
    "size of what was written; then reading single traces at random, and the size of "
    "log-probabilities.\n"
    "  defaults: 200, 3, 0 (all cores), 20000\n";

enum { ROUNDS = 3, RANDOM_READS = 500, TOKEN_TRACES = 60, TOKENS_A_TRACE = 4000, MOST_K = 20 };

typedef struct text_set {
    trace_text *traces;
    size_t count;
    double megabytes;
    size_t bytes_a_trace;
    int level, threads;
    char dir[64];
} text_set;

typedef struct speed {
    double seconds, processor; // of the best round
    double megabytes;          // written
} speed;

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/// Of this process and of children that have ended.
static double processor_now(void)
{
    struct rusage own, children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return seconds_of(own.ru_utime) + seconds_of(own.ru_stime) + seconds_of(children.ru_utime) +
           seconds_of(children.ru_stime);
}

static const char *path_in(const text_set *set, const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", set->dir, name);
    return path;
}

static trace_record record_of(const trace_text *text)
{
    return (trace_record){.id = distill_text_span(&text->id),
                          .prompt = distill_text_span(&text->prompt),
                          .response = distill_text_span(&text->reply),
                          .answer = distill_span_of(text->answer),
                          .domain = distill_span_of("math"),
                          .language = distill_span_of("en"),
                          .sample = text->sample};
}

// --- what is measured ---------------------------------------------------------------------------

/// The same text as one file, for the zstd command.
static distill_status write_plain(const text_set *set)
{
    distill_status status = DISTILL_OK;
    distill_atomic_file *file = NULL;
    TRY(distill_atomic_open(&file, path_in(set, "text")));
    for (size_t i = 0; i < set->count; i++) {
        const trace_text *text = &set->traces[i];
        TRY(distill_atomic_write(file, text->id.bytes, text->id.length));
        TRY(distill_atomic_write(file, text->prompt.bytes, text->prompt.length));
        TRY(distill_atomic_write(file, text->reply.bytes, text->reply.length));
        TRY(distill_atomic_write(file, text->answer, strlen(text->answer)));
    }
    TRY(distill_atomic_commit(&file));
done:
    distill_atomic_abort(&file);
    return status;
}

static distill_status run_zstd(const text_set *set, double *megabytes)
{
    char level[16], threads[16], in[128], out[128];
    uint64_t bytes = 0;
    snprintf(level, sizeof level, "-%d", set->level);
    snprintf(threads, sizeof threads, "-T%d", set->threads);
    snprintf(in, sizeof in, "%s", path_in(set, "text"));
    snprintf(out, sizeof out, "%s", path_in(set, "text.zst"));
    char *argv[] = {"zstd", "-q", "-f", level, threads, in, "-o", out, NULL};
    pid_t child;
    int end = 0;
    if (posix_spawnp(&child, "zstd", NULL, NULL, argv, environ) != 0 ||
        waitpid(child, &end, 0) != child || end != 0)
        return distill_fail(DISTILL_UNSUPPORTED, "the zstd command cannot be run");
    distill_status status = distill_file_size(&bytes, out);
    *megabytes = (double)bytes * 1e-6;
    return status;
}

static distill_status store_traces(const text_set *set, const char *name, bool journal,
                                   double *megabytes)
{
    distill_status status = DISTILL_OK;
    trace_store *store = NULL;
    trace_store_settings settings = {
        .teacher = "speed", .compression_level = set->level, .overwrite = true};
    TRY(trace_store_open(&store, path_in(set, name), &settings));
    for (size_t i = 0; i < set->count; i++) {
        trace_record record = record_of(&set->traces[i]);
        TRY(journal ? trace_store_append(store, &record, i) : trace_store_write(store, &record, i));
    }
    TRY(trace_store_finish(store));
    *megabytes = 0;
    for (size_t i = 0; i * 10000 < set->count; i++) {
        uint64_t bytes = 0;
        char shard[64];
        snprintf(shard, sizeof shard, "%s/shard-%05zu.h5", name, i);
        TRY(distill_file_size(&bytes, path_in(set, shard)));
        *megabytes += (double)bytes * 1e-6;
    }
done:
    trace_store_close(store);
    return status;
}

static distill_status write_direct(const text_set *set, double *megabytes)
{
    return store_traces(set, "direct", false, megabytes);
}

static distill_status write_journal(const text_set *set, double *megabytes)
{
    return store_traces(set, "journal", true, megabytes);
}

static distill_status read_in_order(const text_set *set, double *megabytes)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = NULL;
    trace_record record;
    *megabytes = 0;
    TRY(trace_reader_open(&reader, path_in(set, "direct")));
    for (size_t i = 0; i < trace_reader_count(reader); i++) {
        TRY(trace_reader_read(reader, i, &record));
        if (!distill_span_equal(record.response, distill_text_span(&set->traces[i].reply)))
            TRY(distill_fail(DISTILL_INTERNAL, "trace %zu differs from what was written", i));
    }
done:
    trace_reader_close(reader);
    return status;
}

static distill_status read_at_random(const text_set *set)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = NULL;
    trace_record record;
    distill_rng rng = distill_rng_start(0, 0);
    double start = now(), opened = 0, slowest = 0;
    TRY(trace_reader_open(&reader, path_in(set, "direct")));
    opened = now();
    for (int i = 0; i < RANDOM_READS; i++) {
        double before = now();
        TRY(trace_reader_read(reader, distill_rng_below(&rng, set->count), &record));
        if (now() - before > slowest)
            slowest = now() - before;
    }
    printf("at random     open %.2f ms   a trace %.2f ms, the slowest %.2f ms\n",
           (opened - start) * 1e3, (now() - opened) / RANDOM_READS * 1e3, slowest * 1e3);
done:
    trace_reader_close(reader);
    return status;
}

// --- log-probabilities --------------------------------------------------------------------------

/// Synthetic tokens of a vocabulary of 151,936: contexts recur with Zipf's frequencies, each with
/// its own likely tokens; at two of three positions the first token is almost certain.
typedef struct synthetic_tokens {
    int32_t ids[TOKENS_A_TRACE], topk_ids[TOKENS_A_TRACE * MOST_K];
    float logprobs[TOKENS_A_TRACE];
    uint16_t halves[TOKENS_A_TRACE * MOST_K];
} synthetic_tokens;

/// A rank in 0 … 151935 with probability about proportional to 1 / (rank + 1).
static int32_t zipf(distill_rng *rng)
{
    return (int32_t)exp(distill_rng_uniform(rng) * log(151936.0)) - 1;
}

/// The distribution at one position: the top K ids and log-probabilities, descending.
static void make_position(synthetic_tokens *made, size_t at, size_t k, distill_rng *rng)
{
    distill_rng context = distill_rng_start(77, (uint64_t)zipf(rng));
    double sure = distill_rng_below(rng, 3) > 0 ? 1e-4 : 0.3,
           rest = sure * distill_rng_uniform(rng);
    float logprob = (float)log(1 - rest);
    made->ids[at] = zipf(&context);
    made->logprobs[at] = logprob;
    for (size_t i = 0; i < k; i++) {
        float *value = &logprob;
        made->topk_ids[at * k + i] = i == 0 ? made->ids[at] : zipf(&context);
        distill_dtype_narrow(&made->halves[at * k + i], value, DISTILL_F16, 1);
        rest *= 0.1 + 0.8 * distill_rng_uniform(rng);
        logprob = (float)log(rest);
    }
}

static distill_status store_tokens(const text_set *set, synthetic_tokens *made, size_t k,
                                   double *bytes)
{
    distill_status status = DISTILL_OK;
    trace_store *store = NULL;
    trace_store_settings settings = {.compression_level = set->level, .topk = k, .overwrite = true};
    uint64_t size = 0;
    distill_rng rng = distill_rng_start(3, 3);
    TRY(trace_store_open(&store, path_in(set, "tokens"), &settings));
    for (size_t i = 0; i < TOKEN_TRACES; i++) {
        for (size_t at = 0; at < TOKENS_A_TRACE; at++)
            make_position(made, at, k, &rng);
        trace_record record = {.id = distill_span_of("tokens"),
                               .token_ids = made->ids,
                               .logprobs = made->logprobs,
                               .token_count = TOKENS_A_TRACE,
                               .topk = k,
                               .topk_ids = made->topk_ids,
                               .topk_logprobs = made->halves};
        TRY(trace_store_write(store, &record, i));
    }
    TRY(trace_store_finish(store));
    TRY(distill_file_size(&size, path_in(set, "tokens/shard-00000.h5")));
    *bytes = (double)size / (TOKEN_TRACES * TOKENS_A_TRACE);
done:
    trace_store_close(store);
    return status;
}

static distill_status measure_tokens(const text_set *set)
{
    distill_status status = DISTILL_OK;
    static const size_t widths[] = {0, 5, 20};
    synthetic_tokens *made = NULL;
    TRY(DISTILL_NEW(&made, 1));
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        double bytes = 0;
        TRY(store_tokens(set, made, widths[i], &bytes));
        printf("--logprobs %-2zu %5.1f bytes a token, of %zu\n", widths[i], bytes,
               8 + 6 * widths[i]);
    }
done:
    distill_free(made);
    return status;
}

// --- measuring ----------------------------------------------------------------------------------

typedef struct operation {
    const char *name;
    distill_status (*run)(const text_set *, double *);
} operation;

static const operation OPERATIONS[] = {{"zstd command", run_zstd},
                                       {"write", write_direct},
                                       {"append", write_journal},
                                       {"read", read_in_order}};
enum { OPERATION_COUNT = sizeof OPERATIONS / sizeof *OPERATIONS };

static distill_status measure(const text_set *set)
{
    distill_status status = DISTILL_OK;
    speed best[OPERATION_COUNT] = {{0}};
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < OPERATION_COUNT; i++) {
            double start = now(), processor = processor_now();
            TRY(OPERATIONS[i].run(set, &best[i].megabytes));
            double seconds = now() - start;
            if (round > 0 && seconds >= best[i].seconds)
                continue;
            best[i].seconds = seconds;
            best[i].processor = processor_now() - processor;
        }
    for (int i = 0; i < OPERATION_COUNT; i++) {
        double rate = set->megabytes / best[i].seconds;
        printf("%-12s %7.1f MB/s   %6.1f MB per second of processor   %4.0f%% of zstd",
               OPERATIONS[i].name, rate, set->megabytes / best[i].processor,
               100 * best[0].seconds / best[i].seconds);
        if (best[i].megabytes > 0)
            printf("   %.1f MB, ratio %.2f", best[i].megabytes, set->megabytes / best[i].megabytes);
        printf("\n");
    }
    TRY(read_at_random(set));
done:
    return status;
}

static distill_status make_texts(text_set *set, double megabytes)
{
    distill_status status = DISTILL_OK;
    size_t bytes = 0, room = (size_t)(megabytes * 1e6) / set->bytes_a_trace * 2 + 16;
    TRY(DISTILL_NEW(&set->traces, room));
    while ((double)bytes < megabytes * 1e6 && set->count < room) {
        trace_text *text = &set->traces[set->count];
        TRY(trace_text_make(text, 1, set->count++, set->bytes_a_trace));
        bytes += text->id.length + text->prompt.length + text->reply.length + strlen(text->answer);
    }
    set->megabytes = (double)bytes * 1e-6;
    TRY(distill_make_directory(set->dir));
    TRY(write_plain(set));
    printf("%zu traces, %.1f MB, level %d, %d thread%s\n", set->count, set->megabytes, set->level,
           set->threads, set->threads > 1 ? "s" : "");
done:
    return status;
}

static void free_texts(text_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        trace_text_free(&set->traces[i]);
    distill_free(set->traces);
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    text_set set = {.count = 0};
    usage_check(argc, argv, 0, 4, USAGE);
    double megabytes = usage_number(argc, argv, 1, 200, 0.001, 1e6, USAGE);
    set.level = (int)usage_number(argc, argv, 2, 3, 1, 19, USAGE);
    int threads = (int)usage_number(argc, argv, 3, 0, 0, 4096, USAGE);
    set.bytes_a_trace = (size_t)usage_number(argc, argv, 4, 20000, 1, 1e9, USAGE);
    snprintf(set.dir, sizeof set.dir, "trace-store-speed-%ld", (long)getpid());
    TRY(distill_log_open(NULL, true));
    TRY(distill_threads_set(threads));
    set.threads = distill_threads();
    TRY(make_texts(&set, megabytes));
    TRY(measure(&set));
    TRY(measure_tokens(&set));
done:
    if (status != DISTILL_OK)
        fprintf(stderr, "trace_store_speed: error: %s\n", distill_error_message());
    if (set.dir[0] != '\0' && distill_remove_all(set.dir) != DISTILL_OK)
        fprintf(stderr, "trace_store_speed: %s\n", distill_error_message());
    free_texts(&set);
    if (status == DISTILL_UNSUPPORTED) // no zstd command: the test is skipped
        return 77;
    return status == DISTILL_OK ? 0 : 1;
}
