// bench/model_under_test.c - turns a word of --model into a checkpoint directory or a generator on
// a server.
#include "bench/model_under_test.h"

#include "bench/named_argument.h"
#include "datasets/sample/fingerprint.h"
#include "datasets/sample/sampling.h"
#include "datasets/sample/served_options.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/checkpoint/model_path.h"

/// The last part of a path: of "out/student/" it is "student".
static distill_span last_part(distill_span path)
{
    while (path.length > 1 && path.bytes[path.length - 1] == '/')
        path.length--;
    size_t slash = distill_span_find_last(path, distill_span_of("/"));
    if (slash == SIZE_MAX || path.length == 1)
        return path;
    return (distill_span){path.bytes + slash + 1, path.length - slash - 1};
}

/// The value that --server-model gives for this name; NULL if it gives none.
static const char *server_model_of(const distill_string_list *words, distill_span model)
{
    for (size_t i = 0; i < words->count; i++) {
        distill_span name, value;
        named_argument_split(&name, &value, words->at[i]);
        if (distill_span_equal(name, model))
            return value.bytes;
    }
    return NULL;
}

/// Opens a generator on the server at `address` (URL or URL#MODEL).
static distill_status open_servers(model_under_test *out, distill_span address,
                                   const bench_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text url = {0};
    size_t hash = distill_span_find(address, distill_span_of("#"), 0);
    const char *model = hash != SIZE_MAX
                            ? address.bytes + hash + 1
                            : server_model_of(&options->server_models, distill_span_of(out->name));
    TRY(distill_text_append(&url, address.bytes, hash != SIZE_MAX ? hash : address.length));
    const char *const urls[] = {url.bytes};
    TRY(served_options_open(&out->servers, &options->served, urls, 1, model));
    TRY(distill_text_add_char(&url, '#'));
    TRY(distill_text_add(&url, distill_generator_model(out->servers)));
    TRY(distill_sha256_bytes(out->fingerprint, url.bytes, url.length));
done:
    distill_text_free(&url);
    return status == DISTILL_OK ? status : distill_fail_context(status, "--model %s", out->name);
}

static distill_status open_checkpoint(model_under_test *out, const char *word, distill_span value)
{
    distill_status status = DISTILL_OK;
    TRY(distill_model_path(&out->dir, value.bytes));
    if (!distill_is_directory(out->dir.bytes))
        TRY(distill_fail(DISTILL_IO,
                         "--model %s: %s is not a directory (expected a Hugging Face checkpoint: "
                         "config.json, tokenizer.json, model.safetensors)",
                         word, out->dir.bytes));
    TRY(model_fingerprint(out->fingerprint, out->dir.bytes));
done:
    return status;
}

distill_status model_under_test_open(model_under_test *out, const char *word,
                                     const bench_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    distill_span name, value;
    *out = (model_under_test){0};
    named_argument_split(&name, &value, word);
    bool served = value.length > 0 && served_is_url(value.bytes);
    if (name.length == 0 && !served)
        name = last_part(value);
    if (value.length == 0 || name.length == 0)
        return distill_fail(DISTILL_USAGE,
                            "--model %s: expected NAME=DIR, DIR, builtin or NAME=URL",
                            served ? "URL" : word);
    TRY(named_argument_folder(&folder, name));
    TRY(distill_copy_string(&out->name, name.bytes, name.length));
    TRY(distill_copy_string(&out->folder, folder.bytes, folder.length));
    if (served)
        TRY(open_servers(out, value, options));
    else
        TRY(open_checkpoint(out, word, value));
done:
    distill_text_free(&folder);
    if (status != DISTILL_OK)
        model_under_test_close(out);
    return status;
}

const char *model_under_test_source(const model_under_test *model)
{
    return model->servers != NULL ? distill_generator_model(model->servers) : model->dir.bytes;
}

void model_under_test_close(model_under_test *model)
{
    distill_generator_close(model->servers);
    distill_free(model->name);
    distill_free(model->folder);
    distill_text_free(&model->dir);
    *model = (model_under_test){0};
}
