// tests/unit/base/test_cpu_features.c - detected instruction sets, compared with the compiler's.
#include "distill/base/cpu_features.h"

#include "tests/support/unit.h"

static void instruction_sets_are_those_that_the_compiler_detects(void **state)
{
    (void)state;
    const distill_cpu_features *cpu = distill_cpu();
    assert_ptr_equal(distill_cpu(), cpu);
#if defined(__x86_64__)
    assert_int_equal(cpu->avx2, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"));
    assert_int_equal(cpu->avx512,
                     __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"));
    assert_int_equal(cpu->avx512_vnni && cpu->avx512,
                     __builtin_cpu_supports("avx512vnni") && cpu->avx512);
    assert_true(strlen(cpu->vendor) == 12); // CPUID leaf 0: three registers
#else
    assert_false(cpu->avx2 || cpu->avx512 || cpu->amx);
    assert_string_equal(cpu->vendor, "");
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instruction_sets_are_those_that_the_compiler_detects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
