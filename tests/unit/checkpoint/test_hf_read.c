// tests/unit/checkpoint/test_hf_read.c - checkpoint directories: loaded, written, loaded again;
// broken and hostile ones refused with the reason.
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/checkpoint/hf_write.h"
#include "distill/checkpoint/safetensors.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

#include <math.h>
#include <unistd.h>

static const char *folder(const char *name)
{
    static char path[8][256];
    static unsigned next;
    char *out = path[next++ % 8];
    snprintf(out, sizeof path[0], "%s/%s", scratch_folder(), name);
    return out;
}

static distill_status open_only(const char *dir)
{
    distill_checkpoint *ckpt = NULL;
    distill_status status = distill_checkpoint_open(&ckpt, dir);
    distill_checkpoint_close(ckpt);
    return status;
}

// Opens and loads everything; the layout and block belong to the caller.
static distill_status load(distill_layout **layout, float **block, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_checkpoint *ckpt = NULL;
    TRY(distill_checkpoint_open(&ckpt, dir));
    TRY(distill_layout_create(layout, distill_checkpoint_config(ckpt)));
    TRY(DISTILL_NEW(block, (*layout)->total));
    TRY(distill_checkpoint_load(*block, *layout, ckpt));
done:
    distill_checkpoint_close(ckpt);
    return status;
}

static distill_status load_only(const char *dir)
{
    distill_layout *layout = NULL;
    float *block = NULL;
    distill_status status = load(&layout, &block, dir);
    distill_free(block);
    distill_layout_free(layout);
    return status;
}

static distill_status write_model(const char *dir, const distill_layout *layout, const float *block,
                                  distill_dtype dtype, const char *from)
{
    distill_block_source values = distill_block_source_of(block);
    distill_hf_origin origin = {.config = from, .tokenizer = from};
    return distill_checkpoint_write(dir, layout, &values, dtype, &origin);
}

static distill_status write_shards(const char *dir, const distill_layout *layout,
                                   const float *block, uint64_t shard_bytes)
{
    distill_block_source values = distill_block_source_of(block);
    return distill_checkpoint_write_weights(dir, layout, &values, DISTILL_F32, shard_bytes);
}

static void written_checkpoints_load_again(void **state)
{
    (void)state;
    const tiny_model *models[] = {&TINY_QWEN2, &TINY_QWEN3, &TINY_LLAMA};
    for (size_t m = 0; m < 3; m++) {
        distill_layout *layout = NULL, *again = NULL;
        float *block = NULL, *back = NULL;
        const char *from = folder("from"), *to = folder("to");
        assert_ok(distill_remove_all(from));
        assert_ok(distill_remove_all(to));
        tiny_model_write(from, models[m]);
        tiny_write_file(from, "merges.txt", "#version: 0.2\n");
        assert_ok(load(&layout, &block, from));
        assert_ok(write_model(to, layout, block, DISTILL_F32, from));
        assert_ok(load(&again, &back, to));
        assert_memory_equal(block, back, layout->total * sizeof *block);
        assert_true(distill_file_exists(folder("to/merges.txt")));
        assert_true(distill_file_exists(folder("to/generation_config.json")));
        distill_free(block);
        distill_free(back);
        distill_layout_free(layout);
        distill_layout_free(again);
    }
}

static void views_show_what_is_stored(void **state)
{
    (void)state;
    for (int bf16 = 0; bf16 < 2; bf16++) {
        distill_layout *layout = NULL;
        distill_checkpoint *ckpt = NULL;
        float *block = NULL, *values = NULL;
        tiny_model model = TINY_QWEN2;
        model.bf16 = bf16 != 0;
        tiny_model_write(folder("views"), &model);
        assert_ok(load(&layout, &block, folder("views")));
        assert_ok(DISTILL_NEW(&values, layout->total));
        assert_ok(distill_checkpoint_open(&ckpt, folder("views")));
        assert_int_equal(distill_checkpoint_dtype(ckpt), bf16 ? DISTILL_BF16 : DISTILL_F32);
        distill_tensor_views views = distill_checkpoint_views(ckpt);
        assert_int_equal(views.layout->total, layout->total);
        for (size_t i = 0; i < layout->count; i++) {
            const distill_tensor_info *t = &layout->tensors[i];
            distill_dtype_widen(values, views.tensors[i].data, views.tensors[i].dtype,
                                t->rows * t->cols);
            assert_memory_equal(values, block + t->offset, t->rows * t->cols * sizeof *values);
        }
        distill_checkpoint_close(ckpt);
        distill_free(values);
        distill_free(block);
        distill_layout_free(layout);
    }
}

static void shards_and_index_hold_the_same_weights(void **state)
{
    (void)state;
    distill_layout *layout = NULL, *again = NULL;
    float *block = NULL, *back = NULL;
    const char *dir = folder("shards");
    tiny_model_write(dir, &TINY_QWEN2);
    assert_ok(load(&layout, &block, dir));
    assert_ok(write_shards(dir, layout, block, 20000));
    assert_false(distill_file_exists(folder("shards/model.safetensors")));
    assert_true(distill_file_exists(folder("shards/model.safetensors.index.json")));
    assert_ok(load(&again, &back, dir));
    assert_memory_equal(block, back, layout->total * sizeof *block);
    assert_ok(write_shards(dir, layout, block, 1u << 30));
    assert_false(distill_file_exists(folder("shards/model.safetensors.index.json")));
    distill_free(block);
    distill_free(back);
    distill_layout_free(layout);
    distill_layout_free(again);
}

// Writes the tiny model's weights again with one tensor changed by `edit`.
typedef void (*tensor_edit)(distill_safetensor_source *sources, size_t *count);

static void rewrite(const char *dir, tensor_edit edit)
{
    distill_layout *layout = NULL;
    float *block = NULL;
    distill_safetensor_source sources[64];
    size_t count = 0;
    distill_text path = {0};
    assert_ok(load(&layout, &block, dir));
    for (; count < layout->count; count++) {
        const distill_tensor_info *t = &layout->tensors[count];
        sources[count] =
            (distill_safetensor_source){.name = t->name,
                                        .rank = t->matrix ? 2 : 1,
                                        .shape = {t->matrix ? t->rows : t->cols, t->cols},
                                        .data = block + t->offset};
    }
    edit(sources, &count);
    assert_ok(distill_path_join(&path, dir, "model.safetensors"));
    assert_ok(distill_safetensors_write(path.bytes, sources, count, DISTILL_F32, NULL));
    distill_text_free(&path);
    distill_free(block);
    distill_layout_free(layout);
}

static void drop_last(distill_safetensor_source *sources, size_t *count)
{
    (void)sources;
    --*count;
}

static void add_surplus(distill_safetensor_source *sources, size_t *count)
{
    sources[*count] = sources[1];
    sources[(*count)++].name = "model.layers.7.input_layernorm.weight";
}

static void add_inv_freq(distill_safetensor_source *sources, size_t *count)
{
    sources[*count] = sources[1];
    sources[(*count)++].name = "model.layers.0.self_attn.rotary_emb.inv_freq";
}

static void add_equal_head(distill_safetensor_source *sources, size_t *count)
{
    sources[*count] = sources[0];
    sources[(*count)++].name = "lm_head.weight";
}

static float other_head[320 * 32];

static void add_other_head(distill_safetensor_source *sources, size_t *count)
{
    add_equal_head(sources, count);
    sources[*count - 1].data = other_head;
}

static void transpose_gate(distill_safetensor_source *sources, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(sources[i].name, "model.layers.0.mlp.gate_proj.weight") == 0) {
            sources[i].shape[0] = 32;
            sources[i].shape[1] = 48;
        }
}

static void strip_prefix(distill_safetensor_source *sources, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        sources[i].name += 6;
}

static void wrong_sets_of_tensors_are_refused(void **state)
{
    (void)state;
    static const struct {
        tensor_edit edit;
        const char *words; // NULL: it loads
    } cases[] = {
        {drop_last, "\"model.norm.weight\" is missing"},
        {add_surplus, "model.layers.7.input_layernorm.weight"},
        {transpose_gate, "should be 48 x 32"},
        {add_other_head, "differs from the embedding"},
        {add_inv_freq, NULL},
        {add_equal_head, NULL},
        {strip_prefix, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tiny_model_write(folder("set"), &TINY_QWEN2);
        rewrite(folder("set"), cases[i].edit);
        if (cases[i].words == NULL)
            assert_ok(load_only(folder("set")));
        else
            assert_fails(load_only(folder("set")), DISTILL_FORMAT, cases[i].words);
    }
}

static void nan_is_found_with_its_place(void **state)
{
    (void)state;
    const char *dir = folder("nan");
    distill_text path = {0}, bytes = {0};
    float bad = NAN;
    tiny_model_write(dir, &TINY_LLAMA);
    assert_ok(distill_path_join(&path, dir, "model.safetensors"));
    assert_ok(distill_file_read(&bytes, path.bytes, 1 << 24));
    memcpy(bytes.bytes + bytes.length - 4 * 33, &bad, 4); // row V-2, last column of lm_head
    assert_ok(distill_file_write(path.bytes, bytes.bytes, bytes.length));
    assert_fails(load_only(dir), DISTILL_NUMERIC, "\"lm_head.weight\": row 318, column 31");
    distill_text_free(&bytes);
    distill_text_free(&path);
}

static void hostile_indexes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *file, *words;
    } cases[] = {
        {"../model.safetensors", "same folder"},  {"/etc/passwd", "same folder"},
        {"sub/model.safetensors", "same folder"}, {"..", "same folder"},
        {"config.json", "same folder"},           {"a\\u0000.safetensors", "same folder"},
    };
    distill_layout *layout = NULL;
    float *block = NULL;
    char text[512];
    const char *dir = folder("index");
    tiny_model_write(dir, &TINY_QWEN2);
    assert_ok(load(&layout, &block, dir));
    assert_ok(write_shards(dir, layout, block, 60000));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(text, sizeof text, "{\"weight_map\":{\"model.norm.weight\":\"%s\"}}",
                 cases[i].file);
        tiny_write_file(dir, "model.safetensors.index.json", text);
        assert_fails(open_only(dir), DISTILL_FORMAT, cases[i].words);
    }
    tiny_write_file(
        dir, "model.safetensors.index.json",
        "{\"weight_map\":{\"model.norm.weight\":\"model-00001-of-00002.safetensors\"}}");
    assert_fails(open_only(dir), DISTILL_FORMAT, "does not hold this tensor");
    tiny_write_file(dir, "model.safetensors.index.json",
                    "{\"weight_map\":{\"model.embed_tokens.weight\":"
                    "\"model-00001-of-00002.safetensors\"}}");
    assert_fails(open_only(dir), DISTILL_FORMAT, "");
    tiny_write_file(dir, "model.safetensors.index.json",
                    "{\"weight_map\":{\"model.norm.weight\":\"gone.safetensors\"}}");
    assert_fails(open_only(dir), DISTILL_IO, "gone.safetensors");
    tiny_write_file(dir, "model.safetensors.index.json", "{\"weight_map\":[]}");
    assert_fails(open_only(dir), DISTILL_FORMAT, "weight_map");
    distill_free(block);
    distill_layout_free(layout);
}

static void missing_files_are_named(void **state)
{
    (void)state;
    assert_fails(open_only(folder("nowhere")), DISTILL_IO, "not a directory");
    assert_ok(distill_make_directory(folder("empty")));
    assert_fails(open_only(folder("empty")), DISTILL_IO, "config.json");
    tiny_model_write_config(folder("empty/config.json"), &TINY_QWEN2);
    assert_fails(open_only(folder("empty")), DISTILL_IO, "neither model.safetensors");
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    const char *dir = folder("alloc"), *to = folder("alloc2");
    distill_status status = DISTILL_NO_MEMORY;
    tiny_model_write(dir, &TINY_QWEN3);
    for (uint64_t n = 1; status != DISTILL_OK; n++) {
        distill_layout *layout = NULL;
        float *block = NULL;
        distill_allocation_fail_at(n);
        status = load(&layout, &block, dir);
        if (status == DISTILL_OK)
            status = write_model(to, layout, block, DISTILL_BF16, dir);
        distill_allocation_fail_at(0);
        distill_free(block);
        distill_layout_free(layout);
        if (n >= 10000 || (status != DISTILL_OK && status != DISTILL_NO_MEMORY))
            fail_msg("allocation %d: %s", (int)n, distill_error_message());
    }
}

static void published_checkpoints_load(void **state)
{
    (void)state;
    REQUIRE_SHARED(stories, "data/models/stories260K");
    REQUIRE_SHARED(qwen3, "data/oracle/qwen3-tiny/checkpoint");
    assert_ok(load_only(stories));
    assert_ok(load_only(qwen3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_checkpoints_load_again),
        cmocka_unit_test(views_show_what_is_stored),
        cmocka_unit_test(shards_and_index_hold_the_same_weights),
        cmocka_unit_test(wrong_sets_of_tensors_are_refused),
        cmocka_unit_test(nan_is_found_with_its_place),
        cmocka_unit_test(hostile_indexes_are_refused),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(published_checkpoints_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
