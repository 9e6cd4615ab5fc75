// distill/model/layout.c - assigns offsets to the tensors of tensor_table.h, one after the other.
#include "distill/model/layout.h"

#include "distill/base/memory.h"

#include <stdio.h>
#include <string.h>

enum { ALIGN_ELEMENTS = 16 };

#define ONE(...) +1
enum {
    TENSORS_OF_LAYER = DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, ONE, DISTILL_NO_TENSOR),
    TENSORS_OUTSIDE = DISTILL_TENSOR_TABLE(ONE, DISTILL_NO_TENSOR, ONE)
};
#undef ONE

/// A row of the table for one model.
typedef struct tensor_row {
    distill_tensor_kind kind;
    size_t rows, cols;
    const char *name, *gguf_name; // formats with the layer's number
} tensor_row;

static void describe(distill_tensor_info *info, const tensor_row *row, size_t layer)
{
    static const struct {
        bool matrix, decay, lora_target;
    } kinds[] = {
#define KIND(kind, matrix, decay, lora_target) {matrix, decay, lora_target},
        DISTILL_TENSOR_KINDS(KIND)
#undef KIND
    };
    snprintf(info->name, sizeof info->name, row->name, layer);
    snprintf(info->gguf_name, sizeof info->gguf_name, row->gguf_name, layer);
    info->kind = row->kind;
    info->rows = row->rows;
    info->cols = row->cols;
    info->matrix = kinds[row->kind].matrix;
    info->decay = kinds[row->kind].decay;
    info->lora_target = kinds[row->kind].lora_target;
}

static distill_status add_tensor(size_t *offset, distill_layout *layout, const tensor_row *row,
                                 size_t layer)
{
    distill_tensor_info *info = &layout->tensors[layout->count];
    size_t elements, end, bytes;
    describe(info, row, layer);
    if (!distill_mul_size(&elements, row->rows, row->cols) ||
        !distill_add_size(&end, layout->total, elements) ||
        !distill_add_size(&end, end, ALIGN_ELEMENTS - 1) ||
        !distill_mul_size(&bytes, end, 4 * sizeof(float)))
        return distill_fail(DISTILL_LIMIT, "%s: a model of this size cannot be addressed",
                            info->name);
    info->offset = *offset = layout->total;
    layout->total = end / ALIGN_ELEMENTS * ALIGN_ELEMENTS;
    layout->parameters += elements;
    layout->count++;
    return DISTILL_OK;
}

// Adds the tensor of a row of the table to AT.
#define ADD(AT, LAYER, PREFIX, GGUF_PREFIX, field, kind, present, rows, cols, hf, gguf)            \
    (AT)->field = DISTILL_ABSENT;                                                                  \
    if (present)                                                                                   \
        TRY(add_tensor(                                                                            \
            &(AT)->field, layout,                                                                  \
            &(tensor_row){DISTILL_TENSOR_##kind, rows, cols, PREFIX hf, GGUF_PREFIX gguf},         \
            LAYER));

static distill_status add_layer(distill_layout *layout, size_t layer)
{
    distill_status status = DISTILL_OK;
    const distill_config *c = &layout->config;
#define ADD_LAYER(...)                                                                             \
    ADD(&layout->layers[layer], layer, DISTILL_HF_LAYER, DISTILL_GGUF_LAYER, __VA_ARGS__)
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, ADD_LAYER, DISTILL_NO_TENSOR)
done:
    return status;
}

static distill_status fill_layout(distill_layout *layout)
{
    distill_status status = DISTILL_OK;
    const distill_config *c = &layout->config;
#define ADD_OUTSIDE(...) ADD(layout, 0, "", "", __VA_ARGS__)
    DISTILL_TENSOR_TABLE(ADD_OUTSIDE, DISTILL_NO_TENSOR, DISTILL_NO_TENSOR)
    for (size_t l = 0; l < c->L; l++)
        TRY(add_layer(layout, l));
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, DISTILL_NO_TENSOR, ADD_OUTSIDE)
    if (c->tied)
        layout->lm_head = layout->embed;
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
    TRY(DISTILL_NEW(&layout->tensors, config->L * TENSORS_OF_LAYER + TENSORS_OUTSIDE));
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
