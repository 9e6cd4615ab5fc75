// distill/train/resume.c - checkpoints of a run: written under another name, renamed, and limited
// to the newest.
#include "distill/train/resume.h"

#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/checkpoint/safetensors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_FILE_LIMIT = 1 << 20 };

// --------------------------------------------------------------------------------- optimizer state

// How a moment is stored: as one tensor, or as codes and scales.
typedef struct moment_row {
    const char *format; // of its name
    bool codes;         // bytes; else float32
    size_t per_block;   // values a block of DISTILL_MOMENT_BLOCK; 0 = the tensor's own shape
    void *data;         // of the first tensor
} moment_row;
enum { MOST_ROWS = 4, NAME_CAPACITY = 112 };

static size_t moment_rows(moment_row rows[MOST_ROWS], const distill_moments *s)
{
    if (s->kind == DISTILL_ADAMW) {
        rows[0] = (moment_row){"m.%s", false, 0, s->m};
        rows[1] = (moment_row){"v.%s", false, 0, s->v};
        return 2;
    }
    rows[0] = (moment_row){"m8.%s", true, DISTILL_MOMENT_BLOCK, s->m_codes};
    rows[1] = (moment_row){"v8.%s", true, DISTILL_MOMENT_BLOCK, s->v_codes};
    rows[2] = (moment_row){"m8.%s.scale", false, 1, s->m_scales};
    rows[3] = (moment_row){"v8.%s.scale", false, 1, s->v_scales};
    return 4;
}

// Place and shape of that tensor for tensor t of the layout.
static distill_safetensor_source place_of(const moment_row *row, const distill_moments *s, size_t t)
{
    const distill_tensor_info *info = &s->layout->tensors[t];
    size_t blocks = s->first_block[t + 1] - s->first_block[t];
    size_t first = row->per_block > 0 ? s->first_block[t] * row->per_block : info->offset;
    distill_safetensor_source at = {.rank = info->matrix ? 2 : 1,
                                    .shape = {info->matrix ? info->rows : info->cols, info->cols}};
    if (row->per_block > 0) {
        at.rank = row->per_block > 1 ? 2 : 1;
        at.shape[0] = blocks;
        at.shape[1] = row->per_block;
    }
    if (row->codes)
        at.bytes = (const unsigned char *)row->data + first;
    else
        at.data = (const float *)row->data + first;
    return at;
}

static distill_status write_moments(const char *dir, const distill_train_blocks *b)
{
    distill_status status = DISTILL_OK;
    distill_safetensor_source *sources = NULL;
    char(*names)[NAME_CAPACITY] = NULL;
    moment_row rows[MOST_ROWS];
    distill_text path = {0};
    const size_t n = b->layout->count, count = n * moment_rows(rows, b->moments);
    TRY(DISTILL_NEW(&sources, count));
    TRY(distill_alloc((void **)&names, count, sizeof *names));
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], rows[i / n].format, b->layout->tensors[i % n].name);
        sources[i] = place_of(&rows[i / n], b->moments, i % n);
        sources[i].name = names[i];
    }
    TRY(distill_path_join(&path, dir, "optimizer.safetensors"));
    TRY(distill_safetensors_write(path.bytes, sources, count, DISTILL_F32, NULL));
done:
    distill_text_free(&path);
    distill_free(names);
    distill_free(sources);
    return status;
}

static distill_status read_moment(const moment_row *row, const distill_moments *s, size_t t,
                                  const distill_safetensors *file)
{
    char name[NAME_CAPACITY];
    distill_safetensor_source to = place_of(row, s, t);
    size_t count = to.shape[0] * (to.rank > 1 ? to.shape[1] : 1);
    snprintf(name, sizeof name, row->format, s->layout->tensors[t].name);
    const distill_safetensor *from = distill_safetensors_find(file, name);
    if (from == NULL || from->count != count || strcmp(from->dtype, row->codes ? "U8" : "F32") != 0)
        return distill_fail(DISTILL_FORMAT, "%s: \"%s\" is missing or has another shape",
                            distill_safetensors_path(file), name);
    if (!row->codes)
        return distill_safetensor_widen((float *)to.data, from, 0, count);
    memcpy((unsigned char *)to.bytes, from->data, count);
    return DISTILL_OK;
}

static distill_status read_moments(const distill_train_blocks *b, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_safetensors *file = NULL;
    distill_text path = {0};
    moment_row rows[MOST_ROWS];
    TRY(distill_path_join(&path, dir, "optimizer.safetensors"));
    TRY(distill_safetensors_open(&file, path.bytes));
    const size_t count = moment_rows(rows, b->moments);
    for (size_t i = 0; i < count * b->layout->count; i++)
        TRY(read_moment(&rows[i / b->layout->count], b->moments, i % b->layout->count, file));
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
    distill_json_writer w = {.out = &text};
    distill_json_begin_object(&w, NULL);
    distill_json_add_uint(&w, "step", state->step);
    distill_json_add_uint(&w, "tokens", state->tokens);
    distill_json_add_int(&w, "threads", state->threads);
    distill_json_add_string(&w, "data_sha256", state->data_sha256);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
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

// ------------------------------------------------------------------------- folders of checkpoints

// Step of a complete checkpoint's folder name, 0 for anything else.
static uint64_t step_of(const char *name)
{
    char *end = NULL;
    if (strncmp(name, "step-", 5) != 0 || name[5] < '1' || name[5] > '9')
        return 0;
    unsigned long long step = strtoull(name + 5, &end, 10);
    return *end == '\0' ? (uint64_t)step : 0;
}

// A killed run may leave ".making-step-N" and ".removing-step-N".
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

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/// Lists the complete checkpoints, ascending; *steps belongs to the caller. An absent folder has
/// none.
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

// ------------------------------------------------------------------------------------ checkpoints

distill_status distill_train_checkpoint_save(const char *output, const distill_train_state *state,
                                             const distill_train_blocks *blocks,
                                             const distill_hf_origin *origin, size_t keep)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0}, making = {0}, final = {0};
    distill_block_source weights = distill_train_weights_exact(blocks->weights);
    TRY(distill_path_join(&folder, output, "checkpoints"));
    TRY(path_of(&making, folder.bytes, ".making-", state->step));
    TRY(path_of(&final, folder.bytes, "", state->step));
    if (distill_is_directory(final.bytes))
        goto done;
    TRY(distill_make_directory(folder.bytes));
    TRY(distill_remove_all(making.bytes));
    TRY(distill_checkpoint_write(making.bytes, blocks->layout, &weights, DISTILL_F32, origin));
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
    distill_block_sink weights = distill_train_weights_sink(blocks->weights);
    TRY(read_state(state, dir));
    TRY(distill_checkpoint_open(&ckpt, dir));
    TRY(distill_checkpoint_load_into(&weights, blocks->layout, ckpt));
    TRY(read_moments(blocks, dir));
done:
    distill_checkpoint_close(ckpt);
    return status;
}
