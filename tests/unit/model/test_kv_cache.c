// tests/unit/model/test_kv_cache.c - positions in pages, pages in the pool, and attention over
// them.
#include "distill/model/kv_cache.h"
#include "tests/support/unit.h"

#include <math.h>

enum { L = 2, HKV = 2, DH = 12 };

static distill_config shape(void)
{
    return (distill_config){.L = L, .D = 48, .F = 8, .H = 4, .Hkv = HKV, .Dh = DH, .V = 8};
}

/// The value that position `p` of sequence `s` holds in layer `l`, head `h`, dimension `d`.
static float key_at(size_t s, size_t p, size_t l, size_t h, size_t d)
{
    return (float)(s * 7 + p) * 0.01f + (float)(l * 100 + h * 10 + d);
}

static void store(distill_kv_cache *cache, size_t sequence, size_t as, size_t position)
{
    float keys[HKV * DH], values[HKV * DH];
    for (size_t l = 0; l < L; l++) {
        for (size_t i = 0; i < HKV * DH; i++) {
            keys[i] = key_at(as, position, l, i / DH, i % DH);
            values[i] = -keys[i];
        }
        distill_kv_store(cache, l, sequence, position, keys, values);
    }
}

/// Checks that the position is stored as tensor/decode_attention.h draws it.
static void check(const distill_kv_cache *cache, size_t sequence, size_t as, size_t position)
{
    size_t block_floats = distill_kv_block_floats(DH), slot = position % DISTILL_KV_PAGE;
    for (size_t l = 0; l < L; l++) {
        distill_attention_pool pool = distill_kv_pool(cache, l);
        const float *page =
            pool.floats +
            distill_kv_table(cache, sequence)[position / DISTILL_KV_PAGE] * pool.page_floats;
        for (size_t h = 0; h < HKV; h++)
            for (size_t d = 0; d < DH; d++) {
                const float *block = page + pool.first_block + h * block_floats;
                float key = block[(slot / 16 * DH + d) * 16 + slot % 16];
                float value = block[DISTILL_KV_PAGE * DH + (d / 16 * 64 + slot) * 16 + d % 16];
                assert_true(key == key_at(as, position, l, h, d));
                assert_true(value == -key);
            }
    }
}

static distill_kv_cache *create(size_t sequences, size_t context, size_t pages)
{
    distill_kv_cache *cache = NULL;
    distill_config config = shape();
    distill_kv_plan plan = {sequences, context, pages};
    assert_ok(distill_kv_cache_create(&cache, &config, &plan));
    return cache;
}

static void positions_are_stored_where_the_kernel_reads_them(void **state)
{
    distill_kv_cache *cache = create(2, 200, 8);
    (void)state;
    assert_true(distill_kv_reserve(cache, 0, 150));
    assert_true(distill_kv_reserve(cache, 1, 70));
    for (size_t p = 0; p < 150; p++)
        store(cache, 0, 0, p);
    for (size_t p = 0; p < 70; p++)
        store(cache, 1, 1, p);
    for (size_t p = 0; p < 150; p++)
        check(cache, 0, 0, p);
    for (size_t p = 0; p < 70; p++)
        check(cache, 1, 1, p);
    distill_kv_cache_free(cache);
}

static void an_exhausted_pool_refuses_and_changes_nothing(void **state)
{
    distill_kv_cache *cache = create(3, 256, 4);
    (void)state;
    assert_true(distill_kv_reserve(cache, 0, 129)); // 3 pages
    assert_int_equal(distill_kv_free_pages(cache), 1);
    assert_false(distill_kv_reserve(cache, 1, 65));
    assert_int_equal(distill_kv_free_pages(cache), 1);
    assert_true(distill_kv_reserve(cache, 1, 64));
    assert_false(distill_kv_share(cache, 2, 0, 70)); // needs a page for the part
    assert_true(distill_kv_share(cache, 2, 0, 64));  // needs none
    assert_false(distill_kv_reserve(cache, 0, 257)); // more than the context
    distill_kv_release(cache, 0);
    assert_int_equal(distill_kv_free_pages(cache), 2); // sequence 2 still holds the first page
    distill_kv_release(cache, 2);
    distill_kv_release(cache, 1);
    assert_int_equal(distill_kv_free_pages(cache), 4);
    distill_kv_cache_free(cache);
}

static void sequences_that_share_a_prompt_continue_separately(void **state)
{
    distill_kv_cache *cache = create(4, 256, 12);
    (void)state;
    assert_true(distill_kv_reserve(cache, 0, 90));
    for (size_t p = 0; p < 90; p++)
        store(cache, 0, 0, p);
    for (size_t s = 1; s < 4; s++) {
        assert_true(distill_kv_share(cache, s, 0, 90));
        assert_true(distill_kv_reserve(cache, s, 140));
    }
    assert_int_equal(distill_kv_table(cache, 1)[0], distill_kv_table(cache, 0)[0]);
    assert_int_not_equal(distill_kv_table(cache, 1)[1], distill_kv_table(cache, 0)[1]);
    distill_kv_release(cache, 0);
    for (size_t s = 1; s < 4; s++)
        for (size_t p = 90; p < 140; p++)
            store(cache, s, s, p);
    for (size_t s = 1; s < 4; s++)
        for (size_t p = 0; p < 140; p++)
            check(cache, s, p < 90 ? 0 : s, p);
    distill_kv_cache_free(cache);
}

static void addresses_are_reserved_but_memory_is_not_used(void **state)
{
    (void)state;
    size_t before = distill_memory_resident();
    distill_config wide = {.L = 64, .D = 8192, .F = 8, .H = 64, .Hkv = 64, .Dh = 128, .V = 8};
    distill_kv_plan plan = {.sequences = 64, .context = 32768, .pages = 100};
    distill_kv_cache *cache = NULL;
    assert_true(plan.pages * distill_kv_page_bytes(&wide) > (size_t)20 << 30);
    assert_ok(distill_kv_cache_create(&cache, &wide, &plan));
    // of 20 GiB; an emulator's tables of pages, about 100 MB, count as this process's memory
    assert_true(distill_memory_resident() - before < (size_t)256 << 20);
    distill_kv_cache_free(cache);
}

static void impossible_plans_are_refused(void **state)
{
    distill_kv_cache *cache = NULL;
    distill_config config = shape();
    distill_kv_plan plan = {1, 64, (size_t)1 << 32};
    (void)state;
    assert_fails(distill_kv_cache_create(&cache, &config, &plan), DISTILL_LIMIT, "pages");
    plan.pages = 1;
    config.Dh = 1024;
    assert_fails(distill_kv_cache_create(&cache, &config, &plan), DISTILL_UNSUPPORTED, "head_dim");
    assert_null(cache);
}

// ---- attention over it --------------------------------------------------------------------------

/// Attention as defined, in double, with all scores in memory.
static void reference(double *out, const float *q, const float *keys, const float *values,
                      size_t group, size_t position, size_t window)
{
    size_t first = window > 0 && position + 1 > window ? position + 1 - window : 0;
    for (size_t h = 0; h < HKV * group; h++) {
        double weights[1300], most = -INFINITY, sum = 0;
        for (size_t p = first; p <= position; p++) {
            weights[p] = 0;
            for (size_t d = 0; d < DH; d++)
                weights[p] +=
                    (double)q[h * DH + d] * (double)keys[(p * HKV + h / group) * DH + d] / sqrt(DH);
            most = fmax(most, weights[p]);
        }
        for (size_t p = first; p <= position; p++)
            sum += weights[p] = exp(weights[p] - most);
        for (size_t d = 0; d < DH; d++) {
            out[h * DH + d] = 0;
            for (size_t p = first; p <= position; p++)
                out[h * DH + d] +=
                    weights[p] / sum * (double)values[(p * HKV + h / group) * DH + d];
        }
    }
}

static void attention_follows_its_formula(void **state)
{
    enum { T = 1300, GROUP = 8, H = HKV * GROUP };
    static float keys[T * HKV * DH], values[T * HKV * DH], q[H * DH], out[H * DH];
    static double expected[H * DH];
    distill_kv_cache *cache = create(1, T, 21);
    (void)state;
    for (size_t i = 0; i < T * HKV * DH; i++) {
        keys[i] = (float)sin((double)i * 1.7) * 2;
        values[i] = (float)cos((double)i * 0.9);
    }
    for (size_t i = 0; i < H * DH; i++)
        q[i] = (float)sin((double)i * 0.31) * 2;
    assert_true(distill_kv_reserve(cache, 0, T));
    for (size_t p = 0; p < T; p++)
        distill_kv_store(cache, 1, 0, p, keys + p * HKV * DH, values + p * HKV * DH);
    distill_attention_pool pool = distill_kv_pool(cache, 1);
    for (size_t window = 0; window < 100; window += 33)
        for (size_t p = 0; p < T; p += p < 200 ? 1 : 37) {
            distill_attention_shape shape_of = {H, HKV, DH, window, (float)(1 / sqrt(DH))};
            distill_attention_row row = {distill_kv_table(cache, 0), p};
            distill_decode_attention(out, H * DH, q, H * DH, &row, 1, &pool, &shape_of);
            reference(expected, q, keys, values, GROUP, p, window);
            for (size_t i = 0; i < H * DH; i++)
                assert_true(fabs((double)out[i] - expected[i]) < 2e-6);
        }
    distill_kv_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_are_stored_where_the_kernel_reads_them),
        cmocka_unit_test(an_exhausted_pool_refuses_and_changes_nothing),
        cmocka_unit_test(sequences_that_share_a_prompt_continue_separately),
        cmocka_unit_test(addresses_are_reserved_but_memory_is_not_used),
        cmocka_unit_test(impossible_plans_are_refused),
        cmocka_unit_test(attention_follows_its_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
