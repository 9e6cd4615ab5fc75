// distill/base/rng.h - counter-based random numbers, and the mixing functions of the hashes.
//
//     uint64_t stream = distill_rng_stream(seed, id.bytes, id.length, sample);
//     double u = distill_rng_at(stream, position);       // a pure function of its arguments
//
//     distill_rng rng = distill_rng_start(seed, 7);      // a sequence, such as for a shuffle
//     size_t i = distill_rng_below(&rng, count);
//
// Sources  Philox4x32-10: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
//          SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
//          OOPSLA 2014.
//          FNV-1a: Fowler, Noll, Vo.
#ifndef DISTILL_BASE_RNG_H
#define DISTILL_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/// Key of the stream of (seed, name, index).
uint64_t distill_rng_stream(uint64_t seed, const char *name, size_t length, uint64_t index);
/// Uniform in [0, 1) with 53 bits: a pure function of (stream, counter).
double distill_rng_at(uint64_t stream, uint64_t counter);

typedef struct distill_rng {
    uint64_t stream;
    uint64_t counter;
} distill_rng;

distill_rng distill_rng_start(uint64_t seed, uint64_t index);
uint64_t distill_rng_next(distill_rng *rng);
double distill_rng_uniform(distill_rng *rng);
/// Uniform in 0 … count-1 without bias; count > 0.
size_t distill_rng_below(distill_rng *rng, size_t count);
/// Standard normal (Box-Muller).
double distill_rng_normal(distill_rng *rng);
/// Fisher-Yates shuffle of `count` indices.
void distill_rng_shuffle(distill_rng *rng, size_t *items, size_t count);

// ---- mixing functions: splits, seeds and digests depend on them, so they must not change --------

/// 2^64 divided by the golden ratio: the increment of SplitMix64, and a factor that spreads small
/// numbers over the high bits (Fibonacci hashing).
#define DISTILL_GOLDEN_RATIO64 UINT64_C(0x9E3779B97F4A7C15)

/// Shifts and factors of a bijection on 64 bits in which each input bit changes each output bit
/// with a probability near 1/2. SplitMix64 and MurmurHash3 end with it, with different constants.
typedef struct distill_mixer {
    int shift_1, shift_2, shift_3;
    uint64_t factor_1, factor_2;
} distill_mixer;

static inline uint64_t distill_mix64_with(distill_mixer m, uint64_t x)
{
    x = (x ^ x >> m.shift_1) * m.factor_1;
    x = (x ^ x >> m.shift_2) * m.factor_2;
    return x ^ x >> m.shift_3;
}

/// Finaliser of SplitMix64. As a generator: distill_mix64(state += DISTILL_GOLDEN_RATIO64).
static inline uint64_t distill_mix64(uint64_t x)
{
    return distill_mix64_with((distill_mixer){.shift_1 = 30,
                                              .factor_1 = UINT64_C(0xBF58476D1CE4E5B9),
                                              .shift_2 = 27,
                                              .factor_2 = UINT64_C(0x94D049BB133111EB),
                                              .shift_3 = 31},
                              x);
}

#define DISTILL_FNV1A_START UINT64_C(0xCBF29CE484222325)

/// FNV-1a over `bytes`, continued from `hash` (initially DISTILL_FNV1A_START). The low bits are of
/// low quality: mix the result before use.
static inline uint64_t distill_fnv1a(uint64_t hash, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001B3);
    return hash;
}

#endif
