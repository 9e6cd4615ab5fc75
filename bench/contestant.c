// bench/contestant.c - see contestant.h.
#include "bench/contestant.h"

#include "bench/naming.h"
#include "datasets/fingerprint.h"
#include "datasets/sampling.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"

/// The last part of a path: "out/student/" is "student".
static distill_span last_part(distill_span path)
{
    while (path.length > 1 && path.bytes[path.length - 1] == '/')
        path.length--;
    size_t slash = distill_span_find_last(path, distill_span_of("/"));
    if (slash == SIZE_MAX || path.length == 1)
        return path;
    return (distill_span){path.bytes + slash + 1, path.length - slash - 1};
}

static bool is_address(distill_span value)
{
    return distill_span_find(value, distill_span_of("http://"), 0) == 0 ||
           distill_span_find(value, distill_span_of("https://"), 0) == 0;
}

distill_status contestant_open(contestant *out, const char *word)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    distill_span name, value;
    *out = (contestant){0};
    naming_split(&name, &value, word);
    if (is_address(value))
        return distill_fail(DISTILL_UNSUPPORTED,
                            "--model %s: a model behind a server cannot be measured by this "
                            "version (give the directory of its checkpoint)",
                            word);
    if (name.length == 0)
        name = last_part(value);
    if (value.length == 0 || name.length == 0)
        return distill_fail(DISTILL_USAGE, "--model %s: expected NAME=DIR, DIR or builtin", word);
    TRY(naming_folder(&folder, name));
    TRY(distill_copy_string(&out->name, name.bytes, name.length));
    TRY(distill_copy_string(&out->folder, folder.bytes, folder.length));
    TRY(sampling_model_dir(&out->dir, value.bytes));
    if (!distill_is_directory(out->dir.bytes))
        TRY(distill_fail(DISTILL_IO,
                         "--model %s: %s is not a directory (expected a Hugging Face checkpoint: "
                         "config.json, tokenizer.json, model.safetensors)",
                         word, out->dir.bytes));
    TRY(model_fingerprint(out->fingerprint, out->dir.bytes));
done:
    distill_text_free(&folder);
    if (status != DISTILL_OK)
        contestant_close(out);
    return status;
}

void contestant_close(contestant *model)
{
    distill_free(model->name);
    distill_free(model->folder);
    distill_text_free(&model->dir);
    *model = (contestant){0};
}
