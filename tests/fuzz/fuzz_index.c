// tests/fuzz/fuzz_index.c - model.safetensors.index.json of any bytes, with two valid shards.
#include "distill/base/file.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/checkpoint/safetensors.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"

#include <stdio.h>
#include <stdlib.h>

static char dir[128], index_path[256];

static void prepare(void)
{
    float block[64] = {0};
    distill_safetensor_source a = {
        .name = "model.norm.weight", .rank = 1, .shape = {8, 0}, .data = block};
    distill_safetensor_source b = {
        .name = "model.embed_tokens.weight", .rank = 2, .shape = {4, 8}, .data = block};
    char path[256];
    snprintf(dir, sizeof dir, "%s", scratch_folder());
    snprintf(index_path, sizeof index_path, "%s/model.safetensors.index.json", dir);
    snprintf(path, sizeof path, "%s/config.json", dir);
    tiny_model_write_config(path, &TINY_LLAMA);
    snprintf(path, sizeof path, "%s/model-00001-of-00002.safetensors", dir);
    if (distill_safetensors_write(path, &a, 1, DISTILL_F32, NULL) != DISTILL_OK)
        abort();
    snprintf(path, sizeof path, "%s/model-00002-of-00002.safetensors", dir);
    if (distill_safetensors_write(path, &b, 1, DISTILL_F32, NULL) != DISTILL_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    distill_checkpoint *ckpt = NULL;
    if (dir[0] == '\0')
        prepare();
    FILE *file = fopen(index_path, "wb"); // not distill_file_write: an fsync for each input is slow
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    if (distill_checkpoint_open(&ckpt, dir) == DISTILL_OK)
        abort(); // two tensors are not a model
    return 0;
}
