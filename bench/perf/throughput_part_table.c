// bench/perf/throughput_part_table.c - the table of parts; docs/performance.md uses their names.
#include "bench/perf/throughput_part_table.h"

#include "bench/perf/throughput_decode.h"
#include "bench/perf/throughput_train.h"

#define DECODE(name_, shape_, weights_, batch_, request_)                                          \
    {                                                                                              \
        .name = name_, .shape = shape_, .measure = throughput_decode, .weights = weights_,         \
        .batch = batch_, .on_request = request_                                                    \
    }
#define PREFILL(name_, shape_, weights_, request_)                                                 \
    {                                                                                              \
        .name = name_, .shape = shape_, .measure = throughput_prefill, .weights = weights_,        \
        .tokens = 512, .on_request = request_                                                      \
    }
#define TRAIN(name_, shape_, documents_, tokens_, recomputed_, request_)                           \
    {                                                                                              \
        .name = name_, .shape = shape_, .measure = throughput_train, .documents = documents_,      \
        .tokens = tokens_, .precision = DISTILL_F32, .optimizer = DISTILL_ADAMW,                   \
        .recomputed = recomputed_, .on_request = request_                                          \
    }
#define TRAIN_SMALL(name_, shape_, documents_, tokens_, recomputed_)                               \
    {                                                                                              \
        .name = name_, .shape = shape_, .measure = throughput_train, .documents = documents_,      \
        .tokens = tokens_, .precision = DISTILL_BF16, .optimizer = DISTILL_ADAMW_8BIT,             \
        .recomputed = recomputed_, .on_request = true                                              \
    }
#define OPTIMIZER(name_, precision_, optimizer_)                                                   \
    {                                                                                              \
        .name = name_, .shape = "M", .measure = throughput_optimizer, .precision = precision_,     \
        .optimizer = optimizer_                                                                    \
    }
enum { ALL_LAYERS = 1000 };

static const throughput_part PARTS[] = {
    TRAIN("tiny", "S", 1, 32, 0, true), // for the tests
    TRAIN("train-s", "S", 8, 256, 0, false),
    TRAIN("train-m", "M", 4, 512, 0, false),
    TRAIN("train-q", "Q", 1, 512, 0, false),
    TRAIN("memory-q-packed", "Q", 8, 512, ALL_LAYERS, true),
    TRAIN("memory-q-trace", "Q", 1, 32768, ALL_LAYERS, true), // about an hour a step
    TRAIN_SMALL("memory-q-bf16", "Q", 1, 512, 0),
    TRAIN_SMALL("memory-r-bf16", "R", 2, 512, ALL_LAYERS),
    OPTIMIZER("optimizer-fp32", DISTILL_F32, DISTILL_ADAMW),
    OPTIMIZER("optimizer-8bit", DISTILL_F32, DISTILL_ADAMW_8BIT),
    OPTIMIZER("optimizer-bf16-8bit", DISTILL_BF16, DISTILL_ADAMW_8BIT),
    TRAIN("length-s-512", "S", 1, 512, 0, true),
    TRAIN("length-s-1024", "S", 1, 1024, 0, true),
    TRAIN("length-s-2048", "S", 1, 2048, 0, true),
    TRAIN("length-s-4096", "S", 1, 4096, 0, true),
    TRAIN("length-s-8192", "S", 1, 8192, 0, true),
    TRAIN("length-s-16384", "S", 1, 16384, 0, true),
    TRAIN("length-s-32768", "S", 1, 32768, 0, true),
    TRAIN("documents-s-1", "S", 1, 8192, 0, true),
    TRAIN("documents-s-4", "S", 4, 2048, 0, true),
    TRAIN("documents-s-16", "S", 16, 512, 0, true),
    TRAIN("documents-s-64", "S", 64, 128, 0, true),
    PREFILL("prefill-q-bf16", "Q", DISTILL_WEIGHTS_BF16, false),
    PREFILL("prefill-q-int8", "Q", DISTILL_WEIGHTS_INT8, false),
    PREFILL("prefill-q-fp32", "Q", DISTILL_WEIGHTS_FP32, true),
    DECODE("decode-q-bf16-1", "Q", DISTILL_WEIGHTS_BF16, 1, false),
    DECODE("decode-q-bf16-8", "Q", DISTILL_WEIGHTS_BF16, 8, false),
    DECODE("decode-q-bf16-32", "Q", DISTILL_WEIGHTS_BF16, 32, false),
    DECODE("decode-q-bf16-64", "Q", DISTILL_WEIGHTS_BF16, 64, false),
    DECODE("decode-q-int8-1", "Q", DISTILL_WEIGHTS_INT8, 1, false),
    DECODE("decode-q-int8-8", "Q", DISTILL_WEIGHTS_INT8, 8, false),
    DECODE("decode-q-int8-32", "Q", DISTILL_WEIGHTS_INT8, 32, false),
    DECODE("decode-q-int8-64", "Q", DISTILL_WEIGHTS_INT8, 64, false),
    DECODE("decode-q-fp32-1", "Q", DISTILL_WEIGHTS_FP32, 1, true),
    DECODE("decode-q-fp32-32", "Q", DISTILL_WEIGHTS_FP32, 32, true),
    DECODE("decode-builtin-bf16-64", "builtin", DISTILL_WEIGHTS_BF16, 64, false),
    DECODE("decode-builtin-int8-64", "builtin", DISTILL_WEIGHTS_INT8, 64, false),
    {.name = "start-q", .shape = "Q", .measure = throughput_start, .weights = DISTILL_WEIGHTS_BF16},
};

const throughput_part *throughput_part_at(size_t index)
{
    return index < sizeof PARTS / sizeof *PARTS ? &PARTS[index] : NULL;
}
