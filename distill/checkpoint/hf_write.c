// distill/checkpoint/hf_write.c - writes the weights, divided into shards, and the other files of a
// checkpoint.
#include "distill/checkpoint/hf_write.h"

#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/checkpoint/hf_config.h"
#include "distill/checkpoint/safetensors.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SHARD_BYTES UINT64_C(5000000000) // the limit of the Hugging Face libraries

enum { SHARD_NAME_CAPACITY = 64, FILE_LIMIT = 256 << 20 };

static const char *const TOKENIZER_FILES[] = {
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "tokenizer.model",
    "chat_template.jinja",
    "chat_template.json",
};

/// A tensor of a block that is read piece by piece.
typedef struct tensor_reader {
    const distill_block_source *from;
    size_t offset;
} tensor_reader;

typedef struct shard_plan {
    distill_safetensor_source *tensors; // in the order of the layout
    tensor_reader *readers;             // [count]
    size_t *shard_of;                   // [count]
    size_t count;
    size_t shards;
    uint64_t bytes;
} shard_plan;

static void read_tensor(void *context, float *out, size_t first, size_t count)
{
    const tensor_reader *reader = context;
    reader->from->read(reader->from->context, out, reader->offset + first, count);
}

static distill_status plan_shards(shard_plan *plan, const distill_layout *layout,
                                  const distill_block_source *from, distill_dtype dtype,
                                  uint64_t shard_bytes)
{
    distill_status status = DISTILL_OK;
    uint64_t filled = 0;
    plan->count = layout->count;
    plan->shards = 1;
    TRY(DISTILL_NEW(&plan->tensors, layout->count));
    TRY(DISTILL_NEW(&plan->readers, layout->count));
    TRY(DISTILL_NEW(&plan->shard_of, layout->count));
    for (size_t i = 0; i < layout->count; i++) {
        const distill_tensor_info *info = &layout->tensors[i];
        uint64_t bytes = (uint64_t)info->rows * info->cols * distill_dtype_bytes(dtype);
        plan->readers[i] = (tensor_reader){from, info->offset};
        plan->tensors[i] = (distill_safetensor_source){
            .name = info->name,
            .rank = info->matrix ? 2 : 1,
            .shape = {info->matrix ? info->rows : info->cols, info->cols},
            .read = read_tensor,
            .context = &plan->readers[i]};
        if (filled > 0 && filled + bytes > shard_bytes) {
            plan->shards++;
            filled = 0;
        }
        plan->shard_of[i] = plan->shards - 1;
        filled += bytes;
        plan->bytes += bytes;
    }
done:
    return status;
}

/// "model.safetensors", or "model-00001-of-00002.safetensors".
static void shard_name(char *out, size_t capacity, size_t shard, size_t shards)
{
    if (shards == 1)
        snprintf(out, capacity, "model.safetensors");
    else
        snprintf(out, capacity, "model-%05zu-of-%05zu.safetensors", shard + 1, shards);
}

static distill_status write_index(const char *dir, const shard_plan *plan)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0}, path = {0};
    distill_json_writer w = {.out = &text, .spaced = true};
    distill_json_begin_object(&w, NULL);
    distill_json_break_line(&w, 2);
    distill_json_begin_object(&w, "metadata");
    distill_json_break_line(&w, 4);
    distill_json_add_uint(&w, "total_size", plan->bytes);
    distill_json_break_line(&w, 2);
    distill_json_end_object(&w);
    distill_json_break_line(&w, 2);
    distill_json_begin_object(&w, "weight_map");
    for (size_t i = 0; i < plan->count; i++) {
        char name[SHARD_NAME_CAPACITY];
        shard_name(name, sizeof name, plan->shard_of[i], plan->shards);
        distill_json_break_line(&w, 4);
        distill_json_add_string(&w, plan->tensors[i].name, name);
    }
    distill_json_break_line(&w, 2);
    distill_json_end_object(&w);
    distill_json_break_line(&w, 0);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    TRY(distill_path_join(&path, dir, "model.safetensors.index.json"));
    TRY(distill_file_write(path.bytes, text.bytes, text.length));
done:
    distill_text_free(&path);
    distill_text_free(&text);
    return status;
}

static distill_status write_shards(const char *dir, const shard_plan *plan, distill_dtype dtype)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    char name[SHARD_NAME_CAPACITY];
    for (size_t first = 0, shard = 0; shard < plan->shards; shard++) {
        size_t last = first;
        while (last < plan->count && plan->shard_of[last] == shard)
            last++;
        shard_name(name, sizeof name, shard, plan->shards);
        TRY(distill_path_join(&path, dir, name));
        TRY(distill_safetensors_write(path.bytes, plan->tensors + first, last - first, dtype,
                                      NULL));
        first = last;
    }
    if (plan->shards > 1)
        TRY(write_index(dir, plan));
done:
    distill_text_free(&path);
    return status;
}

static distill_status remove_in(const char *dir, const char *name)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    TRY(distill_path_join(&path, dir, name));
    TRY(distill_remove_all(path.bytes));
done:
    distill_text_free(&path);
    return status;
}

distill_status distill_checkpoint_write_weights(const char *dir, const distill_layout *layout,
                                                const distill_block_source *from,
                                                distill_dtype dtype, uint64_t shard_bytes)
{
    distill_status status = DISTILL_OK;
    shard_plan plan = {0};
    TRY(plan_shards(&plan, layout, from, dtype, shard_bytes));
    // Older weights of the other form would be read in place of the new ones.
    TRY(remove_in(dir, "model.safetensors.index.json"));
    if (plan.shards > 1)
        TRY(remove_in(dir, "model.safetensors"));
    TRY(write_shards(dir, &plan, dtype));
done:
    distill_free(plan.shard_of);
    distill_free(plan.readers);
    distill_free(plan.tensors);
    return status;
}

// ---------------------------------------------------------------------------- whole checkpoints

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static distill_status copy_if_there(const char *to_dir, const char *from_dir, const char *name)
{
    distill_status status = DISTILL_OK;
    distill_text from = {0}, to = {0};
    TRY(distill_path_join(&from, from_dir, name));
    TRY(distill_path_join(&to, to_dir, name));
    if (distill_file_exists(from.bytes) && !same_file(from.bytes, to.bytes))
        TRY(distill_file_copy(to.bytes, from.bytes));
done:
    distill_text_free(&to);
    distill_text_free(&from);
    return status;
}

static distill_status copy_tokenizer(const char *dir, const char *from)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < sizeof TOKENIZER_FILES / sizeof *TOKENIZER_FILES; i++)
        TRY(copy_if_there(dir, from, TOKENIZER_FILES[i]));
done:
    return status;
}

/// Sets a member of the JSON object in DIR/FILE, which may be absent.
static distill_status set_member(const char *dir, const char *file, const char *key,
                                 const char *value)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, text = {0};
    distill_json *doc = NULL;
    distill_json_writer w = {.out = &text, .spaced = true};
    TRY(distill_path_join(&path, dir, file));
    if (distill_file_exists(path.bytes))
        TRY(distill_json_read(&doc, path.bytes, FILE_LIMIT));
    const distill_json_node *node = doc != NULL ? distill_json_first(distill_json_root(doc)) : NULL;
    distill_json_begin_object(&w, NULL);
    for (; node != NULL; node = distill_json_next(node)) {
        if (strcmp(distill_json_key(node), key) == 0)
            continue;
        distill_json_break_line(&w, 2);
        distill_json_add_node(&w, distill_json_key(node), doc, node);
    }
    distill_json_break_line(&w, 2);
    distill_json_add_string(&w, key, value);
    distill_json_break_line(&w, 0);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    TRY(distill_file_write(path.bytes, text.bytes, text.length));
done:
    distill_json_free(doc);
    distill_text_free(&text);
    distill_text_free(&path);
    return status;
}

/// Writes what the model was trained with beside its weights.
static distill_status write_templates(const char *dir, const distill_hf_origin *origin)
{
    distill_status status = DISTILL_OK;
    if (origin->chat_template != NULL) {
        TRY(remove_in(dir, "chat_template.jinja")); // they would take precedence
        TRY(remove_in(dir, "chat_template.json"));
        TRY(set_member(dir, "tokenizer_config.json", "chat_template", origin->chat_template));
    }
    if (origin->prompt_template != NULL)
        TRY(set_member(dir, "generation_config.json", "prompt_template", origin->prompt_template));
done:
    return status;
}

distill_status distill_checkpoint_write(const char *dir, const distill_layout *layout,
                                        const distill_block_source *from, distill_dtype dtype,
                                        const distill_hf_origin *origin)
{
    distill_status status = DISTILL_OK;
    TRY(distill_make_directory(dir));
    TRY(distill_hf_config_write(dir, origin->config, &layout->config, dtype));
    if (origin->tokenizer != NULL)
        TRY(copy_tokenizer(dir, origin->tokenizer));
    TRY(write_templates(dir, origin));
    TRY(distill_checkpoint_write_weights(dir, layout, from, dtype, SHARD_BYTES));
    TRY(distill_sync_directory(dir));
done:
    return status;
}
