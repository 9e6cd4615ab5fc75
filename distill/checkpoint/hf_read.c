// distill/checkpoint/hf_read.c - matches the weight files with the layout that config.json
// describes.
//
// Opening checks everything but the values: afterwards every tensor of the layout refers to a
// mapped file. Values are checked while they are loaded.
#include "distill/checkpoint/hf_read.h"

#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/memory.h"
#include "distill/base/threads.h"
#include "distill/checkpoint/hf_config.h"
#include "distill/checkpoint/safetensors.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    INDEX_FILE_LIMIT = 64 << 20,
    MOST_SHARDS = 100000,
    PIECE = 1 << 14, // values read at once
    RELEASE_BYTES = 16 << 20
};

struct distill_checkpoint {
    char *dir;
    distill_layout *layout;
    distill_safetensors **shards;
    size_t shard_count;
    const distill_safetensor **stored; // every tensor of every shard, by name
    size_t stored_count;
    const distill_safetensor **sources; // [layout->count]
    distill_tensor_view *views;         // [layout->count] of the same
};

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const distill_safetensor *const *)a)->name,
                  (*(const distill_safetensor *const *)b)->name);
}

static const distill_safetensor *find_stored(const distill_checkpoint *ckpt, const char *name)
{
    distill_safetensor key = {.name = name};
    const distill_safetensor *pointer = &key;
    const distill_safetensor **hit =
        ckpt->stored_count == 0
            ? NULL
            : bsearch(&pointer, ckpt->stored, ckpt->stored_count, sizeof *ckpt->stored, by_name);
    return hit == NULL ? NULL : *hit;
}

// ------------------------------------------------------------------------------ index and shards

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static distill_status open_shard(distill_checkpoint *ckpt, const char *name)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    TRY(distill_path_join(&path, ckpt->dir, name));
    TRY(distill_grow((void **)&ckpt->shards, ckpt->shard_count, ckpt->shard_count + 1,
                     sizeof *ckpt->shards));
    TRY(distill_safetensors_open(&ckpt->shards[ckpt->shard_count], path.bytes));
    ckpt->shard_count++;
done:
    distill_text_free(&path);
    return status;
}

static distill_safetensors *find_shard(const distill_checkpoint *ckpt, distill_span name)
{
    for (size_t i = ckpt->shard_count; i-- > 0;) // entries are grouped: usually the last shard
        if (distill_span_is(name, base_name(distill_safetensors_path(ckpt->shards[i]))))
            return ckpt->shards[i];
    return NULL;
}

// True for a plain file name: no folder, no "..", no NUL. The file must be in the index's folder.
static bool is_plain_name(distill_span name)
{
    static const char END[] = ".safetensors";
    size_t end = sizeof END - 1;
    if (name.bytes == NULL || name.length <= end || name.length > 255 || name.bytes[0] == '.')
        return false;
    if (memchr(name.bytes, '/', name.length) != NULL ||
        memchr(name.bytes, '\\', name.length) != NULL ||
        memchr(name.bytes, '\0', name.length) != NULL)
        return false;
    return memcmp(name.bytes + name.length - end, END, end) == 0;
}

static distill_status read_index_entry(distill_checkpoint *ckpt, const distill_json *doc,
                                       const distill_json_node *map, const distill_json_node *entry)
{
    distill_status status = DISTILL_OK;
    const char *tensor = distill_json_key(entry);
    distill_span name = distill_json_string(doc, entry);
    if (!is_plain_name(name))
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: expected the name of a .safetensors file in the same folder, found "
                         "\"%.*s\"",
                         distill_json_where(doc, map, tensor),
                         (int)(name.length > 80 ? 80 : name.length),
                         name.bytes != NULL ? name.bytes : distill_json_kind_name(entry)));
    if (find_shard(ckpt, name) == NULL) {
        if (ckpt->shard_count == MOST_SHARDS)
            TRY(distill_fail(DISTILL_LIMIT, "%s: more than %d shards",
                             distill_json_where(doc, map, NULL), MOST_SHARDS));
        TRY(open_shard(ckpt, name.bytes));
    }
    if (distill_safetensors_find(find_shard(ckpt, name), tensor) == NULL)
        TRY(distill_fail(DISTILL_FORMAT, "%s: %s does not hold this tensor",
                         distill_json_where(doc, map, tensor), name.bytes));
done:
    return status;
}

static distill_status read_index(distill_checkpoint *ckpt, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(distill_json_read(&doc, path, INDEX_FILE_LIMIT));
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *map = distill_json_present(root, "weight_map");
    if (map == NULL || distill_json_kind_of(map) != DISTILL_JSON_OBJECT ||
        distill_json_count(map) == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an object of tensor names and file names",
                         distill_json_where(doc, root, "weight_map")));
    size_t listed = distill_json_count(map), stored = 0;
    for (const distill_json_node *entry = distill_json_first(map); entry != NULL;
         entry = distill_json_next(entry))
        TRY(read_index_entry(ckpt, doc, map, entry));
    for (size_t i = 0; i < ckpt->shard_count; i++)
        stored += distill_safetensors_count(ckpt->shards[i]);
    if (stored != listed)
        TRY(distill_fail(DISTILL_FORMAT, "%s: lists %zu tensors, but its shards hold %zu", path,
                         listed, stored));
done:
    distill_json_free(doc);
    return status;
}

static distill_status open_weights(distill_checkpoint *ckpt)
{
    distill_status status = DISTILL_OK;
    distill_text single = {0}, index = {0};
    TRY(distill_path_join(&single, ckpt->dir, "model.safetensors"));
    TRY(distill_path_join(&index, ckpt->dir, "model.safetensors.index.json"));
    if (distill_file_exists(single.bytes))
        TRY(open_shard(ckpt, "model.safetensors"));
    else if (distill_file_exists(index.bytes))
        TRY(read_index(ckpt, index.bytes));
    else
        TRY(distill_fail(DISTILL_IO,
                         "%s: neither model.safetensors nor "
                         "model.safetensors.index.json exists (other weight formats must be "
                         "converted to safetensors first)",
                         ckpt->dir));
done:
    distill_text_free(&index);
    distill_text_free(&single);
    return status;
}

static distill_status collect_stored(distill_checkpoint *ckpt)
{
    distill_status status = DISTILL_OK;
    size_t total = 0;
    for (size_t i = 0; i < ckpt->shard_count; i++)
        total += distill_safetensors_count(ckpt->shards[i]);
    TRY(DISTILL_NEW(&ckpt->stored, total + 1));
    for (size_t i = 0; i < ckpt->shard_count; i++)
        for (size_t k = 0; k < distill_safetensors_count(ckpt->shards[i]); k++)
            ckpt->stored[ckpt->stored_count++] = distill_safetensors_at(ckpt->shards[i], k);
    qsort(ckpt->stored, ckpt->stored_count, sizeof *ckpt->stored, by_name);
    for (size_t i = 1; i < ckpt->stored_count; i++)
        if (strcmp(ckpt->stored[i - 1]->name, ckpt->stored[i]->name) == 0)
            TRY(distill_fail(DISTILL_FORMAT, "%s: tensor \"%s\" occurs in two shards", ckpt->dir,
                             ckpt->stored[i]->name));
done:
    return status;
}

// --------------------------------------------------------------- stored tensors against the layout

static distill_status check_tensor(distill_tensor_view *view, const distill_checkpoint *ckpt,
                                   const distill_tensor_info *info,
                                   const distill_safetensor *stored)
{
    bool fits = info->matrix ? stored->rank == 2 && stored->shape[0] == info->rows &&
                                   stored->shape[1] == info->cols
                             : stored->rank == 1 && stored->shape[0] == info->cols;
    if (!fits)
        return distill_fail(DISTILL_FORMAT,
                            "%s: tensor \"%s\" should be %zu x %zu as config.json says, found rank "
                            "%zu, %zu x %zu",
                            ckpt->dir, stored->name, info->rows, info->cols, stored->rank,
                            stored->rank == 2 ? stored->shape[0] : 1,
                            stored->rank == 0 ? 1 : stored->shape[stored->rank - 1]);
    view->data = stored->data;
    if (!distill_dtype_find(&view->dtype, stored->dtype))
        return distill_fail(DISTILL_UNSUPPORTED,
                            "%s: tensor \"%s\" has type %s; only F32, BF16 and F16 are supported",
                            ckpt->dir, stored->name, stored->dtype);
    return DISTILL_OK;
}

// "model.norm.weight", or "norm.weight" where a base model was saved without its prefix.
static const distill_safetensor *find_source(const distill_checkpoint *ckpt, const char *name)
{
    const distill_safetensor *source = find_stored(ckpt, name);
    if (source == NULL && strncmp(name, "model.", 6) == 0)
        source = find_stored(ckpt, name + 6);
    return source;
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), e = strlen(end);
    return n >= e && strcmp(name + n - e, end) == 0;
}

// Stored tensors that are not parameters: a table in old Llama files, and a tied head.
static bool may_be_surplus(const distill_checkpoint *ckpt, const char *name)
{
    return ends_with(name, ".rotary_emb.inv_freq") ||
           (ckpt->layout->config.tied && strcmp(name, "lm_head.weight") == 0);
}

static distill_status check_surplus(const distill_checkpoint *ckpt)
{
    distill_status status = DISTILL_OK;
    const distill_safetensor **used = NULL;
    TRY(DISTILL_NEW(&used, ckpt->layout->count));
    memcpy(used, ckpt->sources, ckpt->layout->count * sizeof *used);
    qsort(used, ckpt->layout->count, sizeof *used, by_name);
    for (size_t i = 0; i < ckpt->stored_count; i++) {
        const distill_safetensor *stored = ckpt->stored[i];
        if (bsearch(&stored, used, ckpt->layout->count, sizeof *used, by_name) == NULL &&
            !may_be_surplus(ckpt, stored->name))
            TRY(distill_fail(DISTILL_FORMAT,
                             "%s: tensor \"%s\" is not part of the model that config.json "
                             "describes",
                             ckpt->dir, stored->name));
    }
done:
    distill_free(used);
    return status;
}

static distill_status match_layout(distill_checkpoint *ckpt)
{
    distill_status status = DISTILL_OK;
    TRY(DISTILL_NEW(&ckpt->sources, ckpt->layout->count));
    TRY(DISTILL_NEW(&ckpt->views, ckpt->layout->count));
    for (size_t i = 0; i < ckpt->layout->count; i++) {
        const distill_tensor_info *info = &ckpt->layout->tensors[i];
        ckpt->sources[i] = find_source(ckpt, info->name);
        if (ckpt->sources[i] == NULL)
            TRY(distill_fail(DISTILL_FORMAT, "%s: tensor \"%s\" is missing", ckpt->dir,
                             info->name));
        TRY(check_tensor(&ckpt->views[i], ckpt, info, ckpt->sources[i]));
    }
    TRY(check_surplus(ckpt));
done:
    return status;
}

// Unmaps pages that have been read (they stay in the page cache); otherwise the file and the block
// would both count towards the peak memory.
static void release_pages(const unsigned char *first, const unsigned char *last)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = ((uintptr_t)first + page - 1) / page * page,
              end = (uintptr_t)last / page * page;
    if (begin < end)
        madvise((void *)begin, end - begin, MADV_DONTNEED);
}

// A tied model computes with its embedding; a stored head must be equal to it.
static distill_status check_tied(const distill_checkpoint *ckpt)
{
    distill_status status = DISTILL_OK;
    const distill_safetensor *head = find_stored(ckpt, "lm_head.weight");
    const distill_safetensor *embed = ckpt->sources[0]; // the first row of the tensor table
    float a[PIECE], b[PIECE];
    if (!ckpt->layout->config.tied || head == NULL)
        return DISTILL_OK;
    bool same = head->count == embed->count;
    for (size_t first = 0; same && first < head->count; first += PIECE) {
        size_t n = head->count - first < PIECE ? head->count - first : PIECE;
        TRY(distill_safetensor_widen(a, head, first, n));
        TRY(distill_safetensor_widen(b, embed, first, n));
        same = memcmp(a, b, n * sizeof *a) == 0;
    }
    if (!same)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: tie_word_embeddings is true, but lm_head.weight differs from the "
                         "embedding; set it to false to use the head, or remove the tensor",
                         ckpt->dir));
    release_pages(head->data, head->data + head->count * head->item_bytes);
    release_pages(embed->data, embed->data + embed->count * embed->item_bytes);
done:
    return status;
}

distill_status distill_checkpoint_open(distill_checkpoint **out, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_checkpoint *ckpt = NULL;
    distill_config config;
    *out = NULL;
    if (!distill_is_directory(dir))
        TRY(distill_fail(DISTILL_IO,
                         "%s: not a directory; expected a Hugging Face checkpoint "
                         "(config.json, model.safetensors, tokenizer.json)",
                         dir));
    TRY(DISTILL_NEW(&ckpt, 1));
    TRY(distill_copy_string(&ckpt->dir, dir, strlen(dir)));
    TRY(distill_hf_config_read(&config, dir));
    TRY(distill_layout_create(&ckpt->layout, &config));
    TRY(open_weights(ckpt));
    TRY(collect_stored(ckpt));
    TRY(match_layout(ckpt));
    TRY(check_tied(ckpt));
    *out = ckpt;
    ckpt = NULL;
done:
    distill_checkpoint_close(ckpt);
    return status;
}

void distill_checkpoint_close(distill_checkpoint *ckpt)
{
    if (ckpt == NULL)
        return;
    for (size_t i = 0; i < ckpt->shard_count; i++)
        distill_safetensors_close(ckpt->shards[i]);
    distill_free(ckpt->views);
    distill_free(ckpt->sources);
    distill_free(ckpt->stored);
    distill_free(ckpt->shards);
    distill_layout_free(ckpt->layout);
    distill_free(ckpt->dir);
    distill_free(ckpt);
}

const distill_config *distill_checkpoint_config(const distill_checkpoint *ckpt)
{
    return &ckpt->layout->config;
}

const char *distill_checkpoint_path(const distill_checkpoint *ckpt)
{
    return ckpt->dir;
}

distill_dtype distill_checkpoint_dtype(const distill_checkpoint *ckpt)
{
    size_t largest = 0;
    for (size_t i = 1; i < ckpt->layout->count; i++)
        if (ckpt->sources[i]->count > ckpt->sources[largest]->count)
            largest = i;
    return ckpt->views[largest].dtype;
}

distill_tensor_views distill_checkpoint_views(const distill_checkpoint *ckpt)
{
    return (distill_tensor_views){ckpt->layout, ckpt->views, ckpt->dir};
}

// -------------------------------------------------------------------------------------- loading

typedef struct load_job {
    const distill_block_sink *to;
    const distill_layout *layout;
    const distill_checkpoint *ckpt;
    atomic_size_t first_bad; // place in the block of a value that is not finite, SIZE_MAX = none
} load_job;

static size_t tensor_of(const distill_layout *layout, size_t place)
{
    return (size_t)(distill_layout_at(layout, place) - layout->tensors);
}

static void note_bad(load_job *job, size_t place)
{
    size_t known = atomic_load(&job->first_bad);
    while (place < known && !atomic_compare_exchange_weak(&job->first_bad, &known, place))
        continue;
}

// Loads values first … last-1 of tensor t in pieces, which are still in the cache when they are
// checked.
static void load_part(load_job *job, size_t t, size_t first, size_t last)
{
    const distill_safetensor *source = job->ckpt->sources[t];
    const unsigned char *held = source->data + first * source->item_bytes;
    const distill_dtype dtype = job->ckpt->views[t].dtype;
    float values[PIECE];
    for (size_t at = first; at < last; at += PIECE) {
        size_t n = last - at < PIECE ? last - at : PIECE,
               place = job->layout->tensors[t].offset + at;
        const unsigned char *from = source->data + at * source->item_bytes;
        const unsigned char *end = from + n * source->item_bytes;
        distill_dtype_widen(values, from, dtype, n);
        size_t bad = distill_first_not_finite(values, n);
        if (bad < n)
            note_bad(job, place + bad);
        job->to->write(job->to->context, place, values, n);
        if (end - held >= RELEASE_BYTES || at + n == last) {
            release_pages(held, end);
            held = end;
        }
    }
}

static void load_range(void *context, size_t begin, size_t end, int worker)
{
    load_job *job = context;
    const distill_layout *layout = job->layout;
    (void)worker;
    for (size_t t = tensor_of(layout, begin); t < layout->count; t++) {
        const distill_tensor_info *info = &layout->tensors[t];
        size_t stop = info->offset + info->rows * info->cols;
        if (info->offset >= end)
            break;
        size_t first = begin > info->offset ? begin : info->offset;
        size_t last = end < stop ? end : stop;
        if (first < last)
            load_part(job, t, first - info->offset, last - info->offset);
    }
}

static distill_status refuse_value(const distill_checkpoint *ckpt, const distill_layout *layout,
                                   size_t bad)
{
    const distill_tensor_info *info = distill_layout_at(layout, bad);
    const distill_tensor_view *view = &ckpt->views[info - layout->tensors];
    size_t place = bad - info->offset;
    float value = 0;
    distill_dtype_widen(&value, (const char *)view->data + place * distill_dtype_bytes(view->dtype),
                        view->dtype, 1);
    return distill_fail(DISTILL_NUMERIC, "%s: tensor \"%s\": row %zu, column %zu is %g", ckpt->dir,
                        info->name, place / info->cols, place % info->cols, (double)value);
}

distill_status distill_checkpoint_load_into(const distill_block_sink *to,
                                            const distill_layout *layout,
                                            const distill_checkpoint *ckpt)
{
    if (layout->count != ckpt->layout->count || layout->total != ckpt->layout->total)
        return distill_fail(DISTILL_INTERNAL, "%s: the layout is that of another model", ckpt->dir);
    load_job job = {.to = to, .layout = layout, .ckpt = ckpt, .first_bad = SIZE_MAX};
    distill_parallel_for(load_range, &job, layout->total, 16);
    size_t bad = atomic_load(&job.first_bad);
    return bad == SIZE_MAX ? DISTILL_OK : refuse_value(ckpt, layout, bad);
}

distill_status distill_checkpoint_load(float *block, const distill_layout *layout,
                                       const distill_checkpoint *ckpt)
{
    distill_block_sink to = distill_block_sink_of(block);
    for (size_t t = 0; t < layout->count; t++) {
        const distill_tensor_info *info = &layout->tensors[t];
        size_t stop = info->offset + info->rows * info->cols;
        size_t next = t + 1 < layout->count ? info[1].offset : layout->total;
        memset(block + stop, 0, (next - stop) * sizeof *block);
    }
    return distill_checkpoint_load_into(&to, layout, ckpt);
}
