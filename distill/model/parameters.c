// distill/model/parameters.c - blocks in memory as views, sinks and sources; random weights.
#include "distill/model/parameters.h"

#include "distill/base/rng.h"
#include "distill/base/threads.h"

#include <string.h>

void distill_block_views(distill_tensor_view *views, const distill_layout *layout,
                         const void *block, distill_dtype dtype)
{
    for (size_t i = 0; i < layout->count; i++)
        views[i] = (distill_tensor_view){
            (const char *)block + layout->tensors[i].offset * distill_dtype_bytes(dtype), dtype};
}

static void write_floats(void *context, size_t place, const float *values, size_t count)
{
    memcpy((float *)context + place, values, count * sizeof *values);
}

distill_block_sink distill_block_sink_of(float *block)
{
    return (distill_block_sink){write_floats, block};
}

static void read_floats(void *context, float *out, size_t place, size_t count)
{
    memcpy(out, (const float *)context + place, count * sizeof *out);
}

distill_block_source distill_block_source_of(const float *block)
{
    return (distill_block_source){read_floats, (float *)block};
}

// ------------------------------------------------------------------------------ random weights

enum { CHUNK = 1 << 14 };

typedef struct init_job {
    const distill_block_sink *to;
    size_t offset, count; // of the tensor
    double scale;
    uint64_t seed;
    uint64_t index; // of the tensor
} init_job;

// Each chunk has a random stream of its own, so the weights do not depend on the number of threads.
static void init_chunks(void *context, size_t begin, size_t end, int worker)
{
    const init_job *job = context;
    float values[CHUNK];
    (void)worker;
    for (size_t chunk = begin; chunk < end; chunk++) {
        distill_rng rng = distill_rng_start(job->seed, job->index << 40 | chunk);
        size_t first = chunk * CHUNK;
        size_t n = job->count - first < CHUNK ? job->count - first : CHUNK;
        for (size_t i = 0; i < n; i++)
            values[i] = (float)(job->scale * distill_rng_normal(&rng));
        job->to->write(job->to->context, job->offset + first, values, n);
    }
}

static void init_vector(const distill_block_sink *to, const distill_tensor_info *info)
{
    float values[CHUNK];
    for (size_t i = 0; i < CHUNK && i < info->cols; i++)
        values[i] = info->kind == DISTILL_TENSOR_NORM ? 1 : 0;
    for (size_t at = 0; at < info->cols; at += CHUNK)
        to->write(to->context, info->offset + at, values,
                  info->cols - at < CHUNK ? info->cols - at : CHUNK);
}

void distill_parameters_init_into(const distill_block_sink *to, const distill_layout *layout,
                                  uint64_t seed)
{
    for (size_t t = 0; t < layout->count; t++) {
        const distill_tensor_info *info = &layout->tensors[t];
        size_t count = info->rows * info->cols;
        init_job job = {to, info->offset, count, layout->config.initializer_range, seed, t};
        if (info->matrix)
            distill_parallel_for(init_chunks, &job, (count + CHUNK - 1) / CHUNK, 1);
        else
            init_vector(to, info);
    }
}

void distill_parameters_init(float *block, const distill_layout *layout, uint64_t seed)
{
    distill_block_sink to = distill_block_sink_of(block);
    memset(block, 0, layout->total * sizeof *block);
    distill_parameters_init_into(&to, layout, seed);
}
