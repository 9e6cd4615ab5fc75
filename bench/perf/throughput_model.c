// bench/perf/throughput_model.c - the shapes, random checkpoints of them, and the work they are.
#include "bench/perf/throughput_part.h"

#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/checkpoint/model_path.h"
#include "distill/checkpoint/safetensors.h"
#include "distill/model/layout.h"

#include <string.h>

// Parts. `documents` x `tokens` are the peers' (../docs/performance.md).
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
        .tokens = tokens_, .precision = "fp32", .optimizer = "adamw", .recomputed = recomputed_,   \
        .on_request = request_                                                                     \
    }
#define TRAIN_SMALL(name_, shape_, documents_, tokens_, recomputed_)                               \
    {                                                                                              \
        .name = name_, .shape = shape_, .measure = throughput_train, .documents = documents_,      \
        .tokens = tokens_, .precision = "bf16", .optimizer = "adamw8bit",                          \
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
    OPTIMIZER("optimizer-fp32", "fp32", "adamw"),
    OPTIMIZER("optimizer-8bit", "fp32", "adamw8bit"),
    OPTIMIZER("optimizer-bf16-8bit", "bf16", "adamw8bit"),
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
    PREFILL("prefill-q-bf16", "Q", "bf16", false),
    PREFILL("prefill-q-int8", "Q", "int8", false),
    PREFILL("prefill-q-fp32", "Q", "fp32", true),
    DECODE("decode-q-bf16-1", "Q", "bf16", 1, false),
    DECODE("decode-q-bf16-8", "Q", "bf16", 8, false),
    DECODE("decode-q-bf16-32", "Q", "bf16", 32, false),
    DECODE("decode-q-bf16-64", "Q", "bf16", 64, false),
    DECODE("decode-q-int8-1", "Q", "int8", 1, false),
    DECODE("decode-q-int8-8", "Q", "int8", 8, false),
    DECODE("decode-q-int8-32", "Q", "int8", 32, false),
    DECODE("decode-q-int8-64", "Q", "int8", 64, false),
    DECODE("decode-q-fp32-1", "Q", "fp32", 1, true),
    DECODE("decode-q-fp32-32", "Q", "fp32", 32, true),
    DECODE("decode-builtin-bf16-64", "builtin", "bf16", 64, false),
    DECODE("decode-builtin-int8-64", "builtin", "int8", 64, false),
    {.name = "start-q", .shape = "Q", .measure = throughput_start, .weights = "bf16"},
};

const throughput_part *throughput_part_at(size_t index)
{
    return index < sizeof PARTS / sizeof *PARTS ? &PARTS[index] : NULL;
}

// ---- shapes ------------------------------------------------------------------------------------

typedef struct shape_row {
    const char *name;
    size_t D, L, H, Hkv, F, V;
} shape_row;

static const shape_row SHAPES[] = {
    {"S", 256, 6, 8, 4, 704, 4096},
    {"M", 512, 8, 8, 2, 1408, 16384},
    {"Q", 896, 24, 14, 2, 4864, 151936},
    {"R", 1536, 28, 12, 2, 8960, 151936},
};

distill_status throughput_shape_config(distill_text *json, const char *shape)
{
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const shape_row *s = &SHAPES[i];
        if (strcmp(s->name, shape) == 0)
            return distill_text_printf(
                json,
                "{\"architectures\":[\"Qwen2ForCausalLM\"],\"model_type\":\"qwen2\","
                "\"hidden_act\":\"silu\",\"hidden_size\":%zu,\"num_hidden_layers\":%zu,"
                "\"num_attention_heads\":%zu,\"num_key_value_heads\":%zu,"
                "\"intermediate_size\":%zu,\"vocab_size\":%zu,\"max_position_embeddings\":32768,"
                "\"rms_norm_eps\":1e-6,\"rope_theta\":1000000.0,\"tie_word_embeddings\":true,"
                "\"torch_dtype\":\"bfloat16\",\"initializer_range\":0.02}\n",
                s->D, s->L, s->H, s->Hkv, s->F, s->V);
    }
    return distill_fail(DISTILL_INTERNAL, "there is no shape %s", shape);
}

/// Uniform in -0.035 … 0.035 (standard deviation 0.02), from a hash of the place; norms are 1.
static void read_random(void *context, float *out, size_t first, size_t count)
{
    const distill_tensor_info *info = context;
    bool norm = info->kind == DISTILL_TENSOR_NORM;
    for (size_t i = 0; i < count; i++) {
        uint64_t x = (info->offset + first + i) * UINT64_C(0x9E3779B97F4A7C15);
        x = (x ^ x >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
        out[i] = norm ? 1.0f : ((float)(x >> 40) * 0x1p-24f - 0.5f) * 0.07f;
    }
}

static distill_status write_weights(const char *path, const distill_layout *layout)
{
    distill_status status = DISTILL_OK;
    distill_safetensor_source *sources = NULL;
    TRY(DISTILL_NEW(&sources, layout->count));
    for (size_t i = 0; i < layout->count; i++) {
        distill_tensor_info *info = &layout->tensors[i];
        sources[i] = (distill_safetensor_source){
            .name = info->name,
            .rank = info->matrix ? 2 : 1,
            .shape = {info->matrix ? info->rows : info->cols, info->cols},
            .read = read_random,
            .context = info};
    }
    TRY(distill_safetensors_write(path, sources, layout->count, DISTILL_BF16, NULL));
done:
    distill_free(sources);
    return status;
}

distill_status throughput_checkpoint(distill_text *dir, const char *folder, const char *shape)
{
    distill_status status = DISTILL_OK;
    distill_text json = {0}, path = {0};
    distill_config config;
    distill_layout *layout = NULL;
    if (strcmp(shape, "builtin") == 0)
        return distill_model_path(dir, shape);
    TRY(distill_path_join(dir, folder, shape));
    TRY(distill_path_join(&path, dir->bytes, "model.safetensors"));
    if (distill_file_exists(path.bytes))
        goto done;
    TRY(throughput_shape_config(&json, shape));
    TRY(distill_config_parse(&config, json.bytes, json.length, shape));
    TRY(distill_layout_create(&layout, &config));
    TRY(distill_make_directory(dir->bytes));
    TRY(write_weights(path.bytes, layout));
    TRY(distill_path_join(&path, dir->bytes, "config.json"));
    TRY(distill_file_write(path.bytes, json.bytes, json.length));
done:
    distill_layout_free(layout);
    distill_text_free(&path);
    distill_text_free(&json);
    return status;
}

// ---- work --------------------------------------------------------------------------------------

#define COUNT(field, kind, present, rows, cols, ...) +((present) ? (double)((rows) * (cols)) : 0)

static double layer_parameters(const distill_config *c)
{
    return DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, COUNT, DISTILL_NO_TENSOR);
}

double throughput_parameters(const distill_config *c)
{
    double outside = DISTILL_TENSOR_TABLE(COUNT, DISTILL_NO_TENSOR, COUNT);
    return outside + (double)c->L * layer_parameters(c);
}

double throughput_train_flop(const distill_config *c, size_t documents, size_t tokens)
{
    double T = (double)tokens, rows = T * (double)documents;
    return rows * (6 * throughput_parameters(c) + 6.0 * (double)(c->L * c->H * c->Dh) * T);
}

double throughput_prefill_flop(const distill_config *c, size_t tokens)
{
    double T = (double)tokens, head = (double)c->V * (double)c->D;
    double layers = (double)c->L * layer_parameters(c) + (double)c->D;
    return T * (2 * layers + 2.0 * (double)(c->L * c->H * c->Dh) * T) + 2 * head;
}
