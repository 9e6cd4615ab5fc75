// Near duplicates: the estimate compared with the exact similarity, and the decisions of the index.
#include "tests/support/unit.h"

#include "datasets/filter/rules/near_duplicates.h"
#include "tests/support/shared_data.h"

static uint64_t state_of_chance = 1;

static uint32_t chance(uint32_t below)
{
    state_of_chance = state_of_chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state_of_chance >> 33) % below);
}

/// `count` random words.
static void make_text(distill_text *out, size_t count)
{
    distill_text_clear(out);
    for (size_t i = 0; i < count; i++)
        assert_ok(distill_text_printf(out, "word%u%s", chance(100000), i % 12 == 11 ? ".\n" : " "));
}

static void make_signature(near_signature *out, const char *prompt, const distill_text *reply)
{
    near_signature_make(out, distill_span_of(prompt), distill_text_span(reply));
}

/// Two texts of n words begin with the same s words: J = (s - 4) / (2 (n - 4) - (s - 4)).
static void the_estimate_is_near_the_similarity(void **state)
{
    (void)state;
    distill_text a = {0}, b = {0};
    double worst = 0, sum = 0;
    size_t runs = 0;
    for (size_t same = 300; same <= 2000; same += 17, runs++) {
        size_t count = 2000;
        near_signature x, y;
        make_text(&a, same);
        distill_text_clear(&b);
        assert_ok(distill_text_add_span(&b, distill_text_span(&a)));
        for (size_t i = same; i < count; i++) {
            assert_ok(distill_text_printf(&a, " left%u", chance(1000000)));
            assert_ok(distill_text_printf(&b, " right%u", chance(1000000)));
        }
        make_signature(&x, "", &a);
        make_signature(&y, "", &b);
        double shared = (double)same - 4, all = 2 * ((double)count - 4) - shared;
        double error = near_similarity(&x, &y) - shared / all;
        worst = fabs(error) > worst ? fabs(error) : worst;
        sum += error;
    }
    print_message("%zu pairs: largest error %.3f, mean %.4f\n", runs, worst, sum / (double)runs);
    assert_true(worst < 0.12); // four standard errors
    assert_true(fabs(sum / (double)runs) < 0.015);
    distill_text_free(&a);
    distill_text_free(&b);
}

static uint32_t add(near_index *index, const char *prompt, const char *reply, uint32_t number)
{
    near_signature signature;
    uint32_t match = 0;
    near_signature_make(&signature, distill_span_of(prompt), distill_span_of(reply));
    assert_ok(near_index_add(index, &signature, number, &match));
    return match;
}

static void short_texts_are_distinguished(void **state)
{
    (void)state;
    near_index *index = NULL;
    assert_ok(near_index_create(&index, 0.8));
    const char *prompt = "A shop sells pens for 3 euros and books for 12 euros. Anna buys four "
                         "pens and two books and pays with a note of fifty euros. How much change "
                         "does she get back from the man at the till?";
    assert_int_equal(add(index, prompt, "The answer is 14.", 0), NEAR_NONE);
    assert_int_equal(add(index, prompt, "the answer is: 14", 1), 0); // the same words
    assert_int_equal(add(index, prompt, "It is 15.", 2), NEAR_NONE); // another reply
    assert_int_equal(add(index, "What is 7 + 7?", "The answer is 14.", 3), NEAR_NONE);
    assert_int_equal(add(index, "What is 7+7", "The answer is 14.", 4), 3);
    assert_int_equal(add(index, "", "", 5), NEAR_NONE);
    assert_int_equal(add(index, "", "", 6), 5);
    assert_int_equal(add(index, "", "+++", 7), NEAR_NONE); // no words: compared as a whole
    assert_int_equal(add(index, "求和", "两个数的和是十二，所以答案是十二。", 8), NEAR_NONE);
    assert_int_equal(add(index, "求和", "两个数的和是十二, 所以答案是十二", 9), 8);
    assert_int_equal(add(index, "求和", "三个数的积是三十，因此结果为三十。", 10), NEAR_NONE);
    near_index_free(index);
}

/// Long replies, each with a copy in which one word of a hundred differs (J about 0.9), and one in
/// which every fourth differs (J about 0.15).
static void copies_with_small_changes_are_found(void **state)
{
    (void)state;
    enum { ORIGINALS = 300, WORDS = 400 };
    near_index *index = NULL;
    distill_text text = {0}, changed = {0};
    size_t found = 0, mistaken = 0;
    assert_ok(near_index_create(&index, 0.8));
    for (uint32_t i = 0; i < ORIGINALS; i++) {
        make_text(&text, WORDS);
        assert_int_equal(add(index, "", text.bytes, 3 * i), NEAR_NONE);
        for (uint32_t kind = 0; kind < 2; kind++) {
            size_t word = 0;
            distill_text_clear(&changed);
            for (const char *at = text.bytes; *at != '\0';) {
                size_t length = strcspn(at, " \n") + 1;
                if (word++ % (kind == 0 ? 100 : 4) == 3)
                    assert_ok(distill_text_add(&changed, "other "));
                else
                    assert_ok(distill_text_append(&changed, at, length));
                at += length;
            }
            uint32_t match = add(index, "", changed.bytes, 3 * i + 1 + kind);
            found += kind == 0 && match == 3 * i;
            mistaken += kind == 1 && match != NEAR_NONE;
        }
    }
    print_message("found %zu of %u, mistaken %zu\n", found, ORIGINALS, mistaken);
    assert_true(found >= ORIGINALS - 3);
    assert_int_equal(mistaken, 0);
    near_index_free(index);
    distill_text_free(&text);
    distill_text_free(&changed);
}

static void every_threshold_works(void **state)
{
    (void)state;
    for (int percent = 10; percent <= 100; percent += 5) {
        near_index *index = NULL;
        assert_ok(near_index_create(&index, percent / 100.0));
        assert_int_equal(add(index, "p", "one two three four five six seven", 0), NEAR_NONE);
        assert_int_equal(add(index, "p", "one two three four five six seven", 1), 0);
        assert_int_equal(add(index, "q", "quite another text with other words", 2), NEAR_NONE);
        near_index_free(index);
    }
    near_index_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_estimate_is_near_the_similarity),
        cmocka_unit_test(short_texts_are_distinguished),
        cmocka_unit_test(copies_with_small_changes_are_found),
        cmocka_unit_test(every_threshold_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
