// tests/unit/checkpoint/test_model_path.c - directories are returned as they are, "builtin" is
// found.
#include "distill/checkpoint/model_path.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static void the_builtin_model_is_in_the_folder_of_the_variable(void **state)
{
    (void)state;
    distill_text dir = {0};
    char model[256], nothing[256];
    snprintf(model, sizeof model, "%s/model/checkpoint", scratch_folder());
    snprintf(nothing, sizeof nothing, "%s/nothing", scratch_folder());
    tiny_model_write(model, &TINY_QWEN2);
    assert_ok(distill_model_path(&dir, "some/dir"));
    assert_string_equal(dir.bytes, "some/dir");
    setenv("DISTILL_BUILTIN_DIR", model, 1);
    assert_ok(distill_model_path(&dir, "builtin"));
    assert_true(strncmp(dir.bytes, model, strlen(model)) == 0);
    *strrchr(model, '/') = '\0'; // the folder that holds the recipe and checkpoint/
    setenv("DISTILL_BUILTIN_DIR", model, 1);
    assert_ok(distill_model_path(&dir, "builtin"));
    assert_non_null(strstr(dir.bytes, "/model/checkpoint"));
    setenv("DISTILL_BUILTIN_DIR", nothing, 1);
    assert_fails(distill_model_path(&dir, "builtin"), DISTILL_IO, "DISTILL_BUILTIN_DIR");
    distill_text_free(&dir);
}

static void without_the_variable_it_is_in_the_source_tree(void **state)
{
    (void)state;
    distill_text dir = {0};
    unsetenv("DISTILL_BUILTIN_DIR");
    assert_ok(distill_model_path(&dir, "builtin")); // this program is in BUILD/tests
    assert_non_null(strstr(dir.bytes, "teacher/builtin/checkpoint"));
    distill_text_free(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_builtin_model_is_in_the_folder_of_the_variable),
        cmocka_unit_test(without_the_variable_it_is_in_the_source_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
