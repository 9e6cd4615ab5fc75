// The account of sampling time: written, read back, absent, damaged.
#include "tests/support/unit.h"

#include "datasets/evaluate/sampling_time.h"
#include "distill/base/file.h"
#include "tests/support/shared_data.h"

static void a_time_is_read_back(void **state)
{
    (void)state;
    distill_text path = {0};
    const sampling_time time = {1.5e9, 12.25};
    sampling_time back;
    assert_ok(distill_path_join(&path, scratch_folder(), "time.json"));
    assert_ok(sampling_time_write(&time, path.bytes));
    assert_ok(sampling_time_read(&back, path.bytes));
    assert_within(back.tokens, 1.5e9, 0);
    assert_within(back.seconds, 12.25, 0);
    distill_text_free(&path);
}

static void an_absent_or_damaged_file_gives_zero(void **state)
{
    (void)state;
    static const char DAMAGED[] = "{\"tokens\":\"many\",\"seconds\":3}";
    distill_text path = {0};
    sampling_time back;
    assert_ok(distill_path_join(&path, scratch_folder(), "damaged.json"));
    assert_ok(sampling_time_read(&back, path.bytes));
    assert_within(back.seconds, 0, 0);
    assert_ok(distill_file_write(path.bytes, DAMAGED, sizeof DAMAGED - 1));
    assert_ok(sampling_time_read(&back, path.bytes));
    assert_within(back.tokens, 0, 0);
    assert_within(back.seconds, 0, 0);
    distill_text_free(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_read_back),
        cmocka_unit_test(an_absent_or_damaged_file_gives_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
