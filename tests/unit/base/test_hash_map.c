// tests/unit/base/test_hash_map.c - maps and sets, compared with a linear list.
#include "distill/base/hash_map.h"

#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "tests/support/unit.h"

enum { DRAWS = 6000 };

/// The reference: entries in the order of their insertion.
typedef struct list {
    uint64_t keys[DRAWS], values[DRAWS];
    size_t count;
} list;

static size_t find(const list *twin, uint64_t key)
{
    size_t i = 0;
    while (i < twin->count && twin->keys[i] != key)
        i++;
    return i;
}

/// Keys of several kinds: small numbers including 0, multiples of a large power of two, any.
static uint64_t draw_key(distill_rng *rng)
{
    uint64_t bits = distill_rng_next(rng);
    switch (bits >> 62) {
    case 0:
        return bits % 500;
    case 1:
        return bits % 500 << 52;
    case 2:
        return UINT64_MAX - bits % 500;
    default:
        return bits;
    }
}

static void a_map_agrees_with_a_linear_list(void **state)
{
    (void)state;
    static list twin;
    distill_hash_map map = {0};
    distill_rng rng = distill_rng_start(1, 0);
    for (size_t i = 0; i < DRAWS; i++) {
        uint64_t key = draw_key(&rng), *value = NULL;
        size_t at = find(&twin, key);
        bool is_new = at == twin.count;
        assert_int_equal(distill_hash_map_find(&map, key) == NULL, is_new);
        assert_true(distill_hash_map_get(&map, key) == (is_new ? 0 : twin.values[at]));
        assert_ok(distill_hash_map_insert(&value, &map, key));
        assert_true(*value == (is_new ? 0 : twin.values[at]));
        twin.keys[at] = key;
        twin.values[at] = *value = i + 1;
        twin.count += is_new;
        assert_int_equal(distill_hash_map_count(&map), twin.count);
    }
    assert_true(twin.count > 2500 && twin.count < DRAWS);
    for (size_t i = 0; i < twin.count; i++)
        assert_true(*distill_hash_map_find(&map, twin.keys[i]) == twin.values[i]);
    distill_hash_map_free(&map);
    assert_null(distill_hash_map_find(&map, 1));
}

static void a_set_agrees_with_a_linear_list(void **state)
{
    (void)state;
    static list twin;
    distill_hash_set set = {0};
    distill_rng rng = distill_rng_start(2, 0);
    assert_false(distill_hash_set_has(&set, 0));
    for (size_t i = 0; i < DRAWS; i++) {
        uint64_t key = draw_key(&rng);
        bool known = find(&twin, key) < twin.count, is_new;
        assert_int_equal(distill_hash_set_has(&set, key), known);
        assert_ok(distill_hash_set_insert(&is_new, &set, key));
        assert_int_equal(is_new, !known);
        if (is_new)
            twin.keys[twin.count++] = key;
        assert_int_equal(distill_hash_set_count(&set), twin.count);
    }
    for (size_t i = 0; i < twin.count; i++)
        assert_true(distill_hash_set_has(&set, twin.keys[i]));
    distill_hash_set_free(&set);
    assert_false(distill_hash_set_has(&set, twin.keys[0]));
}

/// Keys whose hashes end in the same 12 bits: all of them have the same first slot while the table
/// is small.
static void colliding_keys_have_separate_entries(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    static uint64_t keys[COUNT];
    distill_hash_map map = {0};
    uint64_t *value, candidate = 1;
    for (size_t i = 0; i < COUNT; candidate++)
        if ((distill_mix64(candidate) & 0xFFF) == 7)
            keys[i++] = candidate;
    for (size_t i = 0; i < COUNT; i++) {
        assert_null(distill_hash_map_find(&map, keys[i]));
        assert_ok(distill_hash_map_insert(&value, &map, keys[i]));
        *value = keys[i] + 1;
    }
    for (size_t i = 0; i < COUNT; i++)
        assert_true(distill_hash_map_get(&map, keys[i]) == keys[i] + 1);
    distill_hash_map_free(&map);
}

static void a_failed_insertion_leaves_the_table_unchanged(void **state)
{
    (void)state;
    distill_hash_set set = {0};
    bool is_new;
    uint64_t next = 0;
    distill_allocation_fail_at(1);
    assert_ok(distill_hash_set_insert(&is_new, &set, 0)); // allocates nothing
    assert_fails(distill_hash_set_insert(&is_new, &set, 1), DISTILL_NO_MEMORY, "out of memory");
    for (int growth = 0; growth < 5; growth++) {
        distill_status status = DISTILL_OK;
        while (status == DISTILL_OK) {
            distill_allocation_fail_at(1);
            status = distill_hash_set_insert(&is_new, &set, ++next);
            distill_allocation_fail_at(0);
        }
        assert_false(distill_hash_set_has(&set, next));
        assert_int_equal(distill_hash_set_count(&set), next);
        for (uint64_t key = 0; key < next; key++)
            assert_true(distill_hash_set_has(&set, key));
        distill_allocation_fail_at(1);
        if (next > 1)
            assert_ok(distill_hash_set_insert(&is_new, &set, next - 1)); // existing key: no memory
        distill_allocation_fail_at(0);
        assert_ok(distill_hash_set_insert(&is_new, &set, next));
        assert_true(is_new);
    }
    assert_true(next > 64);
    distill_hash_set_free(&set);
}

static void hashes_depend_on_seed_length_and_every_byte(void **state)
{
    (void)state;
    distill_span a = distill_span_of("a"), none = distill_span_of("");
    assert_true(distill_hash_bytes(1, a) != distill_hash_bytes(2, a));
    assert_true(distill_hash_bytes(1, none) != distill_hash_bytes(1, (distill_span){"\0", 1}));
    char bytes[] = "twenty-one characters";
    for (size_t i = 0; i < sizeof bytes - 1; i++) {
        distill_span whole = {bytes, sizeof bytes - 1};
        uint64_t before = distill_hash_bytes(0, whole);
        bytes[i] ^= 1;
        assert_true(distill_hash_bytes(0, whole) != before);
        bytes[i] ^= 1;
    }
    // `--select random` depends on these values
    assert_true(distill_hash_bytes(7, distill_span_of("twelve bytes")) == 0x22c45444e4ff5c55u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_agrees_with_a_linear_list),
        cmocka_unit_test(a_set_agrees_with_a_linear_list),
        cmocka_unit_test(colliding_keys_have_separate_entries),
        cmocka_unit_test(a_failed_insertion_leaves_the_table_unchanged),
        cmocka_unit_test(hashes_depend_on_seed_length_and_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
