// Blocks give the same records as the reader gives row by row, for any beginning and end.
#include "datasets/traces/shard/trace_block.h"
#include "datasets/traces/trace_store.h"
#include "tests/support/shared_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != DISTILL_OK)                                                                  \
            fail_msg("%s", distill_error_message());                                               \
    } while (0)

enum { TRACES = 300, TOKENS = 2000, TOPK = 2 };

static char letters[1 << 17];
static int32_t ids[TOKENS * TOPK];
static float logprobs[TOKENS];
static uint16_t halves[TOKENS * TOPK];

static const char *folder(void)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/traces", scratch_folder());
    return path;
}

/// Traces 40 … 79 have no tokens; replies are from 0 to 100000 bytes; some have an error.
static void write_traces(void)
{
    trace_store *store = NULL;
    trace_store_settings settings = {.shard_traces = 120, .topk = TOPK};
    for (size_t i = 0; i < sizeof letters; i++)
        letters[i] = (char)('a' + i * i % 23);
    for (int32_t i = 0; i < TOKENS * TOPK; i++) {
        ids[i] = i;
        halves[i] = (uint16_t)i;
        logprobs[i % TOKENS] = -(float)i;
    }
    MUST(trace_store_open(&store, folder(), &settings));
    for (size_t i = 0; i < TRACES; i++) {
        size_t length = i % 7 == 0 ? 100000 - i : i * 37 % 4000;
        trace_record record = {
            .id = {letters + i, 5},
            .prompt = {letters + 2 * i, i % 50},
            .response = {letters + i, i % 11 == 3 ? 0 : length},
            .answer = {letters, i % 3},
            .domain = distill_span_of("math"),
            .error = {letters, i % 17 == 0 ? 9 : 0},
            .sample = (int32_t)i,
            .finish = (trace_finish)(i % 3),
            .response_tokens = (int32_t)(i * 3),
            .topk = TOPK,
        };
        if (i < 40 || i >= 80) {
            record.token_count = i * 13 % TOKENS;
            record.token_ids = ids;
            record.logprobs = logprobs;
            record.topk_ids = ids;
            record.topk_logprobs = halves;
        }
        MUST(trace_store_write(store, &record, 3 * i));
        assert_true(trace_store_has_order(store, 3 * i) == ((i + 1) % 120 == 0));
    }
    MUST(trace_store_finish(store));
    trace_store_close(store);
}

static void same_bytes(const void *a, const void *b, size_t bytes)
{
    assert_true((a == NULL) == (b == NULL));
    if (bytes > 0 && a != NULL)
        assert_memory_equal(a, b, bytes);
}

static void same_text(distill_span a, distill_span b)
{
    assert_true(distill_span_equal(a, b));
}

static void same_record(const trace_record *a, const trace_record *b, bool tokens)
{
    same_text(a->id, b->id);
    same_text(a->prompt, b->prompt);
    same_text(a->response, b->response);
    same_text(a->answer, b->answer);
    same_text(a->domain, b->domain);
    same_text(a->language, b->language);
    same_text(a->error, b->error);
    assert_int_equal(a->sample, b->sample);
    assert_int_equal(a->finish, b->finish);
    assert_int_equal(a->response_tokens, b->response_tokens);
    assert_int_equal(a->has_verdict, b->has_verdict);
    if (!tokens)
        return;
    assert_int_equal(a->token_count, b->token_count);
    same_bytes(a->token_ids, b->token_ids, 4 * a->token_count);
    same_bytes(a->logprobs, b->logprobs, 4 * a->token_count);
    same_bytes(a->topk_ids, b->topk_ids, 4 * TOPK * a->token_count);
    same_bytes(a->topk_logprobs, b->topk_logprobs, 2 * TOPK * a->token_count);
}

static void blocks_hold_what_the_reader_reads(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 3000, 300000, 1 << 24};
    trace_reader *rows = NULL, *blocks = NULL;
    trace_block *block = NULL;
    write_traces();
    MUST(trace_reader_open(&rows, folder()));
    MUST(trace_reader_open(&blocks, folder()));
    assert_int_equal(trace_reader_count(rows), TRACES);
    MUST(trace_block_create(&block));
    for (size_t i = 0; i < 8; i++) {
        bool all = i % 2 == 0;
        for (size_t first = 0; first < TRACES; first += trace_block_count(block)) {
            MUST(trace_block_fetch(block, blocks, first, sizes[i / 2],
                                   all ? TRACE_BLOCK_ALL : TRACE_BLOCK_TEXTS));
            MUST(trace_block_unpack(block));
            assert_true(trace_block_count(block) > 0);
            for (size_t k = 0; k < trace_block_count(block); k++) {
                trace_record record;
                MUST(trace_reader_read(rows, first + k, &record));
                same_record(trace_block_at(block, k), &record, all);
            }
        }
    }
    assert_int_equal(trace_block_fetch(block, blocks, TRACES, 1, TRACE_BLOCK_ALL), DISTILL_USAGE);
    trace_block_free(block);
    trace_reader_close(rows);
    trace_reader_close(blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(blocks_hold_what_the_reader_reads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
