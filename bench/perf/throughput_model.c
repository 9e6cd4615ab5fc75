// bench/perf/throughput_model.c - a table of shapes, checkpoints written tensor by tensor, and
// counts of operations.
#include "bench/perf/throughput_model.h"

#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/checkpoint/model_path.h"
#include "distill/checkpoint/safetensors.h"
#include "distill/model/layout.h"

#include <string.h>

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

static distill_status write_config(distill_text *json, const shape_row *shape)
{
    distill_json_writer w = {.out = json};
    distill_json_begin_object(&w, NULL);
    distill_json_begin_array(&w, "architectures");
    distill_json_add_string(&w, NULL, "Qwen2ForCausalLM");
    distill_json_end_array(&w);
    distill_json_add_string(&w, "model_type", "qwen2");
    distill_json_add_string(&w, "hidden_act", "silu");
    distill_json_add_uint(&w, "hidden_size", shape->D);
    distill_json_add_uint(&w, "num_hidden_layers", shape->L);
    distill_json_add_uint(&w, "num_attention_heads", shape->H);
    distill_json_add_uint(&w, "num_key_value_heads", shape->Hkv);
    distill_json_add_uint(&w, "intermediate_size", shape->F);
    distill_json_add_uint(&w, "vocab_size", shape->V);
    distill_json_add_uint(&w, "max_position_embeddings", 32768);
    distill_json_add_number(&w, "rms_norm_eps", 1e-6);
    distill_json_add_number(&w, "rope_theta", 1e6);
    distill_json_add_bool(&w, "tie_word_embeddings", true);
    distill_json_add_string(&w, "torch_dtype", "bfloat16");
    distill_json_add_number(&w, "initializer_range", 0.02);
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}

distill_status throughput_shape_config(distill_text *json, const char *shape)
{
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        if (strcmp(SHAPES[i].name, shape) == 0)
            return write_config(json, &SHAPES[i]);
    }
    return distill_fail(DISTILL_INTERNAL, "there is no shape %s", shape);
}

/// Uniform in -0.035 … 0.035 (standard deviation 0.02), from a hash of the element's index; norms
/// are 1.
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

// ---- operations ---------------------------------------------------------------------------------

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
