// tests/unit/train/test_batching.c - every document once an epoch, steps of about equal size, all
// of it repeatable.
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/train/batching.h"
#include "tests/support/unit.h"

#include <stdlib.h>

enum { DOCUMENTS = 500, LONGEST = 900 };

// Documents of random lengths in two sources of 300 and 200.
typedef struct fixture {
    uint32_t lengths[DOCUMENTS];
    distill_document_source sources[2];
    distill_document_set set;
    distill_batching_settings settings;
} fixture;

static int begin(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    distill_rng rng = distill_rng_start(5, 0);
    assert_non_null(f);
    for (size_t i = 0; i < DOCUMENTS; i++)
        f->lengths[i] = (uint32_t)(1 + distill_rng_below(&rng, i % 10 == 0 ? LONGEST : 120));
    f->sources[0] = (distill_document_source){.first = 0, .count = 300, .weight = 1};
    f->sources[1] = (distill_document_source){.first = 300, .count = 200, .weight = 1};
    f->set = (distill_document_set){f->lengths, DOCUMENTS, f->sources, 2};
    f->settings = (distill_batching_settings){.seed = 1, .tokens = 4000};
    *state = f;
    return 0;
}

static int end(void **state)
{
    free(*state);
    return 0;
}

static distill_batching *create(const fixture *f)
{
    distill_batching *batching = NULL;
    assert_ok(distill_batching_create(&batching, &f->set, &f->settings));
    return batching;
}

// Adds the documents of a step to seen[]; returns its tokens.
static size_t visit(distill_batching *batching, uint64_t step, const fixture *f, int *seen)
{
    const size_t *documents;
    size_t count, tokens = 0;
    distill_batching_step(batching, step, &documents, &count);
    assert_true(count > 0 && count <= distill_batching_most_documents(batching));
    for (size_t i = 0; i < count; i++) {
        seen[documents[i]]++;
        tokens += f->lengths[documents[i]];
    }
    return tokens;
}

static void every_document_comes_once_an_epoch(void **state)
{
    fixture *f = *state;
    distill_batching *batching = create(f);
    int seen[DOCUMENTS] = {0};
    assert_int_equal(distill_batching_documents(batching), DOCUMENTS);
    for (uint64_t step = 1; step <= distill_batching_steps(batching); step++)
        visit(batching, step, f, seen);
    for (size_t i = 0; i < DOCUMENTS; i++)
        assert_int_equal(seen[i], 1);
    distill_batching_free(batching);
}

static void steps_hold_about_the_same_number_of_tokens(void **state)
{
    fixture *f = *state;
    distill_batching *batching = create(f);
    int seen[DOCUMENTS] = {0};
    size_t total = 0, steps = distill_batching_steps(batching);
    for (size_t i = 0; i < DOCUMENTS; i++)
        total += f->lengths[i];
    assert_int_equal(steps, (total + 3999) / 4000);
    double mean = (double)total / (double)steps;
    for (uint64_t step = 1; step <= 3 * steps; step++) {
        double tokens = (double)visit(batching, step, f, seen);
        assert_true(tokens > mean - LONGEST && tokens < mean + LONGEST);
    }
    distill_batching_free(batching);
}

static void a_step_is_a_function_of_its_number(void **state)
{
    fixture *f = *state;
    distill_batching *a = create(f), *b = create(f);
    const size_t *x, *y;
    size_t n, m, steps = distill_batching_steps(a);
    for (uint64_t step = 1; step <= 2 * steps; step++)
        distill_batching_step(a, step, &x, &n); // visits every step, b only this one
    distill_batching_step(b, 2 * steps, &y, &m);
    assert_int_equal(n, m);
    assert_memory_equal(x, y, n * sizeof *x);
    distill_batching_free(a);
    distill_batching_free(b);
}

static void another_seed_gives_another_order(void **state)
{
    fixture *f = *state;
    int first[DOCUMENTS] = {0}, second[DOCUMENTS] = {0};
    distill_batching *batching = create(f);
    visit(batching, 3, f, first);
    distill_batching_free(batching);
    f->settings.seed = 2;
    batching = create(f);
    visit(batching, 3, f, second);
    assert_true(memcmp(first, second, sizeof first) != 0);
    distill_batching_free(batching);
}

static void batches_of_documents_are_cut_by_number(void **state)
{
    fixture *f = *state;
    f->settings.documents = 64;
    distill_batching *batching = create(f);
    assert_int_equal(distill_batching_steps(batching), 8); // 7 of 64 and one of 52
    assert_int_equal(distill_batching_most_documents(batching), 64);
    for (uint64_t step = 1; step <= 8; step++) {
        int seen[DOCUMENTS] = {0}, count = 0;
        visit(batching, step, f, seen);
        for (size_t i = 0; i < DOCUMENTS; i++)
            count += seen[i];
        assert_int_equal(count, step < 8 ? 64 : 52);
    }
    distill_batching_free(batching);
}

static void without_a_size_there_is_one_step(void **state)
{
    fixture *f = *state;
    const size_t *documents;
    size_t count;
    f->settings = (distill_batching_settings){0};
    distill_batching *batching = create(f);
    assert_int_equal(distill_batching_steps(batching), 1);
    distill_batching_step(batching, 1, &documents, &count);
    assert_int_equal(count, DOCUMENTS);
    distill_batching_free(batching);
}

static void weights_repeat_and_thin_out_sources(void **state)
{
    fixture *f = *state;
    int first[DOCUMENTS] = {0}, second[DOCUMENTS] = {0}, thinned = 0;
    f->sources[0].weight = 0.25; // 75 of 300, other ones in each epoch
    f->sources[1].weight = 2;
    distill_batching *batching = create(f);
    const size_t steps = distill_batching_steps(batching);
    assert_int_equal(distill_batching_documents(batching), 75 + 400);
    for (uint64_t step = 1; step <= 2 * steps; step++)
        visit(batching, step, f, step <= steps ? first : second);
    for (size_t i = 0; i < DOCUMENTS; i++) {
        thinned += i < 300 ? first[i] : 0;
        assert_true(i < 300 ? first[i] <= 1 : first[i] == 2);
    }
    assert_int_equal(thinned, 75);
    assert_true(memcmp(first, second, 300 * sizeof *first) != 0);
    distill_batching_free(batching);
    f->sources[0].weight = f->sources[1].weight = 0.001;
    assert_fails(distill_batching_create(&batching, &f->set, &f->settings), DISTILL_USAGE,
                 "no document");
}

static void later_steps_allocate_nothing(void **state)
{
    fixture *f = *state;
    distill_batching *batching = create(f);
    int seen[DOCUMENTS] = {0};
    uint64_t calls = distill_allocation_count();
    for (uint64_t step = 1; step <= 2 * distill_batching_steps(batching); step++)
        visit(batching, step, f, seen);
    assert_int_equal(distill_allocation_count(), calls);
    distill_batching_free(batching);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_document_comes_once_an_epoch, begin, end),
        cmocka_unit_test_setup_teardown(steps_hold_about_the_same_number_of_tokens, begin, end),
        cmocka_unit_test_setup_teardown(a_step_is_a_function_of_its_number, begin, end),
        cmocka_unit_test_setup_teardown(another_seed_gives_another_order, begin, end),
        cmocka_unit_test_setup_teardown(batches_of_documents_are_cut_by_number, begin, end),
        cmocka_unit_test_setup_teardown(without_a_size_there_is_one_step, begin, end),
        cmocka_unit_test_setup_teardown(weights_repeat_and_thin_out_sources, begin, end),
        cmocka_unit_test_setup_teardown(later_steps_allocate_nothing, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
