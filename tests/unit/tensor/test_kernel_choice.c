// OpenBLAS is loaded with kernels for this processor or those that the user requests, and the
// environment is left as it was.
#include "distill/base/cpu_features.h"
#include "distill/tensor/kernel_choice.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/// An old processor, whose kernels run on all of its architecture.
#if defined(__aarch64__)
static const char OLD_CORE[] = "ARMV8"; // in OpenBLAS's spelling, and as it is printed
static const char OLD_CORE_PRINTED[] = "armv8";
#else
static const char OLD_CORE[] = "Prescott";
static const char OLD_CORE_PRINTED[] = "Prescott";
#endif

/// Runs `check` on the choice of a new process with OPENBLAS_CORETYPE as given (NULL = not set).
static int in_child(const char *core_type, int (*check)(const distill_kernel_choice *choice))
{
    int result = 0;
    pid_t child = fork();
    if (child == 0) {
        if (core_type != NULL)
            setenv("OPENBLAS_CORETYPE", core_type, 1);
        else
            unsetenv("OPENBLAS_CORETYPE");
        setenv("OPENBLAS_NUM_THREADS", "7", 1);
        distill_kernel_choice choice = distill_kernel_choice_get();
        int verdict = check(&choice);
        const char *after = getenv("OPENBLAS_CORETYPE"), *threads = getenv("OPENBLAS_NUM_THREADS");
        if ((after != NULL) != (core_type != NULL) || threads == NULL || strcmp(threads, "7") != 0)
            verdict = 50;
        _exit(verdict);
    }
    waitpid(child, &result, 0);
    return WIFEXITED(result) ? WEXITSTATUS(result) : 99;
}

static int chosen_for_this_processor(const distill_kernel_choice *c)
{
    if (!c->blas_loaded)
        return 77;
    if (c->core_by_user)
        return 1;
    if (distill_cpu()->avx512)
        return strcmp(c->blas_core, "SkylakeX") == 0 ? 0 : 2;
    if (distill_cpu()->avx2)
        return strcmp(c->blas_core, "Haswell") == 0 || strcmp(c->blas_core, "Zen") == 0 ? 0 : 3;
    return 0;
}

static int as_the_user_requests(const distill_kernel_choice *c)
{
    if (!c->blas_loaded)
        return 77;
    return c->core_by_user && strcmp(c->core_requested, OLD_CORE) == 0 &&
                   strcmp(c->blas_core, OLD_CORE_PRINTED) == 0
               ? 0
               : 1;
}

static void openblas_gets_kernels_for_this_processor(void **state)
{
    (void)state;
    int verdict = in_child(NULL, chosen_for_this_processor);
    if (verdict == 77) {
        print_message("skipped: OpenBLAS is not installed\n");
        skip();
    }
    assert_int_equal(verdict, 0);
}

static void a_core_type_set_by_the_user_is_respected(void **state)
{
    (void)state;
    int verdict = in_child(OLD_CORE, as_the_user_requests);
    if (verdict == 77) {
        print_message("skipped: OpenBLAS is not installed\n");
        skip();
    }
    assert_int_equal(verdict, 0);
}

static void measuring_gives_a_rate(void **state)
{
    (void)state;
    assert_true(distill_matmul_gflops(64, 32, 48, 0.001) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openblas_gets_kernels_for_this_processor),
        cmocka_unit_test(a_core_type_set_by_the_user_is_respected),
        cmocka_unit_test(measuring_gives_a_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
