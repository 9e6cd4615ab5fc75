// tests/unit/train/test_packing.c - bins that fit, hold every document once, and waste little room.
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/train/packing.h"
#include "tests/support/unit.h"

enum { DOCUMENTS = 400, LONGEST = 900 };

static uint32_t lengths[DOCUMENTS];
static size_t chosen[DOCUMENTS]; // every second document, from the last to the first
enum { CHOSEN = DOCUMENTS / 2 };

static int begin(void **state)
{
    distill_rng rng = distill_rng_start(5, 0);
    (void)state;
    for (size_t i = 0; i < DOCUMENTS; i++)
        lengths[i] = (uint32_t)(1 + distill_rng_below(&rng, i % 10 == 0 ? LONGEST : 120));
    for (size_t i = 0; i < CHOSEN; i++)
        chosen[i] = DOCUMENTS - 1 - 2 * i;
    return 0;
}

static distill_packing *pack(size_t tokens, size_t documents)
{
    distill_packing *packing = NULL;
    distill_packing_settings settings = {tokens, documents};
    assert_ok(distill_packing_create(&packing, DOCUMENTS, &settings));
    distill_packing_fill(packing, lengths, chosen, CHOSEN);
    return packing;
}

// Checks every bin; returns the tokens of all.
static size_t check_bins(const distill_packing *packing, size_t tokens, size_t documents)
{
    int seen[DOCUMENTS] = {0};
    size_t sum = 0;
    for (size_t b = 0; b < distill_packing_bins(packing); b++) {
        const size_t *at;
        size_t count, in_bin = 0;
        distill_packing_bin(packing, b, &at, &count);
        assert_true(count > 0 && (documents == 0 || count <= documents));
        for (size_t i = 0; i < count; i++) {
            in_bin += lengths[at[i]];
            seen[at[i]]++;
        }
        assert_true(in_bin <= tokens);
        sum += in_bin;
    }
    for (size_t i = 0; i < DOCUMENTS; i++)
        assert_int_equal(seen[i], i % 2); // the chosen ones, once
    return sum;
}

static void bins_fit_and_hold_every_document_once(void **state)
{
    const size_t limits[][2] = {{1000, 0}, {1000, 1}, {1000, 3}, {4096, 0}, {1 << 20, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        distill_packing *packing = pack(limits[i][0], limits[i][1]);
        check_bins(packing, limits[i][0], limits[i][1]);
        if (limits[i][1] == 1)
            assert_int_equal(distill_packing_bins(packing), CHOSEN);
        distill_packing_free(packing);
    }
}

static void little_room_is_wasted(void **state)
{
    (void)state;
    distill_packing *packing = pack(1000, 0);
    double tokens = (double)check_bins(packing, 1000, 0);
    assert_true(tokens > 0.95 * 1000 * (double)(distill_packing_bins(packing) - 1));
    distill_packing_free(packing);
}

static void the_order_of_the_documents_does_not_matter(void **state)
{
    (void)state;
    distill_packing *a = pack(1000, 0);
    for (size_t i = 0; i < CHOSEN; i++)
        chosen[i] = 2 * i + 1;
    distill_packing *b = pack(1000, 0);
    assert_int_equal(distill_packing_bins(a), distill_packing_bins(b));
    for (size_t bin = 0; bin < distill_packing_bins(a); bin++) {
        const size_t *x, *y;
        size_t n, m;
        distill_packing_bin(a, bin, &x, &n);
        distill_packing_bin(b, bin, &y, &m);
        assert_int_equal(n, m);
        assert_memory_equal(x, y, n * sizeof *x);
    }
    distill_packing_free(a);
    distill_packing_free(b);
}

static void filling_again_allocates_nothing(void **state)
{
    (void)state;
    distill_packing *packing = pack(1000, 0);
    uint64_t calls = distill_allocation_count();
    distill_packing_fill(packing, lengths, chosen, CHOSEN);
    check_bins(packing, 1000, 0);
    distill_packing_fill(packing, lengths, chosen, 1);
    assert_int_equal(distill_packing_bins(packing), 1);
    distill_packing_fill(packing, lengths, chosen, 0);
    assert_int_equal(distill_packing_bins(packing), 0);
    assert_int_equal(distill_allocation_count(), calls);
    distill_packing_free(packing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bins_fit_and_hold_every_document_once, begin),
        cmocka_unit_test_setup(little_room_is_wasted, begin),
        cmocka_unit_test_setup(the_order_of_the_documents_does_not_matter, begin),
        cmocka_unit_test_setup(filling_again_allocates_nothing, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
