// The writing half of checkpoint_dir.h.
#include "distill/checkpoint/hf_read.h"

#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SHARD_BYTES UINT64_C(5000000000) // as the Hugging Face libraries cut

enum { CONFIG_FILE_LIMIT = 16 << 20 };

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

// ---------------------------------------------------------------------------------- config.json

static distill_status add_member(distill_text *out, bool *first, const char *key)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, *first ? "\n  " : ",\n  "));
    TRY(distill_json_write_string(out, distill_span_of(key)));
    TRY(distill_text_add(out, ": "));
    *first = false;
done:
    return status;
}

static distill_status add_architecture(distill_text *out, bool *first, const char *model_type)
{
    static const char *const NAMES[][2] = {{"qwen2", "Qwen2ForCausalLM"},
                                           {"qwen3", "Qwen3ForCausalLM"},
                                           {"llama", "LlamaForCausalLM"},
                                           {"mistral", "MistralForCausalLM"}};
    distill_status status = DISTILL_OK;
    TRY(add_member(out, first, "architectures"));
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i][0], model_type) == 0)
            TRY(distill_text_printf(out, "[\"%s\"]", NAMES[i][1]));
done:
    return status;
}

// Every member as it was, except the type of the weights.
static distill_status rewrite_config(distill_text *out, const distill_json *doc,
                                     const distill_config *config, distill_dtype dtype)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *names = distill_json_present(root, "architectures");
    bool first = true, typed = false;
    TRY(distill_text_add(out, "{"));
    if (distill_json_count(names) == 0)
        TRY(add_architecture(out, &first, config->model_type));
    for (const distill_json_node *member = distill_json_first(root); member != NULL;
         member = distill_json_next(member)) {
        const char *key = distill_json_key(member);
        bool is_type = strcmp(key, "torch_dtype") == 0 || strcmp(key, "dtype") == 0;
        if (strcmp(key, "architectures") == 0 && distill_json_count(names) == 0)
            continue;
        TRY(add_member(out, &first, key));
        if (is_type)
            TRY(distill_text_printf(out, "\"%s\"", distill_dtype_torch_name(dtype)));
        else
            TRY(distill_json_write_node(out, doc, member));
        typed = typed || is_type;
    }
    if (!typed) {
        TRY(add_member(out, &first, "torch_dtype"));
        TRY(distill_text_printf(out, "\"%s\"", distill_dtype_torch_name(dtype)));
    }
    TRY(distill_text_add(out, "\n}\n"));
done:
    return status;
}

static distill_status write_config(const char *dir, const char *source,
                                   const distill_config *config, distill_dtype dtype)
{
    distill_status status = DISTILL_OK;
    distill_text from = {0}, to = {0}, text = {0};
    distill_json *doc = NULL;
    if (distill_is_directory(source))
        TRY(distill_path_join(&from, source, "config.json"));
    else
        TRY(distill_text_add(&from, source));
    TRY(distill_json_read(&doc, from.bytes, CONFIG_FILE_LIMIT));
    TRY(rewrite_config(&text, doc, config, dtype));
    TRY(distill_path_join(&to, dir, "config.json"));
    TRY(distill_file_write(to.bytes, text.bytes, text.length));
done:
    distill_json_free(doc);
    distill_text_free(&text);
    distill_text_free(&to);
    distill_text_free(&from);
    return status;
}

static bool lists_id(const distill_json_node *eos, int32_t id)
{
    if (distill_json_kind_of(eos) == DISTILL_JSON_NUMBER)
        return distill_json_number(eos) == id;
    for (const distill_json_node *item = distill_json_first(eos); item != NULL;
         item = distill_json_next(item))
        if (distill_json_number(item) == id)
            return true;
    return false;
}

static bool lists_all_stop_ids(const distill_json *doc, const distill_config *config)
{
    const distill_json_node *eos = distill_json_member(distill_json_root(doc), "eos_token_id");
    for (size_t i = 0; i < config->eos_count; i++)
        if (!lists_id(eos, config->eos_ids[i]))
            return false;
    return true;
}

static distill_status add_stop_ids(distill_text *out, bool *first, const distill_config *config)
{
    distill_status status = DISTILL_OK;
    if (config->eos_count == 0)
        return DISTILL_OK;
    TRY(add_member(out, first, "eos_token_id"));
    for (size_t i = 0; i < config->eos_count; i++)
        TRY(distill_text_printf(out, i == 0 ? "[%d" : ", %d", (int)config->eos_ids[i]));
    TRY(distill_text_add_char(out, ']'));
done:
    return status;
}

// The members of `doc` (NULL: what transformers derives from a config alone) with all stop tokens.
static distill_status compose_generation_config(distill_text *out, const distill_json *doc,
                                                const distill_config *config)
{
    distill_status status = DISTILL_OK;
    bool first = true;
    TRY(distill_text_add(out, "{"));
    if (doc == NULL) {
        TRY(add_member(out, &first, "_from_model_config"));
        TRY(distill_text_add(out, "true"));
    }
    if (doc == NULL && config->bos_id >= 0) {
        TRY(add_member(out, &first, "bos_token_id"));
        TRY(distill_text_printf(out, "%d", (int)config->bos_id));
    }
    for (const distill_json_node *member = doc == NULL ? NULL
                                                       : distill_json_first(distill_json_root(doc));
         member != NULL; member = distill_json_next(member)) {
        if (strcmp(distill_json_key(member), "eos_token_id") == 0)
            continue;
        TRY(add_member(out, &first, distill_json_key(member)));
        TRY(distill_json_write_node(out, doc, member));
    }
    TRY(add_stop_ids(out, &first, config));
    TRY(distill_text_add(out, "\n}\n"));
done:
    return status;
}

// Carried over as it is if it knows every stop token of the model. A base model that was taught a
// chat format stops at that format's end of turn, which its own file may not know.
static distill_status write_generation_config(const char *dir, const char *source,
                                              const distill_config *config)
{
    distill_status status = DISTILL_OK;
    distill_text from = {0}, to = {0}, text = {0};
    distill_json *doc = NULL;
    TRY(distill_path_join(&from, source, "generation_config.json"));
    TRY(distill_path_join(&to, dir, "generation_config.json"));
    if (distill_is_directory(source) && distill_file_exists(from.bytes))
        TRY(distill_json_read(&doc, from.bytes, CONFIG_FILE_LIMIT));
    if (doc != NULL && lists_all_stop_ids(doc, config)) {
        TRY(copy_if_there(dir, source, "generation_config.json"));
        goto done;
    }
    TRY(compose_generation_config(&text, doc, config));
    TRY(distill_file_write(to.bytes, text.bytes, text.length));
done:
    distill_json_free(doc);
    distill_text_free(&text);
    distill_text_free(&to);
    distill_text_free(&from);
    return status;
}

// -------------------------------------------------------------------------------------- weights

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

static distill_status write_index(const char *dir, const shard_plan *plan)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0}, path = {0};
    TRY(distill_text_printf(&text,
                            "{\n  \"metadata\": {\n    \"total_size\": %llu\n  },\n"
                            "  \"weight_map\": {",
                            (unsigned long long)plan->bytes));
    for (size_t i = 0; i < plan->count; i++)
        TRY(distill_text_printf(&text, "%s\n    \"%s\": \"model-%05zu-of-%05zu.safetensors\"",
                                i == 0 ? "" : ",", plan->tensors[i].name, plan->shard_of[i] + 1,
                                plan->shards));
    TRY(distill_text_add(&text, "\n  }\n}\n"));
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
    char name[64];
    for (size_t first = 0, shard = 0; shard < plan->shards; shard++) {
        size_t last = first;
        while (last < plan->count && plan->shard_of[last] == shard)
            last++;
        snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", shard + 1, plan->shards);
        TRY(distill_path_join(&path, dir, plan->shards == 1 ? "model.safetensors" : name));
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

static distill_status write_weights(const char *dir, const distill_layout *layout,
                                    const distill_block_source *from, distill_dtype dtype,
                                    uint64_t shard_bytes)
{
    distill_status status = DISTILL_OK;
    shard_plan plan = {0};
    TRY(plan_shards(&plan, layout, from, dtype, shard_bytes));
    // An older form of the weights in the same folder would be read in place of the new one.
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

distill_status distill_checkpoint_write_weights(const char *dir, const distill_layout *layout,
                                                const float *block, distill_dtype dtype,
                                                uint64_t shard_bytes)
{
    distill_block_source from = distill_block_source_of(block);
    return write_weights(dir, layout, &from, dtype, shard_bytes);
}

distill_status distill_checkpoint_write_from(const char *dir, const distill_layout *layout,
                                             const distill_block_source *from, distill_dtype dtype,
                                             const char *config_source,
                                             const char *tokenizer_source)
{
    distill_status status = DISTILL_OK;
    TRY(distill_make_directory(dir));
    TRY(write_config(dir, config_source, &layout->config, dtype));
    TRY(write_generation_config(dir, config_source, &layout->config));
    for (size_t i = 0;
         tokenizer_source != NULL && i < sizeof TOKENIZER_FILES / sizeof *TOKENIZER_FILES; i++)
        TRY(copy_if_there(dir, tokenizer_source, TOKENIZER_FILES[i]));
    TRY(write_weights(dir, layout, from, dtype, SHARD_BYTES));
    TRY(distill_sync_directory(dir));
done:
    return status;
}

distill_status distill_checkpoint_write(const char *dir, const distill_layout *layout,
                                        const float *block, distill_dtype dtype,
                                        const char *config_source, const char *tokenizer_source)
{
    distill_block_source from = distill_block_source_of(block);
    return distill_checkpoint_write_from(dir, layout, &from, dtype, config_source,
                                         tokenizer_source);
}
