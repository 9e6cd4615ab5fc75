// Packed products of every instruction set. Operands are small whole numbers, so that every sum is
// exact in fp32 and an element that is off by anything is wrong.
#include "distill/tensor/cpu/gemm.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"
#include "tests/unit/tensor/gradcheck.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum start { FROM_NOTHING, FROM_ITSELF, FROM_RESIDUAL_AND_BIAS, FROM_BIAS } start;

typedef struct layout {
    bool a_along_k, b_along_k;
    distill_dtype b_dtype, c_dtype;
    start from;
} layout;

enum { SPARE = 3 }; // columns behind each row that must stay as they are

static float *whole_numbers(size_t n, uint64_t seed)
{
    float *x = NULL;
    distill_rng rng = distill_rng_start(seed, n);
    assert_ok(DISTILL_NEW(&x, n));
    for (size_t i = 0; i < n; i++)
        x[i] = (float)((double)(int)(distill_rng_uniform(&rng) * 7) - 3);
    return x;
}

/// The same numbers as they lie in memory of that type.
static void *stored(const float *x, size_t n, distill_dtype dtype)
{
    char *bytes = NULL;
    assert_ok(DISTILL_NEW(&bytes, n * distill_dtype_bytes(dtype)));
    distill_dtype_narrow(bytes, x, dtype, n);
    return bytes;
}

static float element(const float *x, bool along_k, size_t stride, size_t i, size_t k)
{
    return along_k ? x[i * stride + k] : x[k * stride + i];
}

/// A number as the result's type has it.
static float as_stored(float value, distill_dtype dtype)
{
    uint32_t bytes = 0;
    float back;
    distill_dtype_narrow(&bytes, &value, dtype, 1);
    distill_dtype_widen(&back, &bytes, dtype, 1);
    return back;
}

static void check_product(const gemm_kernels *kernels, size_t M, size_t N, size_t K, layout way,
                          size_t step)
{
    size_t a_stride = (way.a_along_k ? K : M) + 5, b_stride = (way.b_along_k ? K : N) + 1;
    size_t a_count = a_stride * (way.a_along_k ? M : K) + 8;
    size_t b_count = b_stride * (way.b_along_k ? N : K) + 8, stride = N + SPARE;
    float *a = whole_numbers(a_count, 1), *b = whole_numbers(b_count, 2);
    float *old = whole_numbers(M * stride, 3), *bias = whole_numbers(N, 4), *now = NULL;
    void *b_stored = stored(b, b_count, way.b_dtype), *c = stored(old, M * stride, way.c_dtype);
    void *residual = stored(old, M * stride, way.c_dtype);
    gemm_product p = {.a = {a, a_stride, way.a_along_k, DISTILL_F32},
                      .b = {b_stored, b_stride, way.b_along_k, way.b_dtype},
                      .c = c,
                      .c_stride = stride,
                      .c_dtype = way.c_dtype,
                      .base_stride = stride,
                      .M = M,
                      .N = N,
                      .K = K};
    if (way.from == FROM_ITSELF || way.from == FROM_RESIDUAL_AND_BIAS)
        p.base = way.from == FROM_ITSELF ? c : residual;
    if (way.from == FROM_RESIDUAL_AND_BIAS || way.from == FROM_BIAS)
        p.bias = bias;
    gemm_run_with(kernels, &p);
    assert_ok(DISTILL_NEW(&now, M * stride));
    distill_dtype_widen(now, c, way.c_dtype, M * stride);
    for (size_t i = 0; i < M * stride; i += step) {
        size_t m = i / stride, n = i % stride;
        float want = n < N && p.base == NULL ? 0 : old[i];
        if (n < N) {
            want += p.bias != NULL ? bias[n] : 0;
            for (size_t k = 0; k < K; k++)
                want += element(a, way.a_along_k, a_stride, m, k) *
                        element(b, way.b_along_k, b_stride, n, k);
            want = as_stored(want, way.c_dtype);
        }
        if (now[i] != want)
            fail_msg("%s %zux%zux%zu at (%zu, %zu): %.9g, expected %.9g", kernels->name, M, N, K, m,
                     n, (double)now[i], (double)want);
    }
    void *blocks[] = {a, b, old, bias, now, b_stored, c, residual};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        distill_free(blocks[i]);
}

static layout way_of(unsigned i)
{
    return (layout){i & 1, i & 2, i & 4 ? DISTILL_BF16 : DISTILL_F32,
                    i % 5 == 4 ? DISTILL_BF16 : DISTILL_F32, (start)(i / 3 % 4)};
}

static void every_small_size_in_every_layout(void **state)
{
    (void)state;
    unsigned turn = 0;
    for (size_t set = 0; kernel_set_at(set) != NULL; set++)
        for (size_t size = 0; size <= 40; size++)
            for (unsigned i = 0; i < 12; i++, turn++) {
                const gemm_kernels *kernels = kernel_set_at(set)->gemm;
                check_product(kernels, size + 1, 17, 9, way_of(turn), 1);
                check_product(kernels, 7, size + 1, 13, way_of(turn), 1);
                check_product(kernels, 13, 33, size, way_of(turn), 1);
            }
}

static void products_of_many_blocks_and_groups(void **state)
{
    (void)state;
    const size_t shapes[][3] = {
        {1300, 70, 1100}, {20, 1700, 1000}, {300, 1100, 330}, {130, 70, 2500}};
    for (size_t set = 0; kernel_set_at(set) != NULL; set++)
        for (unsigned i = 0; i < 4; i++) {
            layout way = way_of(i + 2 * (unsigned)set);
            way.c_dtype = i % 2 == 0 ? DISTILL_F32 : DISTILL_BF16;
            way.from = (start)((i + set) % 4);
            check_product(kernel_set_at(set)->gemm, shapes[i][0], shapes[i][1], shapes[i][2], way,
                          61);
        }
}

// ---- bits ---------------------------------------------------------------------------------------

enum { ROWS = 210, COLS = 330, DEPTH = 1500 };

/// A product of numbers that round, by the chosen kernels.
static void rounded_product(float *c)
{
    float *a = random_floats(ROWS * DEPTH, 1, 1), *b = random_floats(COLS * DEPTH, 1, 2);
    gemm_run(&(gemm_product){.a = {a, DEPTH, true, DISTILL_F32},
                             .b = {b, COLS, false, DISTILL_F32},
                             .c = c,
                             .c_stride = COLS,
                             .M = ROWS,
                             .N = COLS,
                             .K = DEPTH});
    distill_free(b);
    distill_free(a);
}

static void by_threads(float *c, int threads)
{
    int ends[2], verdict = 0;
    size_t read_bytes = 0, bytes = sizeof *c * ROWS * COLS;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        bool sent = distill_threads_set(threads) == DISTILL_OK;
        rounded_product(c);
        for (size_t at = 0; sent && at < bytes;) {
            ssize_t n = write(ends[1], (const char *)c + at, bytes - at);
            sent = n > 0;
            at += sent ? (size_t)n : 0;
        }
        _exit(sent ? 0 : 1);
    }
    close(ends[1]);
    for (ssize_t n; (n = read(ends[0], (char *)c + read_bytes, bytes - read_bytes)) > 0;)
        read_bytes += (size_t)n;
    close(ends[0]);
    waitpid(child, &verdict, 0);
    assert_int_equal(verdict, 0);
    assert_int_equal(read_bytes, bytes);
}

/// Before any other test: a child of a process whose workers run has none of them.
static void bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    float *one = random_floats(ROWS * COLS, 1, 3), *three = random_floats(ROWS * COLS, 1, 4);
    by_threads(one, 1);
    by_threads(three, 3);
    assert_memory_equal(one, three, sizeof *one * ROWS * COLS);
    distill_free(three);
    distill_free(one);
}

/// In a new thread, whose scratch has not been allocated and cannot be.
static void *without_memory(void *c)
{
    float *a = random_floats(ROWS * DEPTH, 1, 1), *b = random_floats(COLS * DEPTH, 1, 2);
    distill_allocation_fail_at(1);
    gemm_run(&(gemm_product){.a = {a, DEPTH, true, DISTILL_F32},
                             .b = {b, COLS, false, DISTILL_F32},
                             .c = c,
                             .c_stride = COLS,
                             .M = ROWS,
                             .N = COLS,
                             .K = DEPTH});
    distill_allocation_fail_at(0);
    distill_free(b);
    distill_free(a);
    return NULL;
}

static void without_memory_for_scratch_the_bits_are_the_same(void **state)
{
    (void)state;
    float *one = random_floats(ROWS * COLS, 1, 3), *two = random_floats(ROWS * COLS, 1, 4);
    pthread_t thread;
    rounded_product(one);
    assert_int_equal(pthread_create(&thread, NULL, without_memory, two), 0);
    pthread_join(thread, NULL);
    assert_memory_equal(one, two, sizeof *one * ROWS * COLS);
    distill_free(two);
    distill_free(one);
}

static void rows_and_columns_do_not_touch_each_other(void **state)
{
    (void)state;
    enum { M = 15, N = 19, K = 21 };
    for (size_t set = 0; kernel_set_at(set) != NULL; set++) {
        float *a = whole_numbers(M * K, 1), *b = whole_numbers(N * K, 2);
        float *c = whole_numbers(M * N, 3);
        a[7 * K + 20] = INFINITY;
        a[3 * K] = NAN;
        b[18 * K + 5] = NAN;
        b[20] = 1; // against the infinity, in column 0
        gemm_run_with(kernel_set_at(set)->gemm, &(gemm_product){.a = {a, K, true, DISTILL_F32},
                                                                .b = {b, K, true, DISTILL_F32},
                                                                .c = c,
                                                                .c_stride = N,
                                                                .M = M,
                                                                .N = N,
                                                                .K = K});
        for (size_t m = 0; m < M; m++)
            for (size_t n = 0; n < N; n++)
                if (m == 3 || n == 18)
                    assert_true(isnan(c[m * N + n]));
                else if (m != 7)
                    assert_true(isfinite(c[m * N + n]));
        assert_true(isinf(c[7 * N]));
        distill_free(c);
        distill_free(b);
        distill_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_do_not_depend_on_threads),
        cmocka_unit_test(every_small_size_in_every_layout),
        cmocka_unit_test(products_of_many_blocks_and_groups),
        cmocka_unit_test(without_memory_for_scratch_the_bits_are_the_same),
        cmocka_unit_test(rows_and_columns_do_not_touch_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
