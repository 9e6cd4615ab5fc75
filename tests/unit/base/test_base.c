// Memory, text, random numbers, threads and checksums of distill/base.
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/base/sha256.h"
#include "distill/base/text.h"
#include "distill/base/threads.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdatomic.h>

static void sizes_that_overflow_are_rejected(void **state)
{
    (void)state;
    void *block = NULL;
    size_t size;
    assert_false(distill_mul_size(&size, SIZE_MAX / 2, 3));
    assert_fails(distill_alloc(&block, SIZE_MAX / 4, 8), DISTILL_NO_MEMORY, "too many");
    assert_null(block);
}

static void memory_is_zeroed_aligned_and_counted(void **state)
{
    (void)state;
    char *block = NULL;
    uint64_t before = distill_allocation_count();
    assert_ok(distill_alloc((void **)&block, 1000, 1));
    assert_int_equal(distill_allocation_count(), before + 1);
    assert_int_equal((uintptr_t)block % 64, 0);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(block[i], 0);
    distill_free(block);
    distill_allocation_fail_at(2);
    assert_ok(distill_alloc((void **)&block, 1, 1));
    distill_free(block);
    assert_fails(distill_alloc((void **)&block, 1, 1), DISTILL_NO_MEMORY, "out of memory");
    assert_ok(distill_alloc((void **)&block, 1, 1));
    distill_free(block);
}

static void a_text_stops_at_its_limit(void **state)
{
    (void)state;
    distill_text text = {.limit = 10};
    assert_ok(distill_text_add(&text, "12345"));
    assert_ok(distill_text_printf(&text, "%d", 67890));
    assert_fails(distill_text_add_char(&text, 'x'), DISTILL_LIMIT, "10 bytes");
    assert_string_equal(text.bytes, "1234567890");
    distill_text_free(&text);
}

static void spans_are_searched_and_trimmed(void **state)
{
    (void)state;
    distill_span hay = distill_span_of("abcabc"), none = distill_span_of("");
    assert_int_equal(distill_span_find(hay, distill_span_of("bc"), 0), 1);
    assert_int_equal(distill_span_find(hay, distill_span_of("bc"), 2), 4);
    assert_int_equal(distill_span_find_last(hay, distill_span_of("abc")), 3);
    assert_true(distill_span_find(hay, distill_span_of("x"), 0) == SIZE_MAX);
    assert_true(distill_span_find_last(none, distill_span_of("x")) == SIZE_MAX);
    assert_true(distill_span_is(distill_span_trim(distill_span_of(" \t x y\n")), "x y"));
    assert_int_equal(distill_span_trim(distill_span_of("  ")).length, 0);
}

static void bytes_and_counts_are_formatted(void **state)
{
    (void)state;
    char buffer[40];
    assert_string_equal(distill_format_bytes(buffer, sizeof buffer, 1536), "1.5 KiB");
    assert_string_equal(distill_format_bytes(buffer, sizeof buffer, 12), "12 B");
    assert_string_equal(distill_format_count(buffer, sizeof buffer, 1234567), "1,234,567");
    assert_string_equal(distill_format_count(buffer, sizeof buffer, 123), "123");
}

static void text_from_outside_is_shown_with_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *one_line, *lines;
    } cases[] = {
        {"plain caf\xC3\xA9 \xE6\xB1\x89 \xF0\x9F\x98\x80", NULL, NULL},
        {"a\033[31mb\nc\td", "a\\x1b[31mb\\x0ac\\x09d", "a\\x1b[31mb\nc\td"},
        {"\r\x7F\xC2\x9B", "\\x0d\\x7f\\u009b", "\\x0d\\x7f\\u009b"},
        {"x\xE2\x80\xAEy\xE2\x81\xA6z\xEF\xBB\xBF", "x\\u202ey\\u2066z\\ufeff",
         "x\\u202ey\\u2066z\\ufeff"},
        {"\xFF\xC3(\xED\xA0\x80\xC0\x80", "\\xff\\xc3(\\xed\\xa0\\x80\\xc0\\x80",
         "\\xff\\xc3(\\xed\\xa0\\x80\\xc0\\x80"},
        {"\xE2\x82", "\\xe2\\x82", "\\xe2\\x82"}, // cut in a character
    };
    distill_text shown = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = cases[i].text;
        distill_text_clear(&shown);
        assert_ok(distill_text_add_shown(&shown, distill_span_of(text), DISTILL_ONE_LINE));
        assert_string_equal(shown.bytes, cases[i].one_line != NULL ? cases[i].one_line : text);
        distill_text_clear(&shown);
        assert_ok(distill_text_add_shown(&shown, distill_span_of(text), DISTILL_KEEP_LINES));
        assert_string_equal(shown.bytes, cases[i].lines != NULL ? cases[i].lines : text);
    }
    distill_text_free(&shown);
}

static void random_numbers_are_addressed_and_uniform(void **state)
{
    (void)state;
    uint64_t stream = distill_rng_stream(1, "id", 2, 3);
    enum { N = 100000, BINS = 16 };
    size_t bins[BINS] = {0};
    double sum = 0;
    assert_true(distill_rng_at(stream, 9) == distill_rng_at(stream, 9));
    assert_true(stream != distill_rng_stream(1, "id", 2, 4));
    assert_true(stream != distill_rng_stream(2, "id", 2, 3));
    assert_true(stream != distill_rng_stream(1, "ie", 2, 3));
    for (uint64_t i = 0; i < N; i++) {
        double u = distill_rng_at(stream, i);
        assert_true(u >= 0 && u < 1);
        bins[(size_t)(u * BINS)]++;
        sum += u;
    }
    assert_true(fabs(sum / N - 0.5) < 0.005);
    for (size_t i = 0; i < BINS; i++)
        assert_true(fabs((double)bins[i] - N / (double)BINS) < 400); // 5 standard deviations
}

static void shuffling_keeps_every_item(void **state)
{
    (void)state;
    size_t items[100], seen[100] = {0}, moved = 0;
    distill_rng rng = distill_rng_start(7, 0);
    for (size_t i = 0; i < 100; i++)
        items[i] = i;
    distill_rng_shuffle(&rng, items, 100);
    for (size_t i = 0; i < 100; i++) {
        seen[items[i]]++;
        moved += items[i] != i;
    }
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(seen[i], 1);
    assert_true(moved > 80);
}

static void philox_matches_the_published_vector(void **state)
{
    (void)state;
    // Random123 known answers: philox4x32-10, key 0, counter 0 begins 6627e8d5 e169c58d
    distill_rng rng = {.stream = 0, .counter = 0};
    assert_true(distill_rng_next(&rng) == 0xe169c58d6627e8d5u);
}

/// Workers only count: cmocka's assertions jump, which works in the main thread alone.
typedef struct counting {
    atomic_int visits[1000];
    atomic_int wrong_workers; // calls with a worker's index out of range
    atomic_int long_pieces;   // calls with more than PIECE items
    atomic_int pieces;
} counting;

enum { PIECE = 7 };

static void visit(void *context, size_t begin, size_t end, int worker)
{
    counting *c = context;
    if (worker < 0 || worker >= distill_threads())
        atomic_fetch_add(&c->wrong_workers, 1);
    for (size_t i = begin; i < end; i++)
        atomic_fetch_add(&c->visits[i], 1);
}

static void visit_nested(void *context, size_t begin, size_t end, int worker)
{
    (void)worker;
    for (size_t i = begin; i < end; i++)
        distill_parallel_for(visit, context, 1000, 1);
}

static void every_index_is_visited_once(void **state)
{
    (void)state;
    static counting c;
    for (int round = 0; round < 200; round++)
        distill_parallel_for(visit, &c, 1000, 7);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(c.visits[i], 200);
    distill_parallel_for(visit_nested, &c, 4, 1);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(c.visits[i], 204);
    assert_int_equal(c.wrong_workers, 0);
}

/// Holds the first piece that is started until all others are done, those of its own part included.
static void hold_first_piece(void *context, size_t begin, size_t end, int worker)
{
    counting *c = context;
    if (end - begin > PIECE)
        atomic_fetch_add(&c->long_pieces, 1);
    visit(context, begin, end, worker);
    if (distill_threads() == 1 || atomic_fetch_add(&c->pieces, 1) != 0)
        return;
    for (size_t done = 0; done < 1000;) {
        done = 0;
        for (size_t i = 0; i < 1000; i++)
            done += atomic_load(&c->visits[i]) == 1;
    }
}

static void idle_workers_take_pieces_of_a_slow_one(void **state)
{
    (void)state;
    static counting c;
    distill_parallel_pieces(hold_first_piece, &c, 1000, PIECE);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(c.visits[i], 1);
    for (int round = 0; round < 200; round++)
        distill_parallel_pieces(visit, &c, 1000, PIECE);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(c.visits[i], 201);
    assert_int_equal(c.wrong_workers, 0);
    assert_int_equal(c.long_pieces, 0);
}

static void checksums_match_the_standard(void **state)
{
    (void)state;
    char hex[DISTILL_SHA256_HEX];
    assert_ok(distill_sha256_bytes(hex, "abc", 3)); // FIPS 180-4
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void near_names_are_found(void **state)
{
    (void)state;
    const char *names[] = {"temperature", "top-p", "seed"};
    assert_string_equal(distill_nearest_name("temprature", names, 3), "temperature");
    assert_string_equal(distill_nearest_name("top_p", names, 3), "top-p");
    assert_null(distill_nearest_name("completely-other", names, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_that_overflow_are_rejected),
        cmocka_unit_test(memory_is_zeroed_aligned_and_counted),
        cmocka_unit_test(a_text_stops_at_its_limit),
        cmocka_unit_test(spans_are_searched_and_trimmed),
        cmocka_unit_test(bytes_and_counts_are_formatted),
        cmocka_unit_test(text_from_outside_is_shown_with_escapes),
        cmocka_unit_test(random_numbers_are_addressed_and_uniform),
        cmocka_unit_test(shuffling_keeps_every_item),
        cmocka_unit_test(philox_matches_the_published_vector),
        cmocka_unit_test(every_index_is_visited_once),
        cmocka_unit_test(idle_workers_take_pieces_of_a_slow_one),
        cmocka_unit_test(checksums_match_the_standard),
        cmocka_unit_test(near_names_are_found),
    };
    assert_ok(distill_threads_set(3));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
