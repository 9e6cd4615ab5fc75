// The store: appended traces survive a kill at any moment, and the bytes of shards depend on their
// content only.
#include "datasets/traces/trace_store.h"

#include "datasets/traces/shard/trace_reader.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/base/sha256.h"
#include "tests/support/shared_data.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MOST_TOKENS = 40, K = 3 };

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != DISTILL_OK)                                                                  \
            fail_msg("%s", distill_error_message());                                               \
    } while (0)

/// A generated trace, which is a function of its number.
typedef struct made_trace {
    trace_record record;
    char id[32], prompt[64], response[4096];
    int32_t ids[MOST_TOKENS], topk_ids[MOST_TOKENS * K];
    float logprobs[MOST_TOKENS];
    uint16_t topk_logprobs[MOST_TOKENS * K];
} made_trace;

static void make_trace(made_trace *made, uint64_t number)
{
    distill_rng rng = distill_rng_start(3, number);
    size_t count = distill_rng_below(&rng, MOST_TOKENS), length = distill_rng_below(&rng, 4000);
    memset(made, 0, sizeof *made);
    snprintf(made->id, sizeof made->id, "id-%llu", (unsigned long long)number / 2);
    snprintf(made->prompt, sizeof made->prompt, "What is %llu?", (unsigned long long)number / 2);
    for (size_t i = 0; i < length; i++)
        made->response[i] = (char)(i % 7 == 0 ? 0 : distill_rng_below(&rng, 256));
    for (size_t i = 0; i < count; i++) {
        made->ids[i] = (int32_t)distill_rng_below(&rng, 151936);
        made->logprobs[i] = (float)-distill_rng_uniform(&rng);
    }
    for (size_t i = 0; i < count * K; i++) {
        made->topk_ids[i] = (int32_t)distill_rng_below(&rng, 151936);
        made->topk_logprobs[i] = (uint16_t)(0x8000 | distill_rng_below(&rng, 0x7000));
    }
    made->record = (trace_record){
        .id = distill_span_of(made->id),
        .prompt = distill_span_of(made->prompt),
        .response = {made->response, length},
        .answer = distill_span_of("42"),
        .domain = distill_span_of("math"),
        .language = distill_span_of(""),
        .error = distill_span_of(number % 9 == 7 ? "HTTP 500 six times" : ""),
        .sample = (int32_t)(number % 2),
        .finish = number % 5 == 0 ? TRACE_FINISH_LENGTH : TRACE_FINISH_STOP,
        .prompt_tokens = 5,
        .response_tokens = (int32_t)count,
        .token_ids = made->ids,
        .logprobs = made->logprobs,
        .token_count = count,
        .topk = K,
        .topk_ids = made->topk_ids,
        .topk_logprobs = made->topk_logprobs,
    };
}

static void assert_same_span(distill_span a, distill_span b)
{
    assert_int_equal(a.length, b.length);
    if (a.length > 0)
        assert_memory_equal(a.bytes, b.bytes, a.length);
}

static void assert_same_record(const trace_record *a, const trace_record *b)
{
    assert_same_span(a->id, b->id);
    assert_same_span(a->prompt, b->prompt);
    assert_same_span(a->response, b->response);
    assert_same_span(a->answer, b->answer);
    assert_same_span(a->domain, b->domain);
    assert_same_span(a->language, b->language);
    assert_same_span(a->error, b->error);
    assert_int_equal(a->sample, b->sample);
    assert_int_equal(a->finish, b->finish);
    assert_int_equal(a->prompt_tokens, b->prompt_tokens);
    assert_int_equal(a->response_tokens, b->response_tokens);
    assert_int_equal(a->token_count, b->token_count);
    assert_int_equal(a->topk, b->topk);
    if (a->token_count > 0) {
        assert_memory_equal(a->token_ids, b->token_ids, a->token_count * 4);
        assert_memory_equal(a->logprobs, b->logprobs, a->token_count * 4);
        assert_memory_equal(a->topk_ids, b->topk_ids, a->token_count * 4 * K);
        assert_memory_equal(a->topk_logprobs, b->topk_logprobs, a->token_count * 2 * K);
    }
}

static const char *folder(const char *name)
{
    static char paths[8][200];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_folder(), name);
    return path;
}

static trace_store_settings settings_with(const char *json)
{
    return (trace_store_settings){.teacher = "tests/teacher",
                                  .tokenizer_sha256 = "00ff",
                                  .settings_json = json,
                                  .shard_traces = 16,
                                  .compression_level = 3,
                                  .topk = K};
}

static trace_store *open_store(const char *dir)
{
    trace_store *store = NULL;
    trace_store_settings settings = settings_with("{\"temperature\":0.6,\"n\":2}");
    MUST(trace_store_open(&store, dir, &settings));
    return store;
}

static void append(trace_store *store, uint64_t number)
{
    made_trace made;
    make_trace(&made, number);
    MUST(trace_store_append(store, &made.record, number));
}

/// Checks that `dir` holds exactly traces 0 … count-1 with the given step.
static void assert_holds(const char *dir, size_t count, uint64_t step)
{
    trace_reader *reader = NULL;
    made_trace made;
    trace_record record;
    MUST(trace_reader_open(&reader, dir));
    assert_int_equal(trace_reader_count(reader), count);
    for (size_t i = 0; i < count; i++) {
        make_trace(&made, i * step);
        MUST(trace_reader_read(reader, i, &record));
        assert_same_record(&made.record, &record);
    }
    for (size_t i = count; i-- > 0; i -= i > 3 ? 3 : i) { // backwards and in jumps
        make_trace(&made, i * step);
        MUST(trace_reader_read(reader, i, &record));
        assert_same_record(&made.record, &record);
    }
    assert_string_equal(trace_reader_attribute(reader, "teacher"), "tests/teacher");
    assert_string_equal(trace_reader_attribute(reader, "nothing"), "");
    MUST(trace_reader_verify(reader));
    trace_reader_close(reader);
}

static void assert_only_results(const char *dir)
{
    DIR *entries = opendir(dir);
    assert_non_null(entries);
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (strstr(entry->d_name, "journal") != NULL || strstr(entry->d_name, ".tmp") != NULL)
            fail_msg("%s was left in %s", entry->d_name, dir);
    closedir(entries);
}

static void traces_are_read_as_they_were_written(void **state)
{
    (void)state;
    const char *dir = folder("plain");
    trace_store *store = open_store(dir);
    for (uint64_t i = 0; i < 50; i++)
        append(store, i);
    assert_int_equal(trace_store_count(store), 50);
    assert_true(trace_store_has(store, distill_span_of("id-7"), 1));
    assert_false(trace_store_has(store, distill_span_of("id-7"), 2));
    MUST(trace_store_sync(store));
    MUST(trace_store_finish(store));
    trace_store_close(store);
    assert_holds(dir, 50, 1);
    assert_only_results(dir);
}

static void shards_do_not_depend_on_the_order_of_completion(void **state)
{
    (void)state;
    setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
    const char *dirs[3] = {folder("order0"), folder("order1"), folder("order2")};
    size_t numbers[100];
    for (size_t d = 0; d < 3; d++) {
        trace_store *store = open_store(dirs[d]);
        distill_rng rng = distill_rng_start(11, d);
        for (size_t i = 0; i < 100; i++)
            numbers[i] = i;
        if (d > 0)
            distill_rng_shuffle(&rng, numbers, 100);
        for (size_t i = 0; i < 100; i++) {
            append(store, numbers[i]);
            if (d == 2 && i % 30 == 29) { // interrupted and resumed
                trace_store_close(store);
                store = open_store(dirs[d]);
                assert_int_equal(trace_store_count(store), i + 1);
            }
        }
        MUST(trace_store_finish(store));
        trace_store_close(store);
        assert_holds(dirs[d], 100, 1);
    }
    for (size_t shard = 0; shard < 7; shard++) {
        char sums[3][65], path[300];
        for (size_t d = 0; d < 3; d++) {
            snprintf(path, sizeof path, "%s/shard-%05zu.h5", dirs[d], shard);
            MUST(distill_sha256_file(sums[d], path));
        }
        assert_string_equal(sums[0], sums[1]);
        assert_string_equal(sums[0], sums[2]);
    }
    unsetenv("SOURCE_DATE_EPOCH");
}

static void complete_shards_are_removed_from_the_journal(void **state)
{
    (void)state;
    const char *dir = folder("early");
    char path[300];
    trace_store *store = open_store(dir);
    for (uint64_t i = 0; i < 40; i++)
        append(store, i * 2); // orders with gaps: no shard is certain to be complete
    snprintf(path, sizeof path, "%s/shard-00000.h5", dir);
    assert_false(distill_file_exists(path));
    MUST(trace_store_settle(store, 80));
    assert_true(distill_file_exists(path));
    assert_int_equal(trace_store_count(store), 40);
    trace_store_close(store);
    store = open_store(dir);
    assert_int_equal(trace_store_count(store), 40);
    assert_true(trace_store_has(store, distill_span_of("id-0"), 0)); // in a sealed shard
    assert_true(trace_store_has(store, distill_span_of("id-39"), 0));
    assert_true(trace_store_has_order(store, 1)); // can no longer be appended
    assert_false(trace_store_has_order(store, 81));
    made_trace made;
    make_trace(&made, 1);
    assert_int_equal(trace_store_append(store, &made.record, 1), DISTILL_INTERNAL);
    MUST(trace_store_finish(store));
    trace_store_close(store);
    assert_holds(dir, 40, 2);
}

static void a_finished_output_is_not_changed(void **state)
{
    (void)state;
    const char *dir = folder("finished");
    made_trace made;
    trace_store *store = open_store(dir);
    append(store, 0);
    assert_false(trace_store_is_finished(store));
    MUST(trace_store_finish(store));
    trace_store_close(store);
    store = open_store(dir);
    assert_true(trace_store_is_finished(store));
    make_trace(&made, 1);
    assert_int_equal(trace_store_append(store, &made.record, 1), DISTILL_INTERNAL);
    trace_store_close(store);
    assert_holds(dir, 1, 1);
    trace_store_settings again = settings_with("{\"temperature\":0.6,\"n\":2}");
    again.overwrite = true;
    MUST(trace_store_open(&store, dir, &again));
    assert_false(trace_store_is_finished(store));
    assert_int_equal(trace_store_count(store), 0);
    MUST(trace_store_finish(store));
    trace_store_close(store);
    assert_holds(dir, 0, 1); // an output without traces is valid
}

static void a_finished_output_without_its_shard_is_an_error(void **state)
{
    (void)state;
    const char *dir = folder("robbed");
    distill_text path = {0};
    trace_store *store = open_store(dir);
    trace_store_settings settings = settings_with("{\"temperature\":0.6,\"n\":2}");
    append(store, 0);
    MUST(trace_store_finish(store));
    trace_store_close(store);
    MUST(distill_path_join(&path, dir, "shard-00000.h5"));
    MUST(distill_file_write(path.bytes, "cut", 3));
    assert_int_equal(trace_store_open(&store, dir, &settings), DISTILL_FORMAT);
    assert_non_null(strstr(distill_error_message(), "found 3"));
    MUST(distill_remove_all(path.bytes));
    assert_int_equal(trace_store_open(&store, dir, &settings), DISTILL_FORMAT);
    assert_non_null(strstr(distill_error_message(), "the shard is missing"));
    settings.overwrite = true;
    MUST(trace_store_open(&store, dir, &settings));
    trace_store_close(store);
    distill_text_free(&path);
}

static void other_settings_are_refused_by_name(void **state)
{
    (void)state;
    static const char *const free_keys[] = {"batch-size"};
    const char *dir = folder("settings");
    trace_store *store = NULL;
    trace_store_settings settings = settings_with("{\"temperature\":0.6,\"batch_size\":1}");
    settings.keys = (distill_output_keys){.free = free_keys, .free_count = 1};
    MUST(trace_store_open(&store, dir, &settings));
    append(store, 0);
    for (int finished = 0; finished < 2; finished++) {
        if (finished)
            MUST(trace_store_finish(store));
        trace_store_close(store);
        settings.settings_json = "{\"temperature\":0.7,\"batch_size\":1}";
        assert_int_equal(trace_store_open(&store, dir, &settings), DISTILL_MISMATCH);
        assert_non_null(strstr(distill_error_message(), "temperature was 0.6 and is now 0.7"));
        settings.settings_json = "{\"temperature\":0.6,\"batch_size\":1,\"top-p\":0.9}";
        assert_int_equal(trace_store_open(&store, dir, &settings), DISTILL_MISMATCH);
        assert_non_null(strstr(distill_error_message(), "top-p was absent and is now 0.9"));
        settings.settings_json = "{\"temperature\":0.6,\"batch_size\":8}";
        settings.teacher = "another";
        assert_int_equal(trace_store_open(&store, dir, &settings), DISTILL_MISMATCH);
        assert_non_null(strstr(distill_error_message(), "teacher was"));
        settings.teacher = "tests/teacher";
        MUST(trace_store_open(&store, dir, &settings));
        assert_int_equal(trace_store_count(store), 1);
    }
    trace_store_close(store);
}

static void one_output_has_one_writer(void **state)
{
    (void)state;
    const char *dir = folder("locked");
    trace_store *store = open_store(dir), *second = NULL;
    trace_store_settings settings = settings_with("{\"temperature\":0.6,\"n\":2}");
    assert_int_equal(trace_store_open(&second, dir, &settings), DISTILL_IO);
    char owner[64];
    snprintf(owner, sizeof owner, "another process is writing here (pid %ld)", (long)getpid());
    assert_non_null(strstr(distill_error_message(), owner));
    trace_store_close(store);
    store = open_store(dir);
    trace_store_close(store);
}

/// Without the journal an interruption leaves complete shards only, and the other traces are
/// written again.
static void traces_written_directly_continue_after_the_last_shard(void **state)
{
    (void)state;
    const char *dir = folder("direct");
    made_trace made;
    for (int round = 0; round < 4; round++) { // 16 traces a shard, 25 more before each interruption
        trace_store *store = open_store(dir);
        uint64_t done = (uint64_t)round * 16; // of 16 r + 25 traces 16 r + 16 fill shards
        assert_int_equal(trace_store_count(store), done);
        for (uint64_t i = 0; i < done + 25; i++) {
            assert_int_equal(trace_store_has_order(store, 3 * i), i < done);
            make_trace(&made, 3 * i);
            if (i >= done)
                MUST(trace_store_write(store, &made.record, 3 * i));
        }
        assert_int_equal(trace_store_write(store, &made.record, 7), DISTILL_INTERNAL);
        if (round == 3)
            MUST(trace_store_finish(store));
        trace_store_close(store); // loses the traces that are in no complete shard
    }
    assert_holds(dir, 48 + 25, 3);
}

/// A part that only later traces have gets rows for the earlier ones.
static void parts_may_begin_with_any_trace(void **state)
{
    (void)state;
    const char *dir = folder("parts");
    trace_store *store = open_store(dir);
    trace_reader *reader = NULL;
    trace_record record;
    made_trace made;
    for (uint64_t i = 0; i < 12; i++) {
        make_trace(&made, i);
        made.record.error = distill_span_of(i == 9 ? "why" : "");
        made.record.has_verdict = i >= 6;
        made.record.correct = 1;
        made.record.extracted = distill_span_of("42");
        if (i < 3)
            made.record.token_ids = NULL;
        MUST(trace_store_write(store, &made.record, i));
    }
    MUST(trace_store_finish(store));
    trace_store_close(store);
    MUST(trace_reader_open(&reader, dir));
    for (uint64_t i = 0; i < 12; i++) {
        make_trace(&made, i);
        MUST(trace_reader_read(reader, i, &record));
        assert_same_span(record.response, made.record.response);
        assert_int_equal(record.token_count, i < 3 ? 0 : made.record.token_count);
        assert_int_equal(record.correct, i < 6 ? -1 : 1);
        assert_true(distill_span_is(record.extracted, i < 6 ? "" : "42"));
        assert_true(distill_span_is(record.error, i == 9 ? "why" : ""));
        if (i >= 3 && record.token_count > 0)
            assert_memory_equal(record.topk_ids, made.record.topk_ids, record.token_count * 4 * K);
    }
    trace_reader_close(reader);
}

static void traces_that_readers_refuse_are_refused(void **state)
{
    (void)state;
    trace_store *store = open_store(folder("long"));
    made_trace made;
    make_trace(&made, 1);
    made.record.prompt.length = ((size_t)1 << 28) + 1; // refused before its bytes are read
    assert_int_equal(trace_store_append(store, &made.record, 0), DISTILL_LIMIT);
    assert_non_null(strstr(distill_error_message(), "the prompt of a trace has 268435457 bytes"));
    make_trace(&made, 1);
    made.record.token_count = ((size_t)1 << 26) + 1;
    assert_int_equal(trace_store_append(store, &made.record, 0), DISTILL_LIMIT);
    append(store, 0);
    trace_store_close(store);
    store = open_store(folder("long2"));
    assert_int_equal(trace_store_write(store, &made.record, 0), DISTILL_LIMIT);
    trace_store_close(store);
}

static void journal_path(char path[300], const char *dir)
{
    snprintf(path, 300, "%s/journal-00000.log", dir);
}

static void a_torn_frame_at_the_end_is_cut_off(void **state)
{
    (void)state;
    const char *dir = folder("torn");
    char path[300];
    uint64_t before = 0, after = 0;
    trace_store *store = open_store(dir);
    for (uint64_t i = 0; i < 3; i++)
        append(store, i);
    journal_path(path, dir);
    MUST(distill_file_size(&before, path));
    append(store, 3);
    MUST(distill_file_size(&after, path));
    trace_store_close(store);
    for (uint64_t cut = after - 1; cut > before; cut -= cut > before + 9 ? 7 : 1) {
        assert_int_equal(truncate(path, (off_t)cut), 0);
        store = open_store(dir);
        assert_int_equal(trace_store_count(store), 3);
        append(store, 3);
        assert_int_equal(trace_store_count(store), 4);
        trace_store_close(store);
    }
    store = open_store(dir);
    MUST(trace_store_finish(store));
    trace_store_close(store);
    assert_holds(dir, 4, 1);
}

static void a_damaged_frame_loses_only_its_trace(void **state)
{
    (void)state;
    const char *dir = folder("damaged");
    char path[300];
    uint64_t place = 0;
    trace_store *store = open_store(dir);
    append(store, 0);
    journal_path(path, dir);
    MUST(distill_file_size(&place, path));
    append(store, 1);
    append(store, 2);
    trace_store_close(store);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, (long)place + 60, SEEK_SET);
    fputc(0x5A, file);
    fclose(file);
    store = open_store(dir);
    assert_int_equal(trace_store_count(store), 2);
    assert_false(trace_store_has_order(store, 1));
    assert_true(trace_store_has_order(store, 2));
    append(store, 1);
    MUST(trace_store_finish(store));
    trace_store_close(store);
    assert_holds(dir, 3, 1);
}

/// In a child process: appends traces and reports each one after it is stored, until it is killed.
static void append_until_killed(const char *dir, int said)
{
    trace_store *store = open_store(dir);
    for (uint64_t i = 0; i < 5000; i++) {
        if (trace_store_has_order(store, i))
            continue;
        append(store, i);
        if (write(said, &i, sizeof i) != sizeof i)
            _exit(1);
    }
    _exit(0);
}

static void acknowledged_traces_survive_kill_9(void **state)
{
    (void)state;
    const char *dir = folder("killed");
    uint64_t last = 0;
    distill_rng rng = distill_rng_start(5, 5);
    for (int round = 0; round < 5; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0)
            append_until_killed(dir, ends[1]);
        close(ends[1]);
        size_t wait = 20 + distill_rng_below(&rng, 60);
        uint64_t number = 0;
        while (read(ends[0], &number, sizeof number) == sizeof number) {
            last = number;
            if (--wait == 0)
                kill(child, SIGKILL);
        }
        close(ends[0]);
        waitpid(child, NULL, 0);
        trace_store *store = open_store(dir);
        for (uint64_t i = 0; i <= last; i++)
            assert_true(trace_store_has_order(store, i));
        trace_store_close(store);
    }
    trace_store *store = open_store(dir);
    size_t count = trace_store_count(store);
    assert_true(count > 100);
    MUST(trace_store_finish(store));
    trace_store_close(store);
    assert_holds(dir, count, 1);
    assert_only_results(dir);
}

static void an_unfinished_output_is_not_read(void **state)
{
    (void)state;
    const char *dir = folder("unfinished");
    trace_reader *reader = NULL;
    trace_store *store = open_store(dir);
    append(store, 0);
    trace_store_close(store);
    assert_int_equal(trace_reader_open(&reader, dir), DISTILL_FORMAT);
    assert_non_null(strstr(distill_error_message(), "unfinished"));
}

static void every_failing_allocation_is_an_error(void **state)
{
    (void)state;
    char name[32];
    bool failed = true;
    for (uint64_t n = 1; failed && n < 4000; n += n < 200 ? 1 : 37) {
        snprintf(name, sizeof name, "memory%llu", (unsigned long long)n);
        const char *dir = folder(name);
        trace_store *store = NULL;
        trace_store_settings settings = settings_with("{}");
        made_trace made;
        make_trace(&made, 0);
        distill_allocation_fail_at(n);
        distill_status status = trace_store_open(&store, dir, &settings);
        if (status == DISTILL_OK)
            status = trace_store_append(store, &made.record, 0);
        if (status == DISTILL_OK)
            status = trace_store_finish(store);
        distill_allocation_fail_at(0);
        trace_store_close(store);
        failed = status != DISTILL_OK;
        if (failed)
            assert_int_equal(status, DISTILL_NO_MEMORY);
        MUST(distill_remove_all(dir));
    }
    assert_false(failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traces_are_read_as_they_were_written),
        cmocka_unit_test(shards_do_not_depend_on_the_order_of_completion),
        cmocka_unit_test(complete_shards_are_removed_from_the_journal),
        cmocka_unit_test(a_finished_output_is_not_changed),
        cmocka_unit_test(a_finished_output_without_its_shard_is_an_error),
        cmocka_unit_test(other_settings_are_refused_by_name),
        cmocka_unit_test(one_output_has_one_writer),
        cmocka_unit_test(traces_written_directly_continue_after_the_last_shard),
        cmocka_unit_test(parts_may_begin_with_any_trace),
        cmocka_unit_test(traces_that_readers_refuse_are_refused),
        cmocka_unit_test(a_torn_frame_at_the_end_is_cut_off),
        cmocka_unit_test(a_damaged_frame_loses_only_its_trace),
        cmocka_unit_test(acknowledged_traces_survive_kill_9),
        cmocka_unit_test(an_unfinished_output_is_not_read),
        cmocka_unit_test(every_failing_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
