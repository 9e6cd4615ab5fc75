// tests/unit/base/test_program_path.c - paths relative to this program, which is in BUILD/tests.
#include "distill/base/program_path.h"

#include "distill/base/file.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static void programs_are_found_beside_this_one(void **state)
{
    (void)state;
    distill_text path = {0}, folder = {0};
    bool found = false;
    assert_ok(distill_program_folder(&folder));
    assert_true(distill_is_directory(folder.bytes));
    assert_ok(distill_program_beside(&path, &found, "test_program_path"));
    assert_true(found);
    assert_int_equal(strncmp(path.bytes, folder.bytes, folder.length), 0);
    assert_string_equal(path.bytes + folder.length, "/test_program_path");
    assert_ok(distill_program_beside(&path, &found, "no-such-program"));
    assert_false(found);
    assert_int_equal(path.length, 0);
    distill_text_free(&path);
    distill_text_free(&folder);
}

static void the_variable_names_the_folder_of_the_builtin_teacher(void **state)
{
    (void)state;
    distill_text path = {0};
    bool found = false;
    setenv("DISTILL_BUILTIN_DIR", DISTILL_SOURCE_DIR "/tests", 1);
    assert_ok(distill_builtin_path(&path, &found, "unit/base/test_program_path.c"));
    assert_true(found);
    assert_string_equal(path.bytes, DISTILL_SOURCE_DIR "/tests/unit/base/test_program_path.c");
    assert_ok(distill_builtin_path(&path, &found, "checkpoint"));
    assert_false(found);
    assert_ok(distill_builtin_places(&path));
    assert_string_equal(path.bytes, DISTILL_SOURCE_DIR "/tests (DISTILL_BUILTIN_DIR)");
    distill_text_free(&path);
}

static void without_the_variable_the_builtin_teacher_is_in_the_source_tree(void **state)
{
    (void)state;
    distill_text path = {0};
    bool found = false;
    for (int round = 0; round < 2; round++) {
        if (round == 0)
            setenv("DISTILL_BUILTIN_DIR", "", 1);
        else
            unsetenv("DISTILL_BUILTIN_DIR");
        assert_ok(distill_builtin_path(&path, &found, "checkpoint"));
        assert_true(found);
        assert_true(distill_is_directory(path.bytes));
        assert_non_null(strstr(path.bytes, "teacher/builtin/checkpoint"));
    }
    distill_text_clear(&path);
    assert_ok(distill_builtin_places(&path));
    assert_non_null(strstr(path.bytes, "share/distill/builtin or "));
    distill_text_free(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_are_found_beside_this_one),
        cmocka_unit_test(the_variable_names_the_folder_of_the_builtin_teacher),
        cmocka_unit_test(without_the_variable_the_builtin_teacher_is_in_the_source_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
