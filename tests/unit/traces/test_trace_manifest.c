// The manifest and the journal's head frames: their exact bytes, which other programs and older
// versions read, and that they are read back.
#include "datasets/traces/trace_manifest.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/options/version.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const trace_store_settings SETTINGS = {.teacher = "a \"teacher\"",
                                              .settings_json = "{\"seed\":1, \"n\": [2]}",
                                              .shard_traces = 10,
                                              .topk = 5};

static manifest_shard SHARDS[2] = {
    {{10, 4096, HEX_A}, UINT64_MAX, {10, 20, 30, 1, 2}},
    {{3, 512, HEX_B}, 13, {3, 4, 5, 0, 1}},
};

static void a_manifest_has_these_bytes(void **state)
{
    (void)state;
    static const char expected[] =
        "{\"format\":\"distill-traces\",\"version\":1,\"tool_version\":\"" DISTILL_VERSION "\","
        "\"teacher\":\"a \\\"teacher\\\"\",\"tokenizer_sha256\":\"\",\"shard_traces\":10,"
        "\"topk\":5,\"settings\":{\"seed\":1, \"n\": [2]},\n"
        " \"counts\":{\"traces\":13,\"prompt_tokens\":24,\"response_tokens\":35,\"truncated\":1,"
        "\"errors\":3},\n"
        " \"shards\":[\n"
        "  {\"file\":\"shard-00000.h5\",\"traces\":10,\"bytes\":4096,\"sha256\":\"" HEX_A "\"},\n"
        "  {\"file\":\"shard-00001.h5\",\"traces\":3,\"bytes\":512,\"sha256\":\"" HEX_B "\"}]}\n";
    const char *dir = scratch_folder();
    distill_text path = {0}, text = {0};
    manifest_shards shards = {SHARDS, 2}, again = {0};
    assert_ok(manifest_write(dir, &SETTINGS, &shards));
    assert_ok(distill_path_join(&path, dir, "manifest.json"));
    assert_ok(distill_file_read(&text, path.bytes, 1 << 20));
    assert_string_equal(text.bytes, expected);
    assert_ok(manifest_read(&again, NULL, dir));
    assert_int_equal(again.count, 2);
    assert_int_equal(again.at[1].info.bytes, 512);
    assert_string_equal(again.at[1].info.sha256, HEX_B);
    distill_free(again.at);
    distill_text_free(&path);
    distill_text_free(&text);
}

static void a_manifest_without_shards_is_complete(void **state)
{
    (void)state;
    const char *dir = scratch_folder();
    manifest_shards none = {0}, again = {0};
    assert_ok(manifest_write(dir, &(trace_store_settings){.settings_json = ""}, &none));
    assert_ok(manifest_read(&again, NULL, dir));
    assert_int_equal(again.count, 0);
    distill_free(again.at);
}

static void a_sealed_shard_has_these_bytes_and_is_read_back(void **state)
{
    (void)state;
    static const char expected[] =
        "{\"number\":7,\"end_order\":\"18446744073709551615\",\"shard\":{"
        "\"file\":\"shard-00007.h5\",\"traces\":10,\"bytes\":4096,\"sha256\":\"" HEX_A "\"},"
        "\"counts\":{\"traces\":10,\"prompt_tokens\":20,\"response_tokens\":30,\"truncated\":1,"
        "\"errors\":2}}";
    distill_text text = {0};
    distill_json *doc = NULL;
    manifest_shard again = {0};
    size_t number = 0;
    assert_ok(manifest_write_sealed(&text, &SHARDS[0], 7));
    assert_string_equal(text.bytes, expected);
    assert_ok(distill_json_parse(&doc, text.bytes, text.length, "journal"));
    assert_ok(manifest_read_sealed(&again, &number, doc));
    assert_int_equal(number, 7);
    assert_memory_equal(&again, &SHARDS[0], sizeof again);
    distill_json_free(doc);
    distill_text_free(&text);
}

static void settings_with_other_white_space_are_the_same(void **state)
{
    (void)state;
    static const char spaced[] =
        "{ \"format\": \"distill-traces\", \"version\": 1, \"tool_version\": \"0.1.0\",\n"
        "  \"teacher\": \"a \\\"teacher\\\"\", \"tokenizer_sha256\": \"\",\n"
        "  \"shard_traces\": 10, \"topk\": 5, \"settings\": { \"n\": [ 2 ], \"seed\": 1 } }";
    distill_json *doc = NULL;
    trace_store_settings other = SETTINGS;
    assert_ok(distill_json_parse(&doc, spaced, strlen(spaced), "manifest"));
    assert_ok(manifest_compare_settings(doc, &SETTINGS, "dir"));
    other.settings_json = "{\"seed\":2,\"n\":[2]}";
    assert_int_equal(manifest_compare_settings(doc, &other, "dir"), DISTILL_MISMATCH);
    assert_non_null(strstr(distill_error_message(), "seed"));
    distill_json_free(doc);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_has_these_bytes),
        cmocka_unit_test(a_manifest_without_shards_is_complete),
        cmocka_unit_test(a_sealed_shard_has_these_bytes_and_is_read_back),
        cmocka_unit_test(settings_with_other_white_space_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
