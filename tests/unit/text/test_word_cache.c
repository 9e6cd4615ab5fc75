// tests/unit/text/test_word_cache.c - a word is found with its own ids, or not found.
#include "distill/text/tokenizer/word_cache.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static void a_stored_word_is_found_until_it_is_replaced(void **state)
{
    (void)state;
    word_cache cache;
    bool found;
    const int32_t ids[] = {5, 6};
    assert_ok(word_cache_create(&cache, 1)); // one slot
    word_slot *slot = word_cache_find(&found, &cache, "the", 3);
    assert_non_null(slot);
    assert_false(found);
    word_cache_keep(slot, "the", 3, ids, 2);
    slot = word_cache_find(&found, &cache, "the", 3);
    assert_true(found);
    assert_int_equal(slot->count, 2);
    assert_memory_equal(slot->ids, ids, sizeof ids);
    word_cache_keep(word_cache_find(&found, &cache, "sum", 3), "sum", 3, ids, 1);
    word_cache_find(&found, &cache, "the", 3);
    assert_false(found);
    word_cache_free(&cache);
}

static void words_that_do_not_fit_are_not_stored(void **state)
{
    (void)state;
    word_cache cache;
    bool found;
    const int32_t ids[WORD_CACHE_IDS + 1] = {1, 2, 3, 4};
    assert_ok(word_cache_create(&cache, 1));
    assert_null(word_cache_find(&found, &cache, "seventeen letters", 17));
    assert_null(word_cache_find(&found, &cache, "", 0));
    word_cache_keep(word_cache_find(&found, &cache, "many", 4), "many", 4, ids, WORD_CACHE_IDS + 1);
    word_cache_find(&found, &cache, "many", 4);
    assert_false(found);
    word_cache_free(&cache);
}

static void different_words_never_share_ids(void **state)
{
    (void)state;
    word_cache cache;
    unsigned seed = 9;
    size_t hits = 0;
    assert_ok(word_cache_create(&cache, 8));
    for (int round = 0; round < 200000; round++) {
        char word[WORD_CACHE_BYTES];
        bool found;
        size_t length = 1 + (unsigned)rand_r(&seed) % (round % 2 == 0 ? 3 : WORD_CACHE_BYTES);
        int32_t id = 0;
        for (size_t i = 0; i < length; i++) {
            word[i] = (char)('a' + rand_r(&seed) % 2); // words of two letters: id = its bits
            id = id * 2 + (word[i] - 'a');
        }
        id += (int32_t)length << 20;
        word_slot *slot = word_cache_find(&found, &cache, word, length);
        if (found)
            assert_int_equal(slot->ids[0], id);
        hits += found;
        word_cache_keep(slot, word, length, &id, 1);
    }
    assert_true(hits > 1000);
    word_cache_free(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stored_word_is_found_until_it_is_replaced),
        cmocka_unit_test(words_that_do_not_fit_are_not_stored),
        cmocka_unit_test(different_words_never_share_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
