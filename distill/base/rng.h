// distill/base/rng.h - counter-based random numbers: addressed, not shared.
//
//     uint64_t stream = distill_rng_stream(seed, id.bytes, id.length, sample);
//     double u = distill_rng_at(stream, position);          // the same whenever it is asked
//
//     distill_rng rng = distill_rng_start(seed, 7);         // a sequence, for shuffles and initial
//     weights size_t i = distill_rng_below(&rng, count);
//
// Source  Philox4x32-10: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
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

#endif
