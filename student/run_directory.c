// student/run_directory.c - training.json, and what --overwrite may remove.
//
// Only files that a run writes are ever removed, and training.json last: a run that is killed while
// it removes is still recognised as one of distill-train's.
#include "student/run_directory.h"

#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { RUN_FILE_LIMIT = 4 << 20 };

// What a run writes and --overwrite removes.
static const char *const RUN_FILES[] = {
    "checkpoints",
    "metrics.jsonl",
    "report.html",
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "model.safetensors.index.json",
    "training.json",
};

static distill_status path_in(distill_text *out, const run_directory *run, const char *name)
{
    return distill_path_join(out, run->path, name);
}

static bool exists_in(const run_directory *run, const char *name)
{
    distill_text path = {0};
    bool exists = path_in(&path, run, name) == DISTILL_OK && distill_file_exists(path.bytes);
    distill_text_free(&path);
    return exists;
}

static distill_status write_run_file(const run_directory *run)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, text = {0};
    distill_json_writer w = {.out = &text};
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "format", "distill-training");
    distill_json_add_int(&w, "version", 1);
    distill_json_add_string(&w, "tool_version", DISTILL_VERSION);
    distill_json_add_bool(&w, "finished", run->finished);
    distill_json_add_raw(&w, "settings", distill_text_span(&run->settings));
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    TRY(path_in(&path, run, "training.json"));
    TRY(distill_file_write(path.bytes, text.bytes, text.length));
done:
    distill_text_free(&text);
    distill_text_free(&path);
    return status;
}

// ------------------------------------------------------------------------------ comparing settings

static bool is_free(const char *key)
{
    for (size_t i = 0; i < TRAIN_FREE_KEY_COUNT; i++)
        if (strcmp(key, TRAIN_FREE_KEYS[i]) == 0)
            return true;
    return false;
}

static distill_status value_text(distill_text *out, const distill_json *doc,
                                 const distill_json_node *node)
{
    distill_text_clear(out);
    if (node == NULL)
        return distill_text_add(out, "null");
    return distill_json_write_node(out, doc, node);
}

static distill_status compare_settings(const run_directory *run, const distill_json *then,
                                       const distill_json_node *old_settings,
                                       const distill_json *now)
{
    distill_status status = DISTILL_OK;
    distill_text was = {0}, is = {0};
    for (const distill_json_node *node = distill_json_first(distill_json_root(now)); node != NULL;
         node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        if (is_free(key))
            continue;
        TRY(value_text(&is, now, node));
        TRY(value_text(&was, then, distill_json_member(old_settings, key)));
        if (strcmp(was.bytes, is.bytes) != 0)
            TRY(distill_fail(DISTILL_MISMATCH,
                             "%s: --%s was %.200s and is now %.200s; give the same settings to "
                             "resume, --overwrite to start afresh, or another --output",
                             run->path, key, was.bytes, is.bytes));
    }
done:
    distill_text_free(&is);
    distill_text_free(&was);
    return status;
}

static distill_status read_run_file(run_directory *run)
{
    distill_status status = DISTILL_OK;
    distill_json *then = NULL, *now = NULL;
    distill_text path = {0};
    bool finished = false;
    TRY(path_in(&path, run, "training.json"));
    TRY(distill_json_read(&then, path.bytes, RUN_FILE_LIMIT));
    TRY(distill_json_parse(&now, run->settings.bytes, run->settings.length, "settings"));
    const distill_json_node *root = distill_json_root(then);
    TRY(distill_json_get_bool_or(&finished, then, root, "finished", false));
    TRY(compare_settings(run, then, distill_json_member(root, "settings"), now));
    run->finished = finished && exists_in(run, "config.json");
done:
    distill_text_free(&path);
    distill_json_free(now);
    distill_json_free(then);
    return status;
}

// --------------------------------------------------------------------------------- starting afresh

static bool is_shard(const char *name)
{
    size_t length = strlen(name);
    return strncmp(name, "model-", 6) == 0 && length > 12 &&
           strcmp(name + length - 12, ".safetensors") == 0;
}

static distill_status remove_shards(const run_directory *run)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    struct dirent *entry;
    DIR *dir = opendir(run->path);
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (!is_shard(entry->d_name))
            continue;
        TRY(path_in(&path, run, entry->d_name));
        TRY(distill_remove_all(path.bytes));
    }
done:
    if (dir != NULL)
        closedir(dir);
    distill_text_free(&path);
    return status;
}

static distill_status remove_run(const run_directory *run)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    TRY(remove_shards(run));
    for (size_t i = 0; i < sizeof RUN_FILES / sizeof *RUN_FILES; i++) {
        TRY(path_in(&path, run, RUN_FILES[i]));
        TRY(distill_remove_all(path.bytes));
    }
done:
    distill_text_free(&path);
    return status;
}

static distill_status refuse_foreign(const run_directory *run)
{
    if (!exists_in(run, "config.json") && !exists_in(run, "model.safetensors") &&
        !exists_in(run, "checkpoints"))
        return DISTILL_OK;
    return distill_fail(DISTILL_IO,
                        "%s holds a checkpoint that distill-train did not write; choose another "
                        "--output",
                        run->path);
}

// A model inside the output folder would be removed by --overwrite, or replaced by the result.
static distill_status refuse_model_inside(const run_directory *run, const char *model)
{
    distill_status status = DISTILL_OK;
    char *inner = model != NULL ? realpath(model, NULL) : NULL;
    char *outer = realpath(run->path, NULL);
    size_t length = outer != NULL ? strlen(outer) : 0;
    if (inner != NULL && outer != NULL && strncmp(inner, outer, length) == 0 &&
        (inner[length] == '\0' || inner[length] == '/'))
        status = distill_fail(DISTILL_USAGE,
                              "--model %s is inside --output: it would be replaced; "
                              "choose another output",
                              model);
    free(inner); // allocated by realpath
    free(outer);
    return status;
}

distill_status run_directory_open(run_directory *run, const train_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    *run = (run_directory){.lock = -1};
    TRY(distill_copy_string(&run->path, options->output, strlen(options->output)));
    TRY(distill_options_write(&run->settings, &TRAIN_PROGRAM, options));
    TRY(distill_make_directory(run->path));
    TRY(refuse_model_inside(run, options->model));
    TRY(path_in(&path, run, ".lock"));
    TRY(distill_lock_take(&run->lock, path.bytes));
    bool exists = exists_in(run, "training.json");
    run->overwrite = exists && options->overwrite;
    if (!exists)
        TRY(refuse_foreign(run));
    else if (!run->overwrite)
        TRY(read_run_file(run));
done:
    distill_text_free(&path);
    return status;
}

distill_status run_directory_begin(run_directory *run)
{
    distill_status status = DISTILL_OK;
    if (run->overwrite)
        TRY(remove_run(run));
    TRY(write_run_file(run));
done:
    return status;
}

distill_status run_directory_finish(run_directory *run)
{
    run->finished = true;
    return write_run_file(run);
}

void run_directory_close(run_directory *run)
{
    distill_lock_release(&run->lock);
    distill_text_free(&run->settings);
    distill_free(run->path);
    run->path = NULL;
}
