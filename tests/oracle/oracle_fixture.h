// tests/oracle/oracle_fixture.h - a folder of the numerical reference in memory.
#ifndef TESTS_ORACLE_ORACLE_FIXTURE_H
#define TESTS_ORACLE_ORACLE_FIXTURE_H

#include "distill/base/json/json_reader.h"
#include "distill/base/memory.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/checkpoint/safetensors.h"
#include "distill/model/decoder/decoder.h"
#include "distill/train/adamw.h"
#include "distill/train/schedule.h"

enum { ORACLE_MOST_DOCUMENTS = 4096, ORACLE_MOST_STEPS = 64 };

typedef struct oracle_fixture {
    const char *name;
    distill_checkpoint *checkpoint;
    distill_layout *layout;
    float *start; // parameters as stored, widened
    distill_safetensors *expected;

    distill_ids tokens;
    size_t lengths[ORACLE_MOST_DOCUMENTS];
    float *mask;     // loss_mask
    double mask_sum; // sum of it
    distill_packed_batch batch;
    distill_ids *prompts;
    size_t prompt_count, new_tokens;

    distill_schedule schedule;
    distill_adamw rule;
    double max_grad_norm;
    size_t steps;
    struct oracle_trace {
        double lr, loss, grad_norm;
    } trace[ORACLE_MOST_STEPS];
} oracle_fixture;

/// Reads checkpoint/, batch.json, train.json and expected.safetensors of `dir`.
distill_status oracle_fixture_open(oracle_fixture *f, const char *dir) DISTILL_MUST_CHECK;
void oracle_fixture_close(oracle_fixture *f);

/// Expected tensor `name` of exactly `count` elements, I32 ones as floats; owned by the caller.
distill_status oracle_expected(float **out, const oracle_fixture *f, const char *name,
                               size_t count) DISTILL_MUST_CHECK;
/// Expected scalar.
distill_status oracle_scalar(double *out, const oracle_fixture *f,
                             const char *name) DISTILL_MUST_CHECK;

#endif
