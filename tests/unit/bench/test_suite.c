// Suites: published files become problems with answers that can be compared; what cannot be judged
// is refused.
#include "tests/support/unit.h"

#include "bench/naming.h"
#include "bench/suite.h"
#include "distill/base/file.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"

/// Loads NAME=FILE and opens its problems.
static void load(suite *s, const char *name, const char *path, size_t limit)
{
    distill_text word = {0};
    assert_ok(distill_text_printf(&word, "%s=%s", name, path));
    assert_ok(suite_load(s, word.bytes, limit));
    distill_text_clear(&word);
    assert_ok(distill_path_join(&word, scratch_folder(), "problems"));
    assert_ok(suite_publish(s, word.bytes));
    assert_int_equal(prompt_set_count(s->prompts), s->count);
    distill_text_free(&word);
}

static void assert_answer(const suite *s, size_t index, const char *answer)
{
    distill_span span = prompt_set_at(s->prompts, index)->answer;
    if (!distill_span_is(span, answer))
        fail_msg("answer %zu of %s is \"%.*s\", wanted \"%s\"", index, s->name, (int)span.length,
                 span.bytes, answer);
}

static bool prompt_holds(const suite *s, size_t index, const char *words)
{
    return distill_span_find(prompt_set_at(s->prompts, index)->prompt, distill_span_of(words), 0) !=
           SIZE_MAX;
}

static void aime24_has_30_problems(void **state)
{
    (void)state;
    REQUIRE_SHARED(path, "data/benchmarks/aime24/test.jsonl");
    suite s;
    load(&s, "aime24", path, 0);
    assert_int_equal(s.count, 30);
    assert_answer(&s, 0, "204");
    assert_true(prompt_holds(&s, 0, "Every morning Aya goes"));
    assert_true(distill_span_is(prompt_set_at(s.prompts, 0)->id, "60"));
    suite_close(&s);
}

static void amc23_answers_are_integers(void **state)
{
    (void)state;
    REQUIRE_SHARED(path, "data/benchmarks/amc23/test.jsonl");
    suite s;
    load(&s, "amc23", path, 0);
    assert_int_equal(s.count, 40);
    assert_answer(&s, 0, "27");
    for (size_t i = 0; i < s.count; i++) {
        distill_span answer = prompt_set_at(s.prompts, i)->answer;
        assert_true(answer.length > 0);
        assert_int_equal(distill_span_find(answer, distill_span_of("."), 0), SIZE_MAX);
    }
    suite_close(&s);
}

static void math500_keeps_latex_answers(void **state)
{
    (void)state;
    REQUIRE_SHARED(path, "data/benchmarks/math500/test_first_half.jsonl");
    suite s;
    load(&s, "math500", path, 0);
    assert_int_equal(s.count, 250);
    assert_answer(&s, 0, "\\left( 3, \\frac{\\pi}{2} \\right)");
    assert_true(prompt_holds(&s, 0, "Convert the point $(0,3)$"));
    suite_close(&s);
}

static void gsm8k_answers_stand_after_the_hashes(void **state)
{
    (void)state;
    REQUIRE_SHARED(path, "data/benchmarks/gsm8k/test_first_half.jsonl");
    suite s;
    load(&s, "gsm8k", path, 0);
    assert_int_equal(s.count, 660);
    assert_answer(&s, 0, "18");
    assert_answer(&s, 1, "3");
    assert_answer(&s, 2, "70000");
    for (size_t i = 0; i < s.count; i++) {
        distill_span answer = prompt_set_at(s.prompts, i)->answer;
        assert_true(answer.length > 0 && answer.length < 16);
        assert_int_equal(distill_span_find(answer, distill_span_of(","), 0), SIZE_MAX);
    }
    suite_close(&s);
}

static void a_limit_takes_the_first_problems(void **state)
{
    (void)state;
    tiny_write_file(scratch_folder(), "own.jsonl",
                    "{\"prompt\":\"1+1?\",\"answer\":\"2\",\"id\":\"a\"}\n"
                    "{\"prompt\":\"2+2?\",\"answer\":4,\"id\":\"b\"}\n"
                    "{\"prompt\":\"3+3?\",\"answer\":\"6\",\"id\":\"c\"}\n");
    distill_text path = {0};
    assert_ok(distill_path_join(&path, scratch_folder(), "own.jsonl"));
    suite all, two, same;
    load(&all, "own", path.bytes, 0);
    load(&two, "own", path.bytes, 2);
    load(&same, "other", path.bytes, 3);
    assert_int_equal(all.count, 3);
    assert_int_equal(two.count, 2);
    assert_answer(&two, 1, "4");
    assert_string_equal(all.digest, same.digest);
    assert_string_not_equal(all.digest, two.digest);
    suite_close(&all);
    suite_close(&two);
    suite_close(&same);
    distill_text_free(&path);
}

static void earlier_turns_are_kept(void **state)
{
    (void)state;
    tiny_write_file(scratch_folder(), "turns.jsonl",
                    "{\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"
                    "{\"role\":\"user\",\"content\":\"1+1?\"}],\"answer\":\"2\"}\n");
    distill_text path = {0};
    assert_ok(distill_path_join(&path, scratch_folder(), "turns.jsonl"));
    suite s;
    load(&s, "turns", path.bytes, 0);
    const prompt_record *p = prompt_set_at(s.prompts, 0);
    assert_int_equal(p->message_count, 1);
    assert_true(distill_span_is(p->messages[0].content, "Be brief."));
    assert_true(distill_span_is(p->prompt, "1+1?"));
    suite_close(&s);
    distill_text_free(&path);
}

static void builtin_tasks_need_no_file(void **state)
{
    (void)state;
    suite s, named;
    assert_ok(suite_load(&s, "builtin:arithmetic:5", 0));
    assert_int_equal(s.count, 5);
    assert_string_equal(s.name, "builtin:arithmetic:5");
    assert_string_equal(s.folder, "builtin-arithmetic-5");
    assert_ok(suite_load(&named, "sums=builtin:arithmetic:5", 3));
    assert_int_equal(named.count, 3);
    assert_string_equal(named.name, "sums");
    suite_close(&s);
    suite_close(&named);
    assert_int_not_equal(suite_load(&s, "builtin:nonsense", 0), DISTILL_OK);
}

static void what_cannot_be_judged_is_refused(void **state)
{
    (void)state;
    suite s;
    assert_fails(suite_load(&s, "gpqa=x.csv", 0), DISTILL_UNSUPPORTED, "multiple-choice");
    assert_fails(suite_load(&s, "gpqa:diamond", 0), DISTILL_UNSUPPORTED, "cannot judge");
    assert_fails(suite_load(&s, "HumanEval=x.jsonl", 0), DISTILL_UNSUPPORTED, "programs");
    assert_fails(suite_load(&s, "livecodebench=x", 0), DISTILL_UNSUPPORTED, "programs");
    assert_fails(suite_load(&s, "codeforces=x", 0), DISTILL_UNSUPPORTED, "programs");
    assert_fails(suite_load(&s, "gsm8k", 0), DISTILL_USAGE, "--suite gsm8k=FILE");
    assert_fails(suite_load(&s, "gsm8k=", 0), DISTILL_USAGE, "--suite gsm8k=FILE");
    assert_fails(suite_load(&s, "my_suite", 0), DISTILL_USAGE, "its file is missing");
}

static void problems_without_an_answer_are_errors(void **state)
{
    (void)state;
    suite s;
    distill_text word = {0};
    tiny_write_file(scratch_folder(), "bad.jsonl",
                    "{\"prompt\":\"1+1?\",\"answer\":\"2\",\"id\":\"a\"}\n"
                    "{\"prompt\":\"2+2?\",\"id\":\"b\"}\n");
    tiny_write_file(scratch_folder(), "empty.jsonl", "");
    tiny_write_file(
        scratch_folder(), "long.jsonl",
        "{\"question\":\"1+1?\",\"id\":\"q\",\"answer\":\"One and one make two, as every "
        "child can tell you, if it is asked politely.\"}\n");
    assert_ok(distill_text_printf(&word, "x=%s/bad.jsonl", scratch_folder()));
    assert_fails(suite_load(&s, word.bytes, 0), DISTILL_FORMAT, "\"b\" has no reference answer");
    distill_text_clear(&word);
    assert_ok(distill_text_printf(&word, "x=%s/empty.jsonl", scratch_folder()));
    assert_int_not_equal(suite_load(&s, word.bytes, 0), DISTILL_OK);
    distill_text_clear(&word);
    assert_ok(distill_text_printf(&word, "gsm8k=%s/long.jsonl", scratch_folder()));
    assert_fails(suite_load(&s, word.bytes, 0), DISTILL_FORMAT, "\"q\" has no reference answer");
    distill_text_clear(&word);
    assert_ok(distill_text_printf(&word, "x=%s/absent.jsonl", scratch_folder()));
    assert_fails(suite_load(&s, word.bytes, 0), DISTILL_IO, "absent.jsonl");
    distill_text_free(&word);
}

static void lists_with_commas_are_split_unless_they_name_files(void **state)
{
    (void)state;
    const char *values[] = {"builtin:word,builtin:equations", "a=b,c.jsonl", ",gsm8k,"};
    suite_words words = {0};
    assert_ok(suite_words_split(&words, values, 3));
    assert_int_equal(words.count, 4);
    assert_string_equal(words.at[1], "builtin:equations");
    assert_string_equal(words.at[2], "a=b,c.jsonl");
    assert_string_equal(words.at[3], "gsm8k");
    suite_words_free(&words);
}

static void names_are_split_and_made_into_folders(void **state)
{
    (void)state;
    distill_span name, value;
    naming_split(&name, &value, "student=out/a=b");
    assert_true(distill_span_is(name, "student") && distill_span_is(value, "out/a=b"));
    naming_split(&name, &value, "out/a=b");
    assert_true(name.length == 0 && distill_span_is(value, "out/a=b"));
    naming_split(&name, &value, "=b");
    assert_true(name.length == 0 && distill_span_is(value, "=b"));
    distill_text folder = {0};
    assert_ok(naming_folder(&folder, distill_span_of("../R1 (7B)/é")));
    assert_string_equal(folder.bytes, "-.-R1--7B----");
    distill_text_free(&folder);
    naming_entry apart[] = {{"a", "a"}, {"b", "b"}};
    naming_entry shared[] = {{"a b", "a-b"}, {"a-b", "a-b"}};
    naming_entry twice[] = {{"a", "a"}, {"b", "b"}, {"a", "a"}};
    assert_ok(naming_check_unique(apart, 2, "model"));
    assert_fails(naming_check_unique(shared, 2, "model"), DISTILL_USAGE, "share the folder a-b");
    assert_fails(naming_check_unique(twice, 3, "suite"), DISTILL_USAGE, "given twice");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aime24_has_30_problems),
        cmocka_unit_test(amc23_answers_are_integers),
        cmocka_unit_test(math500_keeps_latex_answers),
        cmocka_unit_test(gsm8k_answers_stand_after_the_hashes),
        cmocka_unit_test(a_limit_takes_the_first_problems),
        cmocka_unit_test(earlier_turns_are_kept),
        cmocka_unit_test(builtin_tasks_need_no_file),
        cmocka_unit_test(what_cannot_be_judged_is_refused),
        cmocka_unit_test(problems_without_an_answer_are_errors),
        cmocka_unit_test(lists_with_commas_are_split_unless_they_name_files),
        cmocka_unit_test(names_are_split_and_made_into_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
