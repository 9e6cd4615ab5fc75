// tests/faults/store_kill.c - writers of traces killed at random moments, many times.
//
//     store_kill COUNT [SEED]      # COUNT kills; uses the current folder
//
// A child stores traces in a random order of completion (or in order, without the journal) and
// acknowledges each on a pipe. The parent kills it by SIGKILL after a random number of microseconds
// and checks: every acknowledged trace is stored, none twice, and every column of the finished
// output equals, byte for byte, that of an uninterrupted run.
#include "datasets/traces/shard/trace_reader.h"
#include "datasets/traces/trace_store.h"
#include "distill/base/file.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/rng.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRACES = 700, A_SHARD = 60, MOST_REPLY = 3000, MOST_TOKENS = 50 };

static void must(distill_status status)
{
    if (status == DISTILL_OK)
        return;
    fprintf(stderr, "store_kill: %s\n", distill_error_message());
    exit(1);
}

static void fail(const char *what, uint64_t number)
{
    fprintf(stderr, "store_kill: %s: trace %llu\n", what, (unsigned long long)number);
    exit(1);
}

/// Creates a trace that depends only on its number; valid until the next call.
static trace_record make_trace(uint64_t number)
{
    static char id[32], reply[MOST_REPLY];
    static int32_t tokens[MOST_TOKENS];
    distill_rng rng = distill_rng_start(9, number);
    size_t length = distill_rng_below(&rng, MOST_REPLY),
           count = distill_rng_below(&rng, MOST_TOKENS);
    for (size_t i = 0; i < length; i++)
        reply[i] = (char)distill_rng_below(&rng, 256);
    for (size_t i = 0; i < count; i++)
        tokens[i] = (int32_t)distill_rng_below(&rng, 150000);
    snprintf(id, sizeof id, "id-%llu", (unsigned long long)number);
    return (trace_record){
        .id = distill_span_of(id),
        .prompt = distill_span_of("prompt"),
        .response = {reply, length},
        .error = distill_span_of(number % 97 == 5 ? "the server is gone" : ""),
        .sample = (int32_t)(number % 3),
        .token_ids = tokens,
        .token_count = count,
    };
}

static trace_store *open_store(const char *dir)
{
    trace_store *store = NULL;
    trace_store_settings settings = {.teacher = "t", .shard_traces = A_SHARD};
    must(trace_store_open(&store, dir, &settings));
    return store;
}

/// The order in which traces complete: each is moved by up to 40 positions.
static void shuffle(uint64_t *ready, uint64_t seed)
{
    distill_rng rng = distill_rng_start(seed, 1);
    for (uint64_t i = 0; i < TRACES; i++)
        ready[i] = i;
    for (size_t i = 0; i < TRACES; i++) {
        size_t most = TRACES - i < 40 ? TRACES - i : 40, other = i + distill_rng_below(&rng, most);
        uint64_t held = ready[i];
        ready[i] = ready[other];
        ready[other] = held;
    }
}

static void store_all(const char *dir, bool journal, uint64_t seed, int said)
{
    uint64_t ready[TRACES];
    trace_store *store = open_store(dir);
    shuffle(ready, seed);
    if (trace_store_is_finished(store))
        _exit(0);
    for (size_t i = 0; i < TRACES; i++) {
        uint64_t number = journal ? ready[i] : i;
        if (trace_store_has_order(store, number))
            continue;
        trace_record record = make_trace(number);
        must(journal ? trace_store_append(store, &record, number)
                     : trace_store_write(store, &record, number));
        if (said >= 0 && write(said, &number, sizeof number) != sizeof number)
            _exit(1);
    }
    must(trace_store_finish(store));
    trace_store_close(store);
}

/// Runs the child and kills it after `microseconds`; marks the traces that it acknowledged. Returns
/// whether it ended by itself.
static bool run_and_kill(const char *dir, bool journal, uint64_t seed, long microseconds,
                         bool *acked)
{
    int pipe_ends[2], end = 0;
    uint64_t number;
    if (pipe(pipe_ends) != 0)
        exit(1);
    pid_t child = fork();
    if (child == 0) {
        close(pipe_ends[0]);
        store_all(dir, journal, seed, pipe_ends[1]);
        _exit(0);
    }
    close(pipe_ends[1]);
    struct timespec pause = {.tv_sec = microseconds / 1000000,
                             .tv_nsec = microseconds % 1000000 * 1000};
    nanosleep(&pause, NULL);
    kill(child, SIGKILL);
    while (read(pipe_ends[0], &number, sizeof number) == sizeof number)
        acked[number] = true;
    close(pipe_ends[0]);
    waitpid(child, &end, 0);
    if (WIFEXITED(end) && WEXITSTATUS(end) != 0)
        exit(1); // the child has printed the reason
    return WIFEXITED(end);
}

static void check_acknowledged(const char *dir, const bool *acked)
{
    trace_store *store = open_store(dir);
    for (uint64_t i = 0; i < TRACES && !trace_store_is_finished(store); i++)
        if (acked[i] && !trace_store_has_order(store, i))
            fail("acknowledged and lost", i);
    trace_store_close(store);
}

static void check_whole(const char *dir)
{
    trace_reader *reader = NULL;
    trace_record record;
    must(trace_reader_open(&reader, dir));
    must(trace_reader_verify(reader));
    if (trace_reader_count(reader) != TRACES)
        fail("the count is wrong", trace_reader_count(reader));
    for (uint64_t i = 0; i < TRACES; i++) {
        trace_record expected = make_trace(i);
        must(trace_reader_read(reader, i, &record));
        bool same = distill_span_equal(record.id, expected.id) &&
                    record.sample == expected.sample &&
                    distill_span_equal(record.response, expected.response) &&
                    distill_span_equal(record.error, expected.error) &&
                    record.token_count == expected.token_count &&
                    memcmp(record.token_ids, expected.token_ids, 4 * expected.token_count) == 0;
        if (!same)
            fail("not what was stored", i);
    }
    trace_reader_close(reader);
}

int main(int argc, char **argv)
{
    long kill_count = argc > 1 ? strtol(argv[1], NULL, 10) : 20, kills = 0, outputs = 0, lived = 0;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    distill_rng rng = distill_rng_start(seed, 0);
    must(distill_log_open(NULL, true));
    while (kills < kill_count) {
        bool acked[TRACES] = {false}, journal = outputs % 3 != 2;
        size_t longest = (size_t)1000 << distill_rng_below(&rng, 8); // 1 … 128 ms
        must(distill_remove_all("output"));
        for (int round = 0; round < 12 && kills < kill_count; round++) {
            long pause = (long)distill_rng_below(&rng, longest);
            if (run_and_kill("output", journal, seed + (uint64_t)kills, pause, acked))
                lived++;
            else
                kills++;
            if (journal)
                check_acknowledged("output", acked);
        }
        pid_t child = fork(); // threads do not survive a fork: each writer has its own process
        int end = 0;
        if (child == 0) {
            store_all("output", journal, seed, -1);
            _exit(0);
        }
        if (waitpid(child, &end, 0) != child || end != 0)
            exit(1);
        check_whole("output");
        outputs++;
    }
    printf("%ld kills, %ld runs that ended before, %ld outputs: nothing acknowledged was lost, "
           "nothing is there twice\n",
           kills, lived, outputs);
    must(distill_remove_all("output"));
    return 0;
}
