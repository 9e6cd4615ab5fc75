#include "distill/train/checkpoint.h"

#include "distill/base/file.h"
#include "distill/base/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_FILE_LIMIT = 1 << 20 };

// --------------------------------------------------------------------------------- optimizer state

enum { MOMENTS = 2 };

static distill_status write_moments(const char *dir, const distill_train_blocks *b)
{
    distill_status status = DISTILL_OK;
    distill_safetensor_source *sources = NULL;
    char(*names)[104] = NULL;
    distill_text path = {0};
    const size_t n = b->layout->count;
    TRY(DISTILL_NEW(&sources, n * MOMENTS));
    TRY(distill_alloc((void **)&names, n * MOMENTS, sizeof *names));
    for (size_t i = 0; i < n * MOMENTS; i++) {
        const distill_tensor_info *info = &b->layout->tensors[i % n];
        snprintf(names[i], sizeof names[i], "%c.%s", i < n ? 'm' : 'v', info->name);
        sources[i] = (distill_safetensor_source){
            .name = names[i],
            .rank = info->matrix ? 2 : 1,
            .shape = {info->matrix ? info->rows : info->cols, info->cols},
            .data = (i < n ? b->m : b->v) + info->offset};
    }
    TRY(distill_path_join(&path, dir, "optimizer.safetensors"));
    TRY(distill_safetensors_write(path.bytes, sources, n * MOMENTS, DISTILL_F32, NULL));
done:
    distill_text_free(&path);
    distill_free(names);
    distill_free(sources);
    return status;
}

static distill_status read_moment(float *block, const distill_layout *layout,
                                  const distill_safetensors *file, char moment)
{
    char name[104];
    for (size_t i = 0; i < layout->count; i++) {
        const distill_tensor_info *info = &layout->tensors[i];
        snprintf(name, sizeof name, "%c.%s", moment, info->name);
        const distill_safetensor *t = distill_safetensors_find(file, name);
        if (t == NULL || t->count != info->rows * info->cols || strcmp(t->dtype, "F32") != 0)
            return distill_fail(DISTILL_FORMAT, "%s: \"%s\" is missing or has another shape",
                                distill_safetensors_path(file), name);
        distill_status status = distill_safetensor_widen(block + info->offset, t, 0, t->count);
        if (status != DISTILL_OK)
            return status;
    }
    return DISTILL_OK;
}

static distill_status read_moments(const distill_train_blocks *b, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_safetensors *file = NULL;
    distill_text path = {0};
    TRY(distill_path_join(&path, dir, "optimizer.safetensors"));
    TRY(distill_safetensors_open(&file, path.bytes));
    TRY(read_moment(b->m, b->layout, file, 'm'));
    TRY(read_moment(b->v, b->layout, file, 'v'));
done:
    distill_safetensors_close(file);
    distill_text_free(&path);
    return status;
}

// ----------------------------------------------------------------------------- training_state.json

static distill_status write_state(const char *dir, const distill_train_state *state)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, text = {0};
    TRY(distill_text_printf(
        &text, "{\"step\":%llu,\"tokens\":%llu,\"threads\":%d,\"data_sha256\":\"%s\"}\n",
        (unsigned long long)state->step, (unsigned long long)state->tokens, state->threads,
        state->data_sha256));
    TRY(distill_path_join(&path, dir, "training_state.json"));
    TRY(distill_file_write(path.bytes, text.bytes, text.length));
done:
    distill_text_free(&text);
    distill_text_free(&path);
    return status;
}

static distill_status read_state(distill_train_state *state, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text path = {0};
    distill_span sha256;
    size_t step = 0, tokens = 0, threads = 0;
    TRY(distill_path_join(&path, dir, "training_state.json"));
    TRY(distill_json_read(&doc, path.bytes, STATE_FILE_LIMIT));
    const distill_json_node *root = distill_json_root(doc);
    TRY(distill_json_get_size(&step, doc, root, "step", 1, SIZE_MAX / 2));
    TRY(distill_json_get_size(&tokens, doc, root, "tokens", 0, SIZE_MAX / 2));
    TRY(distill_json_get_size(&threads, doc, root, "threads", 1, 1 << 20));
    TRY(distill_json_get_string(&sha256, doc, root, "data_sha256"));
    *state = (distill_train_state){.step = step, .tokens = tokens, .threads = (int)threads};
    snprintf(state->data_sha256, sizeof state->data_sha256, "%s", sha256.bytes);
done:
    distill_json_free(doc);
    distill_text_free(&path);
    return status;
}

// --------------------------------------------------------------------------- the folder of folders

// Step of a complete checkpoint's folder name, 0 for anything else.
static uint64_t step_of(const char *name)
{
    char *end = NULL;
    if (strncmp(name, "step-", 5) != 0 || name[5] < '1' || name[5] > '9')
        return 0;
    unsigned long long step = strtoull(name + 5, &end, 10);
    return *end == '\0' ? (uint64_t)step : 0;
}

// What a killed run may leave: ".making-step-N" and ".removing-step-N".
static bool is_leftover(const char *name)
{
    return strncmp(name, ".making-", 8) == 0 || strncmp(name, ".removing-", 10) == 0;
}

static distill_status path_of(distill_text *out, const char *folder, const char *prefix,
                              uint64_t step)
{
    char name[64];
    snprintf(name, sizeof name, "%sstep-%llu", prefix, (unsigned long long)step);
    return distill_path_join(out, folder, name);
}

// Lists the complete checkpoints, ascending; *steps belongs to the caller. An absent folder has
// none.
static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static distill_status list_steps(uint64_t **steps, size_t *count, const char *folder)
{
    distill_status status = DISTILL_OK;
    struct dirent *entry;
    DIR *dir = opendir(folder);
    *steps = NULL;
    *count = 0;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        uint64_t step = step_of(entry->d_name);
        if (step == 0)
            continue;
        TRY(distill_grow((void **)steps, *count, *count + 1, sizeof **steps));
        (*steps)[(*count)++] = step;
    }
    if (*count > 0)
        qsort(*steps, *count, sizeof **steps, by_number);
done:
    if (dir != NULL)
        closedir(dir);
    return status;
}

static distill_status remove_leftovers(const char *folder)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    struct dirent *entry;
    DIR *dir = opendir(folder);
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (!is_leftover(entry->d_name))
            continue;
        TRY(distill_path_join(&path, folder, entry->d_name));
        TRY(distill_remove_all(path.bytes));
    }
done:
    if (dir != NULL)
        closedir(dir);
    distill_text_free(&path);
    return status;
}

static distill_status rename_folder(const char *from, const char *to)
{
    if (rename(from, to) != 0)
        return distill_fail_errno(DISTILL_IO, "%s: cannot be renamed to %s", from, to);
    return DISTILL_OK;
}

static distill_status remove_oldest(const char *folder, size_t keep)
{
    distill_status status = DISTILL_OK;
    uint64_t *steps = NULL;
    size_t count = 0;
    distill_text from = {0}, to = {0};
    TRY(list_steps(&steps, &count, folder));
    for (size_t i = 0; keep > 0 && i + keep < count; i++) {
        TRY(path_of(&from, folder, "", steps[i]));
        TRY(path_of(&to, folder, ".removing-", steps[i]));
        TRY(rename_folder(from.bytes, to.bytes));
        TRY(distill_remove_all(to.bytes));
    }
done:
    distill_text_free(&to);
    distill_text_free(&from);
    distill_free(steps);
    return status;
}

// ---------------------------------------------------------------------------------------- the door

distill_status distill_train_checkpoint_save(const char *output, const distill_train_state *state,
                                             const distill_train_blocks *blocks,
                                             const char *config_source,
                                             const char *tokenizer_source, size_t keep)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0}, making = {0}, final = {0};
    TRY(distill_path_join(&folder, output, "checkpoints"));
    TRY(path_of(&making, folder.bytes, ".making-", state->step));
    TRY(path_of(&final, folder.bytes, "", state->step));
    if (distill_is_directory(final.bytes))
        goto done;
    TRY(distill_make_directory(folder.bytes));
    TRY(distill_remove_all(making.bytes));
    TRY(distill_checkpoint_write(making.bytes, blocks->layout, blocks->params, DISTILL_F32,
                                 config_source, tokenizer_source));
    TRY(write_moments(making.bytes, blocks));
    TRY(write_state(making.bytes, state));
    TRY(distill_sync_directory(making.bytes));
    TRY(rename_folder(making.bytes, final.bytes));
    TRY(distill_sync_directory(folder.bytes));
    TRY(remove_oldest(folder.bytes, keep));
done:
    distill_text_free(&final);
    distill_text_free(&making);
    distill_text_free(&folder);
    return status;
}

distill_status distill_train_checkpoint_latest(distill_text *dir, const char *output)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    uint64_t *steps = NULL;
    size_t count = 0;
    distill_text_clear(dir);
    TRY(distill_path_join(&folder, output, "checkpoints"));
    TRY(remove_leftovers(folder.bytes));
    TRY(list_steps(&steps, &count, folder.bytes));
    if (count > 0)
        TRY(path_of(dir, folder.bytes, "", steps[count - 1]));
done:
    distill_free(steps);
    distill_text_free(&folder);
    return status;
}

distill_status distill_train_checkpoint_load(distill_train_state *state,
                                             const distill_train_blocks *blocks, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_checkpoint *ckpt = NULL;
    TRY(read_state(state, dir));
    TRY(distill_checkpoint_open(&ckpt, dir));
    TRY(distill_checkpoint_load(blocks->params, blocks->layout, ckpt));
    TRY(read_moments(blocks, dir));
done:
    distill_checkpoint_close(ckpt);
    return status;
}
