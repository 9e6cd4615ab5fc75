// tests/unit/checkpoint/test_hf_config.c - configuration files, read and copied.
#include "distill/base/file.h"
#include "distill/checkpoint/hf_config.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

static const char *folder(const char *name)
{
    static char path[8][256];
    static unsigned next;
    char *out = path[next++ % 8];
    snprintf(out, sizeof path[0], "%s/%s", scratch_folder(), name);
    return out;
}

static void both_files_are_read(void **state)
{
    (void)state;
    const char *dir = folder("gen");
    distill_config c;
    tiny_model_write(dir, &TINY_QWEN2);
    tiny_write_file(dir, "generation_config.json",
                    "{\"eos_token_id\":[258,256],\"temperature\":0.7}");
    assert_ok(distill_hf_config_read(&c, dir));
    assert_int_equal(c.eos_count, 2);
    assert_int_equal(c.eos_ids[1], 256);
    tiny_write_file(dir, "generation_config.json", "{\"eos_token_id\":[258,999]}");
    assert_fails(distill_hf_config_read(&c, dir), DISTILL_FORMAT, "999");
}

static void published_fixtures_are_read(void **state)
{
    (void)state;
    REQUIRE_SHARED(llama, "data/oracle/llama3-tiny/checkpoint");
    REQUIRE_SHARED(stories, "data/models/stories260K/config.json");
    distill_config c;
    assert_ok(distill_hf_config_read(&c, llama));
    assert_true(c.rope.type == DISTILL_ROPE_LLAMA3 && c.Hkv == 1);
    assert_ok(distill_hf_config_read(&c, stories));
    assert_true(c.tied && c.L == 5 && c.F == 172);
}

static void config_is_carried_over_with_the_new_type(void **state)
{
    (void)state;
    distill_text text = {0};
    distill_config config;
    tiny_model model = TINY_QWEN2;
    model.more_config = "\"_note\":[1,\"a\"],\"use_cache\":true";
    tiny_model_write(folder("typed"), &model);
    assert_ok(distill_make_directory(folder("half")));
    assert_ok(distill_hf_config_read(&config, folder("typed")));
    assert_ok(distill_hf_config_write(folder("half"), folder("typed"), &config, DISTILL_BF16));
    assert_ok(distill_file_read(&text, folder("half/config.json"), 1 << 20));
    assert_non_null(strstr(text.bytes, "\n  \"torch_dtype\": \"bfloat16\""));
    assert_non_null(strstr(text.bytes, "\"_note\": [1,\"a\"]"));
    assert_non_null(strstr(text.bytes, "\"use_cache\": true\n}\n"));
    distill_text_free(&text);
}

static void what_is_missing_is_filled_in(void **state)
{
    (void)state;
    static const char SHAPE[] =
        "{\"model_type\":\"mistral\",\"vocab_size\":8,\"hidden_size\":8,\"intermediate_size\":8,"
        "\"num_hidden_layers\":1,\"num_attention_heads\":1,\"max_position_embeddings\":8,"
        "\"rms_norm_eps\":1e-6,\"bos_token_id\":3,\"eos_token_id\":2}";
    distill_text text = {0};
    distill_config config;
    tiny_write_file(folder("bare"), "config.json", SHAPE);
    assert_ok(distill_hf_config_read(&config, folder("bare")));
    assert_ok(distill_make_directory(folder("filled")));
    assert_ok(distill_hf_config_write(folder("filled"), folder("bare/config.json"), &config,
                                      DISTILL_F32));
    assert_ok(distill_file_read(&text, folder("filled/config.json"), 1 << 20));
    const char *begin = "{\n  \"architectures\": [\"MistralForCausalLM\"],\n  \"model_type\": ";
    assert_ptr_equal(strstr(text.bytes, begin), text.bytes);
    assert_non_null(strstr(text.bytes, ",\n  \"torch_dtype\": \"float32\"\n}\n"));
    distill_text_clear(&text);
    assert_ok(distill_file_read(&text, folder("filled/generation_config.json"), 1 << 20));
    assert_string_equal(text.bytes, "{\n  \"_from_model_config\": true,\n  \"bos_token_id\": 3,\n"
                                    "  \"eos_token_id\": [2]\n}\n");
    distill_text_free(&text);
}

static void generation_config_gains_new_stop_tokens(void **state)
{
    (void)state;
    distill_text text = {0};
    distill_config config;
    const char *given = "{\"eos_token_id\":[256, 258],  \"temperature\":0.6}\n";
    tiny_model_write(folder("stops"), &TINY_QWEN2);
    tiny_write_file(folder("stops"), "generation_config.json", given);
    assert_ok(distill_make_directory(folder("stops2")));
    assert_ok(distill_hf_config_read(&config, folder("stops")));
    assert_ok(distill_hf_config_write(folder("stops2"), folder("stops"), &config, DISTILL_F32));
    assert_ok(distill_file_read(&text, folder("stops2/generation_config.json"), 1 << 20));
    assert_string_equal(text.bytes, given);
    config.eos_ids[config.eos_count++] = 257;
    assert_ok(distill_hf_config_write(folder("stops2"), folder("stops"), &config, DISTILL_F32));
    distill_text_clear(&text);
    assert_ok(distill_file_read(&text, folder("stops2/generation_config.json"), 1 << 20));
    assert_string_equal(text.bytes,
                        "{\n  \"temperature\": 0.6,\n  \"eos_token_id\": [258, 256, 257]\n}\n");
    distill_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_files_are_read),
        cmocka_unit_test(published_fixtures_are_read),
        cmocka_unit_test(config_is_carried_over_with_the_new_type),
        cmocka_unit_test(what_is_missing_is_filled_in),
        cmocka_unit_test(generation_config_gains_new_stop_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
