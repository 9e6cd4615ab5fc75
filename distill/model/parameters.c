#include "distill/model/parameters.h"

#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/base/threads.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

// A model is one table: for each tensor its field, shape, kind and name; `when` says which
// families have it. rows 1 = a vector.
//     field       when          rows        cols       linear  name
// clang-format off
#define LAYER_TENSORS(X)                                                                           \
    X(attn_norm, true,         1,          c->D,          0, "input_layernorm.weight")             \
    X(wq,        true,         c->H*c->Dh, c->D,          1, "self_attn.q_proj.weight")            \
    X(bq,        c->qkv_bias,  1,          c->H*c->Dh,    0, "self_attn.q_proj.bias")              \
    X(wk,        true,         c->Hkv*c->Dh, c->D,        1, "self_attn.k_proj.weight")            \
    X(bk,        c->qkv_bias,  1,          c->Hkv*c->Dh,  0, "self_attn.k_proj.bias")              \
    X(wv,        true,         c->Hkv*c->Dh, c->D,        1, "self_attn.v_proj.weight")            \
    X(bv,        c->qkv_bias,  1,          c->Hkv*c->Dh,  0, "self_attn.v_proj.bias")              \
    X(q_norm,    c->qk_norm,   1,          c->Dh,         0, "self_attn.q_norm.weight")            \
    X(k_norm,    c->qk_norm,   1,          c->Dh,         0, "self_attn.k_norm.weight")            \
    X(wo,        true,         c->D,       c->H*c->Dh,    1, "self_attn.o_proj.weight")            \
    X(bo,        c->o_bias,    1,          c->D,          0, "self_attn.o_proj.bias")              \
    X(mlp_norm,  true,         1,          c->D,          0, "post_attention_layernorm.weight")    \
    X(w_gate,    true,         c->F,       c->D,          1, "mlp.gate_proj.weight")               \
    X(b_gate,    c->mlp_bias,  1,          c->F,          0, "mlp.gate_proj.bias")                 \
    X(w_up,      true,         c->F,       c->D,          1, "mlp.up_proj.weight")                 \
    X(b_up,      c->mlp_bias,  1,          c->F,          0, "mlp.up_proj.bias")                   \
    X(w_down,    true,         c->D,       c->F,          1, "mlp.down_proj.weight")               \
    X(b_down,    c->mlp_bias,  1,          c->D,          0, "mlp.down_proj.bias")
// clang-format on

enum { TENSORS_A_LAYER = 18, ALIGN_FLOATS = 16 };

// `matrix` is the question for weight decay: a vector has rows 1 and no decay.
typedef struct tensor_row {
    const char *name;
    size_t rows, cols;
    bool matrix, linear;
} tensor_row;

static distill_status add_tensor(size_t *offset, distill_layout *layout, const tensor_row *row,
                                 size_t layer)
{
    distill_tensor_info *info = &layout->tensors[layout->count];
    size_t floats, end, bytes;
    if (!distill_mul_size(&floats, row->rows, row->cols) ||
        !distill_add_size(&end, layout->total, floats) ||
        !distill_add_size(&end, end, ALIGN_FLOATS - 1) ||
        !distill_mul_size(&bytes, end, 4 * sizeof(float)))
        return distill_fail(DISTILL_LIMIT, "%s: a model of this size cannot be addressed",
                            row->name);
    if (layer == SIZE_MAX)
        snprintf(info->name, sizeof info->name, "%s", row->name);
    else
        snprintf(info->name, sizeof info->name, "model.layers.%zu.%s", layer, row->name);
    info->offset = layout->total;
    info->rows = row->rows;
    info->cols = row->cols;
    info->matrix = row->matrix;
    info->linear = row->linear;
    *offset = info->offset;
    layout->total = end / ALIGN_FLOATS * ALIGN_FLOATS;
    layout->parameters += floats;
    layout->count++;
    return DISTILL_OK;
}

static distill_status add_layer(distill_layout *layout, size_t layer)
{
    distill_status status = DISTILL_OK;
    const distill_config *c = &layout->config;
    distill_layer_offsets *at = &layout->layers[layer];
#define ADD(field, when, tensor_rows, tensor_cols, is_linear, hf_name)                             \
    at->field = DISTILL_ABSENT;                                                                    \
    if (when)                                                                                      \
        TRY(add_tensor(&at->field, layout,                                                         \
                       &(tensor_row){hf_name, tensor_rows, tensor_cols, is_linear, is_linear},     \
                       layer));
    LAYER_TENSORS(ADD)
#undef ADD
done:
    return status;
}

static distill_status fill_layout(distill_layout *layout)
{
    distill_status status = DISTILL_OK;
    const distill_config *c = &layout->config;
    TRY(add_tensor(&layout->embed, layout,
                   &(tensor_row){"model.embed_tokens.weight", c->V, c->D, true, false}, SIZE_MAX));
    for (size_t l = 0; l < c->L; l++)
        TRY(add_layer(layout, l));
    TRY(add_tensor(&layout->final_norm, layout,
                   &(tensor_row){"model.norm.weight", 1, c->D, false, false}, SIZE_MAX));
    layout->lm_head = layout->embed;
    if (!c->tied)
        TRY(add_tensor(&layout->lm_head, layout,
                       &(tensor_row){"lm_head.weight", c->V, c->D, true, false}, SIZE_MAX));
done:
    return status;
}

distill_status distill_layout_create(distill_layout **out, const distill_config *config)
{
    distill_status status = DISTILL_OK;
    distill_layout *layout = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&layout, 1));
    layout->config = *config;
    TRY(DISTILL_NEW(&layout->layers, config->L));
    TRY(DISTILL_NEW(&layout->tensors, config->L * TENSORS_A_LAYER + 3));
    TRY(fill_layout(layout));
    *out = layout;
    layout = NULL;
done:
    distill_layout_free(layout);
    return status;
}

void distill_layout_free(distill_layout *layout)
{
    if (layout == NULL)
        return;
    distill_free(layout->tensors);
    distill_free(layout->layers);
    distill_free(layout);
}

const distill_tensor_info *distill_layout_find(const distill_layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->count; i++)
        if (strcmp(layout->tensors[i].name, name) == 0)
            return &layout->tensors[i];
    return NULL;
}

const distill_tensor_info *distill_layout_at(const distill_layout *layout, size_t offset)
{
    size_t low = 0, high = layout->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (layout->tensors[middle].offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return &layout->tensors[low];
}

// ------------------------------------------------------------------------------- random weights

enum { INIT_CHUNK = 1 << 14 };

typedef struct init_job {
    const distill_block_sink *to;
    size_t offset, count; // of the tensor
    double scale;
    uint64_t seed;
    uint64_t index; // of the tensor
} init_job;

// Each chunk has a stream of its own, so the weights do not depend on the number of threads.
static void init_chunks(void *context, size_t begin, size_t end, int worker)
{
    const init_job *job = context;
    float values[INIT_CHUNK];
    (void)worker;
    for (size_t chunk = begin; chunk < end; chunk++) {
        distill_rng rng = distill_rng_start(job->seed, job->index << 40 | chunk);
        size_t first = chunk * INIT_CHUNK;
        size_t n = job->count - first < INIT_CHUNK ? job->count - first : INIT_CHUNK;
        for (size_t i = 0; i < n; i++)
            values[i] = (float)(job->scale * distill_rng_normal(&rng));
        job->to->write(job->to->context, job->offset + first, values, n);
    }
}

static bool is_norm(const char *name)
{
    size_t length = strlen(name);
    return length >= 11 && strcmp(name + length - 11, "norm.weight") == 0;
}

static void init_vector(const distill_block_sink *to, const distill_tensor_info *info)
{
    float values[INIT_CHUNK];
    for (size_t i = 0; i < INIT_CHUNK && i < info->cols; i++)
        values[i] = is_norm(info->name) ? 1 : 0;
    for (size_t at = 0; at < info->cols; at += INIT_CHUNK)
        to->write(to->context, info->offset + at, values,
                  info->cols - at < INIT_CHUNK ? info->cols - at : INIT_CHUNK);
}

void distill_parameters_init_into(const distill_block_sink *to, const distill_layout *layout,
                                  uint64_t seed)
{
    for (size_t t = 0; t < layout->count; t++) {
        const distill_tensor_info *info = &layout->tensors[t];
        size_t count = info->rows * info->cols;
        init_job job = {to, info->offset, count, layout->config.initializer_range, seed, t};
        if (info->matrix)
            distill_parallel_for(init_chunks, &job, (count + INIT_CHUNK - 1) / INIT_CHUNK, 1);
        else
            init_vector(to, info);
    }
}

static void write_floats(void *context, size_t place, const float *values, size_t count)
{
    memcpy((float *)context + place, values, count * sizeof *values);
}

void distill_parameters_init(float *block, const distill_layout *layout, uint64_t seed)
{
    distill_block_sink to = {write_floats, block};
    memset(block, 0, layout->total * sizeof *block);
    distill_parameters_init_into(&to, layout, seed);
}
