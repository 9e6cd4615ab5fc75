// Packing: every document once an epoch, steps of about equal size, bins that fit, all of it
// repeatable.
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "student/packing.h"
#include "tests/support/unit.h"

#include <stdlib.h>

enum { DOCUMENTS = 500, LONGEST = 900 };

// Documents of random lengths in two sources of 300 and 200.
typedef struct fixture {
    training_data data;
    training_document documents[DOCUMENTS];
    training_source sources[2];
    packing_settings settings;
} fixture;

static int begin(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    distill_rng rng = distill_rng_start(5, 0);
    assert_non_null(f);
    for (size_t i = 0; i < DOCUMENTS; i++)
        f->documents[i] = (training_document){
            .length = (uint32_t)(1 + distill_rng_below(&rng, i % 10 == 0 ? LONGEST : 120)),
            .source = i >= 300};
    f->sources[0] = (training_source){.first = 0, .count = 300, .weight = 1};
    f->sources[1] = (training_source){.first = 300, .count = 200, .weight = 1};
    f->data = (training_data){
        .documents = f->documents, .count = DOCUMENTS, .sources = f->sources, .source_count = 2};
    f->settings = (packing_settings){.seed = 1, .batch_tokens = 4000, .bin_tokens = 1000};
    *state = f;
    return 0;
}

static int end(void **state)
{
    free(*state);
    return 0;
}

// Visits the documents of a step: adds to seen[], checks the bins, gives the tokens.
static size_t visit(const packing *pack, const fixture *f, int *seen)
{
    size_t tokens = 0;
    for (size_t b = 0; b < packing_bins(pack); b++) {
        const size_t *documents;
        size_t count, in_bin = 0;
        packing_bin(pack, b, &documents, &count);
        assert_true(count > 0);
        if (f->settings.bin_documents > 0)
            assert_true(count <= f->settings.bin_documents);
        for (size_t i = 0; i < count; i++) {
            in_bin += f->documents[documents[i]].length;
            seen[documents[i]]++;
        }
        assert_true(in_bin <= f->settings.bin_tokens);
        tokens += in_bin;
    }
    return tokens;
}

static void every_document_comes_once_an_epoch(void **state)
{
    fixture *f = *state;
    packing *pack = NULL;
    int seen[DOCUMENTS] = {0};
    assert_ok(packing_create(&pack, &f->data, &f->settings));
    assert_int_equal(packing_documents(pack), DOCUMENTS);
    for (uint64_t step = 1; step <= packing_steps(pack); step++) {
        packing_go_to(pack, step);
        visit(pack, f, seen);
    }
    for (size_t i = 0; i < DOCUMENTS; i++)
        assert_int_equal(seen[i], 1);
    packing_free(pack);
}

static void steps_hold_about_the_same_number_of_tokens(void **state)
{
    fixture *f = *state;
    packing *pack = NULL;
    int seen[DOCUMENTS] = {0};
    assert_ok(packing_create(&pack, &f->data, &f->settings));
    size_t total = 0;
    for (size_t i = 0; i < DOCUMENTS; i++)
        total += f->documents[i].length;
    assert_int_equal(packing_steps(pack), (total + 3999) / 4000);
    double mean = (double)total / (double)packing_steps(pack);
    for (uint64_t step = 1; step <= 3 * packing_steps(pack); step++) {
        packing_go_to(pack, step);
        double tokens = (double)visit(pack, f, seen);
        assert_true(tokens > mean - LONGEST && tokens < mean + LONGEST);
    }
    packing_free(pack);
}

static void little_room_is_wasted(void **state)
{
    fixture *f = *state;
    packing *pack = NULL;
    int seen[DOCUMENTS] = {0};
    size_t bins = 0, tokens = 0;
    f->settings.batch_tokens = 20000;
    assert_ok(packing_create(&pack, &f->data, &f->settings));
    for (uint64_t step = 1; step <= packing_steps(pack); step++) {
        packing_go_to(pack, step);
        tokens += visit(pack, f, seen);
        bins += packing_bins(pack);
    }
    assert_true((double)tokens > 0.95 * 1000 * (double)(bins - packing_steps(pack)));
    packing_free(pack);
}

static void a_step_is_a_function_of_its_number(void **state)
{
    fixture *f = *state;
    packing *a = NULL, *b = NULL;
    assert_ok(packing_create(&a, &f->data, &f->settings));
    assert_ok(packing_create(&b, &f->data, &f->settings));
    size_t steps = packing_steps(a);
    for (uint64_t step = 1; step < 2 * steps; step++)
        packing_go_to(a, step); // arrives step by step, b at once
    packing_go_to(a, 2 * steps);
    packing_go_to(b, 2 * steps);
    assert_int_equal(packing_bins(a), packing_bins(b));
    for (size_t bin = 0; bin < packing_bins(a); bin++) {
        const size_t *x, *y;
        size_t n, m;
        packing_bin(a, bin, &x, &n);
        packing_bin(b, bin, &y, &m);
        assert_int_equal(n, m);
        assert_memory_equal(x, y, n * sizeof *x);
    }
    packing_free(a);
    packing_free(b);
}

// The set of documents of a step, however it is packed.
static void set_of(int *seen, fixture *f, uint64_t step)
{
    packing *pack = NULL;
    memset(seen, 0, DOCUMENTS * sizeof *seen);
    assert_ok(packing_create(&pack, &f->data, &f->settings));
    packing_go_to(pack, step);
    visit(pack, f, seen);
    packing_free(pack);
}

static void packing_changes_the_bins_and_not_the_step(void **state)
{
    fixture *f = *state;
    int packed[DOCUMENTS], alone[DOCUMENTS], other[DOCUMENTS];
    set_of(packed, f, 3);
    f->settings.bin_documents = 1;
    set_of(alone, f, 3);
    assert_memory_equal(packed, alone, sizeof packed);
    f->settings.bin_documents = 0;
    f->settings.bin_tokens = 4096;
    set_of(alone, f, 3);
    assert_memory_equal(packed, alone, sizeof packed);
    f->settings.seed = 2;
    set_of(other, f, 3);
    assert_true(memcmp(packed, other, sizeof packed) != 0);
}

static void batches_of_documents_are_cut_by_number(void **state)
{
    fixture *f = *state;
    packing *pack = NULL;
    f->settings.batch_documents = 64;
    assert_ok(packing_create(&pack, &f->data, &f->settings));
    assert_int_equal(packing_steps(pack), 8); // 7 of 64 and one of 52
    for (uint64_t step = 1; step <= 8; step++) {
        int seen[DOCUMENTS] = {0}, count = 0;
        packing_go_to(pack, step);
        visit(pack, f, seen);
        for (size_t i = 0; i < DOCUMENTS; i++)
            count += seen[i];
        assert_int_equal(count, step < 8 ? 64 : 52);
    }
    packing_free(pack);
}

static void weights_repeat_and_thin_out_sources(void **state)
{
    fixture *f = *state;
    packing *pack = NULL;
    int first[DOCUMENTS] = {0}, second[DOCUMENTS] = {0};
    f->sources[0].weight = 0.25; // 75 of 300, other ones in each epoch
    f->sources[1].weight = 2;
    assert_ok(packing_create(&pack, &f->data, &f->settings));
    assert_int_equal(packing_documents(pack), 75 + 400);
    for (uint64_t step = 1; step <= 2 * packing_steps(pack); step++) {
        packing_go_to(pack, step);
        visit(pack, f, step <= packing_steps(pack) ? first : second);
    }
    int thinned = 0;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        thinned += i < 300 ? first[i] : 0;
        assert_true(i < 300 ? first[i] <= 1 : first[i] == 2);
    }
    assert_int_equal(thinned, 75);
    assert_true(memcmp(first, second, 300 * sizeof *first) != 0);
    f->sources[0].weight = f->sources[1].weight = 0.001;
    packing_free(pack);
    pack = NULL;
    assert_fails(packing_create(&pack, &f->data, &f->settings), DISTILL_USAGE, "no document");
}

static void going_on_allocates_nothing(void **state)
{
    fixture *f = *state;
    packing *pack = NULL;
    assert_ok(packing_create(&pack, &f->data, &f->settings));
    uint64_t calls = distill_allocation_count();
    for (uint64_t step = 1; step <= 2 * packing_steps(pack); step++)
        packing_go_to(pack, step);
    assert_int_equal(distill_allocation_count(), calls);
    packing_free(pack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_document_comes_once_an_epoch, begin, end),
        cmocka_unit_test_setup_teardown(steps_hold_about_the_same_number_of_tokens, begin, end),
        cmocka_unit_test_setup_teardown(little_room_is_wasted, begin, end),
        cmocka_unit_test_setup_teardown(a_step_is_a_function_of_its_number, begin, end),
        cmocka_unit_test_setup_teardown(packing_changes_the_bins_and_not_the_step, begin, end),
        cmocka_unit_test_setup_teardown(batches_of_documents_are_cut_by_number, begin, end),
        cmocka_unit_test_setup_teardown(weights_repeat_and_thin_out_sources, begin, end),
        cmocka_unit_test_setup_teardown(going_on_allocates_nothing, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
