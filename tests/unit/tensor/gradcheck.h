// tests/unit/tensor/gradcheck.h - operations in float against their formula in double.
//
// Each test writes the formula once, forwards, in double. The float kernel must agree with it, and
// the written backward pass with its central differences: in double these are good to nine digits,
// so the comparison measures the kernel and not the differences.
#ifndef TESTS_UNIT_TENSOR_GRADCHECK_H
#define TESTS_UNIT_TENSOR_GRADCHECK_H

#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "tests/support/unit.h"

#include <math.h>

/// Values with mean 0 and the given spread; the same for the same seed. Freed by the caller.
static inline float *random_floats(size_t n, double spread, uint64_t seed)
{
    float *x = NULL;
    distill_rng rng = distill_rng_start(seed, n);
    assert_ok(DISTILL_NEW(&x, n));
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(spread * distill_rng_normal(&rng));
    return x;
}

static inline double *widened(const float *x, size_t n)
{
    double *wide = NULL;
    assert_ok(DISTILL_NEW(&wide, n));
    for (size_t i = 0; i < n; i++)
        wide[i] = (double)x[i];
    return wide;
}

/// |got - want| / max(|want|, 1), as vectors: what is 0 by cancellation needs only be small.
static inline double relative_error(const float *got, const double *want, size_t n)
{
    double error = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        error += ((double)got[i] - want[i]) * ((double)got[i] - want[i]);
        size += want[i] * want[i];
    }
    return sqrt(error) / fmax(sqrt(size), 1);
}

static inline void assert_close(const char *what, const float *got, const double *want, size_t n,
                                double tolerance)
{
    double error = relative_error(got, want, n);
    if (!(error <= tolerance))
        fail_msg("%s: relative error %.3g, allowed %.3g", what, error, tolerance);
}

typedef double (*loss_fn)(void *context);

/// Central differences of `loss` with respect to x[0 … n-1], which it reads, against `got`.
static inline void assert_gradient(const char *what, const float *got, loss_fn loss, void *context,
                                   double *x, size_t n, double tolerance)
{
    const double step = 1e-5;
    double *want = NULL;
    assert_ok(DISTILL_NEW(&want, n));
    for (size_t i = 0; i < n; i++) {
        double kept = x[i], up, down;
        x[i] = kept + step;
        up = loss(context);
        x[i] = kept - step;
        down = loss(context);
        x[i] = kept;
        want[i] = (up - down) / (2 * step);
    }
    assert_close(what, got, want, n, tolerance);
    distill_free(want);
}

static inline double dot_double(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

#endif
