// distill/checkpoint/hf_config.c - reads configuration files, and copies them to a new checkpoint.
//
// Members that this program does not read are kept as they are: other programs may read them.
#include "distill/checkpoint/hf_config.h"

#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"

#include <string.h>

enum { FILE_LIMIT = 16 << 20, INDENT = 2 };

// ------------------------------------------------------------------------------------- reading

static distill_status read_generation_config(distill_config *out, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, text = {0};
    TRY(distill_path_join(&path, dir, "generation_config.json"));
    if (!distill_file_exists(path.bytes))
        goto done;
    TRY(distill_file_read(&text, path.bytes, FILE_LIMIT));
    TRY(distill_config_add_generation(out, text.bytes, text.length, path.bytes));
done:
    distill_text_free(&text);
    distill_text_free(&path);
    return status;
}

distill_status distill_hf_config_read(distill_config *out, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_text file = {0}, text = {0};
    size_t length = strlen(path);
    bool is_file = length >= 5 && strcmp(path + length - 5, ".json") == 0;
    if (is_file)
        TRY(distill_text_add(&file, path));
    else
        TRY(distill_path_join(&file, path, "config.json"));
    TRY(distill_file_read(&text, file.bytes, FILE_LIMIT));
    TRY(distill_config_parse(out, text.bytes, text.length, file.bytes));
    if (!is_file)
        TRY(read_generation_config(out, path));
done:
    distill_text_free(&text);
    distill_text_free(&file);
    return status;
}

// ------------------------------------------------------------------------------------- writing

/// The next member begins a line of its own.
static const char *member(distill_json_writer *w, const char *key)
{
    distill_json_break_line(w, INDENT);
    return key;
}

static void begin(distill_json_writer *w)
{
    distill_json_begin_object(w, NULL);
}

static distill_status end(distill_json_writer *w)
{
    distill_json_break_line(w, 0);
    distill_json_end_object(w);
    return distill_json_finish_line(w);
}

static distill_status compose_config(distill_text *out, const distill_json *doc,
                                     const distill_config *config, distill_dtype dtype)
{
    const distill_json_node *root = distill_json_root(doc);
    bool unnamed = distill_json_count(distill_json_present(root, "architectures")) == 0;
    bool typed = false;
    distill_json_writer w = {.out = out, .spaced = true};
    begin(&w);
    if (unnamed) {
        distill_json_begin_array(&w, member(&w, "architectures"));
        distill_json_add_string(&w, NULL, distill_config_architecture(config));
        distill_json_end_array(&w);
    }
    for (const distill_json_node *node = distill_json_first(root); node != NULL;
         node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        bool is_type = strcmp(key, "torch_dtype") == 0 || strcmp(key, "dtype") == 0;
        if (unnamed && strcmp(key, "architectures") == 0)
            continue;
        if (is_type)
            distill_json_add_string(&w, member(&w, key), distill_dtype_torch_name(dtype));
        else
            distill_json_add_node(&w, member(&w, key), doc, node);
        typed = typed || is_type;
    }
    if (!typed)
        distill_json_add_string(&w, member(&w, "torch_dtype"), distill_dtype_torch_name(dtype));
    return end(&w);
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
    TRY(distill_json_read(&doc, from.bytes, FILE_LIMIT));
    TRY(compose_config(&text, doc, config, dtype));
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

// Writes the members of `doc` (NULL: those that transformers derives from config.json) with all
// stop tokens.
static distill_status compose_generation_config(distill_text *out, const distill_json *doc,
                                                const distill_config *config)
{
    const distill_json_node *first =
        doc != NULL ? distill_json_first(distill_json_root(doc)) : NULL;
    distill_json_writer w = {.out = out, .spaced = true};
    begin(&w);
    if (doc == NULL)
        distill_json_add_bool(&w, member(&w, "_from_model_config"), true);
    if (doc == NULL && config->bos_id >= 0)
        distill_json_add_int(&w, member(&w, "bos_token_id"), config->bos_id);
    for (const distill_json_node *node = first; node != NULL; node = distill_json_next(node))
        if (strcmp(distill_json_key(node), "eos_token_id") != 0)
            distill_json_add_node(&w, member(&w, distill_json_key(node)), doc, node);
    if (config->eos_count > 0) {
        distill_json_begin_array(&w, member(&w, "eos_token_id"));
        for (size_t i = 0; i < config->eos_count; i++)
            distill_json_add_int(&w, NULL, config->eos_ids[i]);
        distill_json_end_array(&w);
    }
    return end(&w);
}

// Copied unchanged if it lists every stop token of the model. A base model that was trained on a
// chat format stops at that format's end-of-turn token, which its own file may not list.
static distill_status write_generation_config(const char *dir, const char *source,
                                              const distill_config *config)
{
    distill_status status = DISTILL_OK;
    distill_text from = {0}, to = {0}, text = {0};
    distill_json *doc = NULL;
    TRY(distill_path_join(&from, source, "generation_config.json"));
    TRY(distill_path_join(&to, dir, "generation_config.json"));
    if (distill_is_directory(source) && distill_file_exists(from.bytes))
        TRY(distill_json_read(&doc, from.bytes, FILE_LIMIT));
    if (doc != NULL && lists_all_stop_ids(doc, config)) {
        TRY(distill_file_copy(to.bytes, from.bytes));
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

distill_status distill_hf_config_write(const char *dir, const char *source,
                                       const distill_config *config, distill_dtype dtype)
{
    distill_status status = DISTILL_OK;
    TRY(write_config(dir, source, config, dtype));
    TRY(write_generation_config(dir, source, config));
done:
    return status;
}
