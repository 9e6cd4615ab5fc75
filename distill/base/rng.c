// distill/base/rng.c - the generator Philox4x32-10 and distributions over it.
//
// A stream is a 64-bit key derived from (seed, name, index); a number is the cipher's output for a
// counter. Numbers therefore do not depend on threads, batches or the order of calls.
#include "distill/base/rng.h"

#include <math.h>

static void philox(uint32_t out[4], uint64_t key, uint64_t counter)
{
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32), c2 = 0, c3 = 0;
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        uint32_t n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/// Finaliser of MurmurHash3 (Appleby, public domain).
static uint64_t mix(uint64_t x)
{
    return distill_mix64_with((distill_mixer){.shift_1 = 33,
                                              .factor_1 = UINT64_C(0xFF51AFD7ED558CCD),
                                              .shift_2 = 33,
                                              .factor_2 = UINT64_C(0xC4CEB9FE1A85EC53),
                                              .shift_3 = 33},
                              x);
}

uint64_t distill_rng_stream(uint64_t seed, const char *name, size_t length, uint64_t index)
{
    uint64_t hash = distill_fnv1a(mix(seed ^ DISTILL_GOLDEN_RATIO64), name, length);
    return mix(mix(hash ^ (uint64_t)length) + mix(index + 0xD1B54A32D192ED03u));
}

static uint64_t draw(uint64_t stream, uint64_t counter)
{
    uint32_t block[4];
    philox(block, stream, counter);
    return (uint64_t)block[1] << 32 | block[0];
}

static double to_unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

double distill_rng_at(uint64_t stream, uint64_t counter)
{
    return to_unit(draw(stream, counter));
}

distill_rng distill_rng_start(uint64_t seed, uint64_t index)
{
    return (distill_rng){.stream = distill_rng_stream(seed, "", 0, index)};
}

uint64_t distill_rng_next(distill_rng *rng)
{
    return draw(rng->stream, rng->counter++);
}

double distill_rng_uniform(distill_rng *rng)
{
    return to_unit(distill_rng_next(rng));
}

size_t distill_rng_below(distill_rng *rng, size_t count)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % count;
    uint64_t bits = distill_rng_next(rng);
    while (bits >= limit)
        bits = distill_rng_next(rng);
    return (size_t)(bits % count);
}

double distill_rng_normal(distill_rng *rng)
{
    double u = 1.0 - distill_rng_uniform(rng); // (0, 1]
    double v = distill_rng_uniform(rng);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

void distill_rng_shuffle(distill_rng *rng, size_t *items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = distill_rng_below(rng, i);
        size_t held = items[i - 1];
        items[i - 1] = items[j];
        items[j] = held;
    }
}
