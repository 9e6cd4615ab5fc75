// distill/tensor/rope.c - frequencies by kind of scaling, tables of cosines and sines, and the
// rotation of rows.
#include "distill/tensor/rope.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"
#include "distill/tensor/portable_math.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

static double clamp01(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

/// Frequencies with many rotations over the original context are kept, those with few are divided
/// by the factor, those between are interpolated.
static double llama3_frequency(const distill_rope_config *rope, double base)
{
    double rotations = rope->original_max_positions * base / (2 * PI);
    double low = rope->low_freq_factor, high = rope->high_freq_factor;
    double keep = clamp01((rotations - low) / (high - low));
    return keep * base + (1 - keep) * base / rope->factor;
}

/// Real-valued index of the pair that makes `rotations` rotations over the original context.
static double yarn_pair_of(const distill_rope_config *rope, double Dh, double rotations)
{
    double over = rope->original_max_positions / (rotations * 2 * PI);
    return Dh * portable_log(over) / (2 * portable_log(rope->theta));
}

static double yarn_frequency(const distill_rope_config *rope, double base, double Dh, double i)
{
    double low = yarn_pair_of(rope, Dh, rope->beta_fast);
    double high = yarn_pair_of(rope, Dh, rope->beta_slow);
    if (rope->truncate) {
        low = floor(low);
        high = ceil(high);
    }
    low = fmax(low, 0);
    high = fmin(high, Dh - 1);
    if (low == high)
        high += 0.001;
    double interpolate = clamp01((i - low) / (high - low));
    return interpolate * base / rope->factor + (1 - interpolate) * base;
}

double distill_rope_frequency(const distill_rope_config *rope, size_t Dh, size_t i)
{
    double base = portable_power(rope->theta, -2.0 * (double)i / (double)Dh);
    switch (rope->type) {
    case DISTILL_ROPE_DEFAULT:
        return base;
    case DISTILL_ROPE_LINEAR:
        return base / rope->factor;
    case DISTILL_ROPE_LLAMA3:
        return llama3_frequency(rope, base);
    case DISTILL_ROPE_YARN:
        return yarn_frequency(rope, base, (double)Dh, (double)i);
    }
    return base;
}

void distill_rope_table(float *cosine, float *sine, const distill_rope_config *rope, size_t Dh,
                        size_t first, size_t count)
{
    size_t half = Dh / 2;
    for (size_t i = 0; i < half; i++) {
        double frequency = distill_rope_frequency(rope, Dh, i);
        for (size_t p = 0; p < count; p++) {
            double s, c;
            portable_sine_cosine(&s, &c, (double)(first + p) * frequency);
            cosine[p * half + i] = (float)(c * rope->attention_factor);
            sine[p * half + i] = (float)(s * rope->attention_factor);
        }
    }
}

typedef struct rotation_job {
    float *x;
    const float *cosine, *sine;
    const int32_t *positions;
    size_t H, Dh;
    void (*rotate)(float *x, const float *cosine, const float *sine, size_t half);
} rotation_job;

static void rotate_rows(void *context, size_t begin, size_t end, int worker)
{
    const rotation_job *j = context;
    size_t half = j->Dh / 2;
    (void)worker;
    for (size_t n = begin; n < end; n++) {
        size_t row = (size_t)j->positions[n] * half;
        for (size_t h = 0; h < j->H; h++)
            j->rotate(j->x + (n * j->H + h) * j->Dh, j->cosine + row, j->sine + row, half);
    }
}

void distill_rope_forward(float *x, const float *cosine, const float *sine,
                          const int32_t *positions, size_t N, size_t H, size_t Dh)
{
    rotation_job job = {x, cosine, sine, positions, H, Dh, kernel_set_chosen()->vector->rotate};
    distill_parallel_pieces(rotate_rows, &job, N, 32);
}

void distill_rope_backward(float *dx, const float *cosine, const float *sine,
                           const int32_t *positions, size_t N, size_t H, size_t Dh)
{
    rotation_job job = {
        dx, cosine, sine, positions, H, Dh, kernel_set_chosen()->vector->rotate_back};
    distill_parallel_pieces(rotate_rows, &job, N, 32);
}
