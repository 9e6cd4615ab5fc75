// tests/unit/text/test_tokenizer.c - published tokenizers, compared with reference encodings;
// streaming, threads, errors.
#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/lines.h"
#include "distill/text/tokenizer/tokenizer.h"
#include "distill/text/unicode.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

#include <pthread.h>

static const char *const FOLDERS[] = {"data/tokenizers/qwen3", "data/tokenizers/llama3.1",
                                      "data/tokenizers/deepseek_v3", "data/models/stories260K"};
enum { FOLDER_COUNT = 4 };

static distill_tokenizer *loaded[FOLDER_COUNT];

static int load_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        const char *dir = shared_data(FOLDERS[i]);
        if (dir != NULL && distill_tokenizer_load(&loaded[i], dir) != DISTILL_OK) {
            print_error("%s\n", distill_error_message());
            return -1;
        }
    }
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < FOLDER_COUNT; i++)
        distill_tokenizer_free(loaded[i]);
    return 0;
}

/// Path of a file in the scratch folder; static memory.
static const char *tiny_path(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", scratch_folder(), name);
    return path;
}

static distill_ids ids_of(const distill_json_node *list)
{
    distill_ids ids = {0};
    for (const distill_json_node *id = distill_json_first(list); id != NULL;
         id = distill_json_next(id))
        assert_int_equal(distill_ids_append(&ids, (int32_t)distill_json_number(id)), DISTILL_OK);
    return ids;
}

static bool same_ids(const distill_ids *a, const distill_ids *b)
{
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->at, b->at, a->count * sizeof *a->at) == 0);
}

/// Calls `check` for each line of a JSON lines file; it returns true if the case passes.
static void check_cases(const distill_tokenizer *tok, const char *path,
                        bool (*check)(const distill_tokenizer *, const distill_json *))
{
    distill_lines *lines = NULL;
    distill_span line;
    bool more;
    size_t right = 0, total = 0;
    assert_int_equal(distill_lines_open(&lines, path, 1 << 24), DISTILL_OK);
    while (distill_lines_next(lines, &line, &more) == DISTILL_OK && more) {
        distill_json *doc = NULL;
        assert_int_equal(distill_json_parse(&doc, line.bytes, line.length, path), DISTILL_OK);
        if (check(tok, doc))
            right++;
        else
            print_error("%s:%zu differs\n", path, distill_lines_number(lines));
        total++;
        distill_json_free(doc);
    }
    distill_lines_close(lines);
    print_message("%s: %zu of %zu\n", path, right, total);
    assert_int_equal(right, total);
    assert_true(total > 0);
}

static bool encodes_and_decodes(const distill_tokenizer *tok, const distill_json *doc)
{
    const distill_json_node *root = distill_json_root(doc);
    distill_span text = distill_json_string(doc, distill_json_member(root, "text"));
    distill_span decoded = distill_json_string(doc, distill_json_member(root, "decoded"));
    distill_ids expected = ids_of(distill_json_member(root, "ids")), ids = {0};
    distill_text back = {0};
    assert_int_equal(
        distill_tokenizer_encode(&ids, tok, text.bytes, text.length, DISTILL_PARSE_SPECIAL),
        DISTILL_OK);
    assert_int_equal(distill_tokenizer_decode(&back, tok, ids.at, ids.count, 0), DISTILL_OK);
    bool right = same_ids(&ids, &expected) && distill_span_equal(distill_text_span(&back), decoded);
    distill_ids_free(&ids);
    distill_ids_free(&expected);
    distill_text_free(&back);
    return right;
}

static bool decodes(const distill_tokenizer *tok, const distill_json *doc)
{
    const distill_json_node *root = distill_json_root(doc);
    distill_ids ids = ids_of(distill_json_member(root, "ids"));
    bool right = true;
    for (int skip = 0; skip < 2; skip++) {
        const char *key = skip ? "decoded_skip_special" : "decoded";
        unsigned flags = skip ? DISTILL_SKIP_SPECIAL : 0;
        distill_span expected = distill_json_string(doc, distill_json_member(root, key));
        distill_text whole = {0};
        assert_int_equal(distill_tokenizer_decode(&whole, tok, ids.at, ids.count, flags),
                         DISTILL_OK);
        right = right && distill_span_equal(distill_text_span(&whole), expected);
        distill_text_free(&whole);
    }
    distill_ids_free(&ids);
    return right;
}

static void reference_encodings_are_reproduced(void **state)
{
    (void)state;
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s/cases.jsonl", FOLDERS[i]);
        REQUIRE_SHARED(path, name);
        check_cases(loaded[i], path, encodes_and_decodes);
    }
}

static void reference_decodings_are_reproduced(void **state)
{
    (void)state;
    for (size_t i = 0; i < FOLDER_COUNT - 1; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s/decode.jsonl", FOLDERS[i]);
        REQUIRE_SHARED(path, name);
        check_cases(loaded[i], path, decodes);
    }
}

// ------------------------------------------------------------------------------------ streaming

/// Appends the text of the ids decoded one at a time; each piece must be valid UTF-8.
static void stream(distill_text *out, const distill_tokenizer *tok, const distill_ids *ids)
{
    distill_detokenizer detokenizer = {.tok = tok};
    for (size_t i = 0; i <= ids->count; i++) {
        size_t before = out->length;
        if (i < ids->count)
            assert_ok(distill_detokenizer_push(&detokenizer, out, ids->at[i]));
        else
            assert_ok(distill_detokenizer_end(&detokenizer, out));
        size_t length = out->length - before;
        if (length > 0)
            assert_int_equal(unicode_valid_prefix(out->bytes + before, length), length);
    }
}

static bool streams_like_decoding(const distill_tokenizer *tok, const distill_json *doc)
{
    distill_ids ids = ids_of(distill_json_member(distill_json_root(doc), "ids"));
    distill_text whole = {0}, streamed = {0};
    assert_ok(distill_text_add(&whole, ""));
    assert_ok(distill_text_add(&streamed, ""));
    assert_ok(distill_tokenizer_decode(&whole, tok, ids.at, ids.count, 0));
    stream(&streamed, tok, &ids);
    bool same = distill_span_equal(distill_text_span(&whole), distill_text_span(&streamed));
    distill_text_free(&whole);
    distill_text_free(&streamed);
    distill_ids_free(&ids);
    return same;
}

static void streaming_gives_whole_characters_and_the_same_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s/%s", FOLDERS[i],
                 i < FOLDER_COUNT - 1 ? "decode.jsonl" : "cases.jsonl");
        REQUIRE_SHARED(path, name);
        check_cases(loaded[i], path, streams_like_decoding);
    }
}

static void bytes_of_an_incomplete_character_are_held(void **state)
{
    (void)state;
    distill_tokenizer *tok = NULL;
    distill_text out = {0};
    tiny_model_write_tokenizer(scratch_folder());
    assert_ok(distill_tokenizer_load(&tok, scratch_folder())); // a token for each byte
    distill_detokenizer stream_of = {.tok = tok};
    static const struct {
        int32_t id;
        const char *text; // all text so far
    } steps[] = {{'a', "a"},
                 {0xE4, "a"},
                 {0xB8, "a"},
                 {0xAD, "a\xE4\xB8\xAD"},
                 {0xF0, "a\xE4\xB8\xAD"},
                 {0x9F, "a\xE4\xB8\xAD"},
                 {'b', "a\xE4\xB8\xAD\xEF\xBF\xBD\x62"},
                 {0xC3, "a\xE4\xB8\xAD\xEF\xBF\xBD\x62"}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_ok(distill_detokenizer_push(&stream_of, &out, steps[i].id));
        assert_string_equal(out.bytes, steps[i].text);
    }
    assert_ok(distill_detokenizer_end(&stream_of, &out));
    assert_string_equal(out.bytes, "a\xE4\xB8\xAD\xEF\xBF\xBD\x62\xEF\xBF\xBD");
    assert_fails(distill_detokenizer_push(&stream_of, &out, 100000), DISTILL_FORMAT, "100000");
    assert_fails(distill_detokenizer_push(&stream_of, &out, -1), DISTILL_FORMAT, "-1");
    stream_of.flags = DISTILL_SKIP_UNKNOWN;
    assert_ok(distill_detokenizer_push(&stream_of, &out, 100000));
    distill_text_free(&out);
    distill_tokenizer_free(tok);
}

// ------------------------------------------------------------------------------- special tokens

static const char SMALL[] =
    "{\"added_tokens\":["
    "{\"id\":7,\"content\":\"<s>\",\"special\":true,\"normalized\":false},"
    "{\"id\":8,\"content\":\"<|tool|>\",\"special\":false,\"normalized\":false},"
    "{\"id\":9,\"content\":\"<think>\",\"special\":false,\"normalized\":false},"
    "{\"id\":10,\"content\":\"<m>\",\"special\":true,\"lstrip\":true,\"rstrip\":true,"
    "\"normalized\":false},"
    "{\"id\":11,\"content\":\"ab\",\"special\":false,\"single_word\":true,\"normalized\":false}],"
    "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"_"
    "\"},"
    "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"_\"}]},"
    "\"pre_tokenizer\":null,"
    "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<"
    "s>\"}},"
    "{\"Sequence\":{\"id\":\"A\"}},{\"SpecialToken\":{\"id\":\"<m>\"}}],\"special_tokens\":{\"<s>"
    "\":"
    "{\"ids\":[7]},\"<m>\":{\"ids\":[10]}}},"
    "\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{"
    "\"String\":"
    "\"_\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},{\"type\":\"Strip\","
    "\"content\":\" \",\"start\":1,\"stop\":0}]},"
    "\"model\":{\"type\":\"BPE\",\"vocab\":{\"?\":0,\"_\":1,\"a\":2,\"b\":3,\"<\":4,\">\":5,\"_a\":"
    "6},"
    "\"merges\":[\"_ a\"],\"unk_token\":\"?\"}}";

static void assert_encodes(const distill_tokenizer *tok, const char *text, unsigned flags,
                           const char *expected)
{
    distill_ids ids = {0};
    distill_text got = {0};
    assert_ok(distill_tokenizer_encode(&ids, tok, text, strlen(text), flags));
    assert_ok(distill_text_add(&got, ""));
    for (size_t i = 0; i < ids.count; i++)
        assert_ok(distill_text_printf(&got, i > 0 ? " %d" : "%d", ids.at[i]));
    assert_string_equal(got.bytes, expected);
    distill_ids_free(&ids);
    distill_text_free(&got);
}

static void control_tokens_are_recognised_only_on_request(void **state)
{
    (void)state;
    distill_tokenizer *tok = NULL;
    assert_ok(distill_tokenizer_parse(&tok, SMALL, sizeof SMALL - 1, "small"));
    assert_encodes(tok, "a<s>a", DISTILL_PARSE_SPECIAL, "6 7 6");
    assert_encodes(tok, "a<s>a", DISTILL_PLAIN, "6 4 0 5 2");
    assert_encodes(tok, "<|tool|>", DISTILL_PARSE_SPECIAL, "8");
    assert_encodes(tok, "<|tool|>", DISTILL_PLAIN,
                   "1 4 0 0 0 0 0 0 5"); // a control token, although the file says otherwise
    assert_encodes(tok, "a<think>", DISTILL_PLAIN, "6 9"); // not a control token
    assert_encodes(tok, "a", DISTILL_ADD_SPECIAL, "7 6 10");
    assert_true(distill_tokenizer_is_special(tok, 7) && !distill_tokenizer_is_special(tok, 8));
    assert_int_equal(distill_tokenizer_size(tok), 12);
    assert_int_equal(distill_tokenizer_id(tok, "<think>"), 9);
    assert_int_equal(distill_tokenizer_id(tok, "_a"), 6);
    assert_int_equal(distill_tokenizer_id(tok, "nothing"), -1);
    distill_tokenizer_free(tok);
}

static void added_tokens_follow_lstrip_rstrip_and_single_word(void **state)
{
    (void)state;
    distill_tokenizer *tok = NULL;
    distill_text out = {0};
    assert_ok(distill_tokenizer_parse(&tok, SMALL, sizeof SMALL - 1, "small"));
    assert_encodes(tok, "a \t<m>\n a", DISTILL_PARSE_SPECIAL, "6 10 6");
    assert_encodes(tok, "ab aab ab", DISTILL_PLAIN, "11 1 6 2 3 1 11");
    const int32_t ids[] = {7, 6, 3, 1, 10, 2};
    assert_ok(distill_tokenizer_decode(&out, tok, ids, 6, DISTILL_SKIP_SPECIAL));
    assert_string_equal(out.bytes, "ab a");
    distill_text_clear(&out);
    assert_ok(distill_tokenizer_decode(&out, tok, ids, 6, 0));
    assert_string_equal(out.bytes, "<s> ab <m>a");
    distill_text_free(&out);
    distill_tokenizer_free(tok);
}

static void an_added_token_without_text_matches_nothing(void **state)
{
    (void)state;
    static const char json[] =
        "{\"added_tokens\":[{\"id\":1,\"content\":\"\",\"special\":true}],"
        "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},"
        "\"decoder\":{\"type\":\"ByteLevel\"},"
        "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}";
    distill_tokenizer *tok = NULL;
    distill_text out = {0};
    assert_ok(distill_tokenizer_parse(&tok, json, sizeof json - 1, "empty"));
    assert_encodes(tok, "aa", DISTILL_PARSE_SPECIAL, "0 0");
    const int32_t ids[] = {0, 1, 0};
    assert_ok(distill_tokenizer_decode(&out, tok, ids, 3, 0));
    assert_string_equal(out.bytes, "aa");
    distill_text_free(&out);
    distill_tokenizer_free(tok);
}

static void invalid_bytes_and_nuls_are_text(void **state)
{
    (void)state;
    distill_tokenizer *tok = NULL;
    distill_ids ids = {0};
    distill_text out = {0};
    tiny_model_write_tokenizer(scratch_folder());
    assert_ok(distill_tokenizer_load(&tok, scratch_folder()));
    assert_ok(distill_tokenizer_encode(&ids, tok, "a\0b\xFF", 4, DISTILL_PLAIN));
    assert_ok(distill_tokenizer_decode(&out, tok, ids.at, ids.count, 0));
    assert_int_equal(out.length, 6);
    assert_memory_equal(out.bytes, "a\0b\xEF\xBF\xBD", 6);
    ids.count = 0;
    assert_ok(distill_tokenizer_encode(&ids, tok, NULL, 0, DISTILL_PLAIN));
    assert_int_equal(ids.count, 0);
    distill_ids_free(&ids);
    distill_text_free(&out);
    distill_tokenizer_free(tok);
}

// --------------------------------------------------------------------------------------- others

typedef struct encoder {
    const distill_tokenizer *tok;
    const char *text;
    distill_ids ids;
    distill_status status;
} encoder;

static void *encode_often(void *context)
{
    encoder *e = context;
    for (int i = 0; i < 50 && e->status == DISTILL_OK; i++) {
        e->ids.count = 0;
        e->status =
            distill_tokenizer_encode(&e->ids, e->tok, e->text, strlen(e->text), DISTILL_PLAIN);
    }
    return NULL;
}

static void threads_share_a_tokenizer(void **state)
{
    (void)state;
    distill_tokenizer *tok = NULL;
    distill_ids alone = {0};
    pthread_t threads[4];
    encoder encoders[4];
    const char *text = "What is 12 + 30? The answer is forty-two, \xE4\xB8\xAD\xE6\x96\x87.";
    tiny_model_write_tokenizer(scratch_folder());
    assert_ok(distill_tokenizer_load(&tok, scratch_folder()));
    assert_ok(distill_tokenizer_encode(&alone, tok, text, strlen(text), DISTILL_PLAIN));
    for (int i = 0; i < 4; i++) {
        encoders[i] = (encoder){.tok = tok, .text = text};
        assert_int_equal(pthread_create(&threads[i], NULL, encode_often, &encoders[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(encoders[i].status, DISTILL_OK);
        assert_true(same_ids(&encoders[i].ids, &alone));
        distill_ids_free(&encoders[i].ids);
    }
    distill_ids_free(&alone);
    distill_tokenizer_free(tok);
}

#define MODEL "\"model\":{\"vocab\":{\"a\":0},\"merges\":[]}"
#define DECODER "\"decoder\":{\"type\":\"Fuse\"}"

static void invalid_files_are_rejected_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        distill_status status;
        const char *words;
    } cases[] = {
        {"", DISTILL_FORMAT, "name"},
        {"[1]", DISTILL_FORMAT, "an object"},
        {"{\"model\":\"\xE4\xB8\"}", DISTILL_FORMAT, "UTF-8"},
        {"{\"model\":\"\\ud800\"}", DISTILL_FORMAT, "name"},
        {"{}", DISTILL_FORMAT, "model"},
        {"{" MODEL "}", DISTILL_FORMAT, "type"},
        {"{" MODEL "," DECODER ",\"surprise\":1}", DISTILL_UNSUPPORTED, "surprise"},
        {"{" MODEL ",\"decoder\":{\"type\":\"WordPiece\"}}", DISTILL_UNSUPPORTED, "decoder"},
        {"{" MODEL ",\"decoder\":{\"type\":\"ByteLevel\"}}", DISTILL_UNSUPPORTED, "byte-level"},
        {"{" MODEL "," DECODER ",\"normalizer\":{\"type\":\"Lowercase\"}}", DISTILL_UNSUPPORTED,
         "normalizer"},
        {"{" MODEL "," DECODER
         ",\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"a\"},"
         "\"content\":\"b\"}}",
         DISTILL_UNSUPPORTED, "normalizer"},
        {"{" MODEL "," DECODER ",\"pre_tokenizer\":{\"type\":\"Whitespace\"}}", DISTILL_UNSUPPORTED,
         "Whitespace"},
        {"{" MODEL "," DECODER ",\"post_processor\":{\"type\":\"BertProcessing\"}}",
         DISTILL_UNSUPPORTED, "BertProcessing"},
        {"{" MODEL "," DECODER ",\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":"
         "[{\"SpecialToken\":{\"id\":\"<s>\"}}]}}",
         DISTILL_FORMAT, "<s>"},
        {"{" MODEL "," DECODER ",\"added_tokens\":[{\"id\":0,\"content\":\"b\"}]}", DISTILL_FORMAT,
         "another token"},
        {"{" MODEL "," DECODER ",\"added_tokens\":[{\"id\":9000000,\"content\":\"b\"}]}",
         DISTILL_FORMAT, "beyond"},
        {"{" MODEL "," DECODER ",\"added_tokens\":[{\"id\":1}]}", DISTILL_FORMAT, "content"},
        {"{" MODEL "," DECODER ",\"added_tokens\":{}}", DISTILL_FORMAT, "added_tokens"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_tokenizer *tok = NULL;
        assert_fails(distill_tokenizer_parse(&tok, cases[i].json, strlen(cases[i].json), "name"),
                     cases[i].status, cases[i].words);
        assert_null(tok);
    }
    distill_tokenizer *tok = NULL;
    assert_fails(distill_tokenizer_load(&tok, "/nowhere"), DISTILL_IO, "/nowhere");
    tiny_write_file(scratch_folder(), "tokenizer.json.zst", "not compressed");
    assert_ok(distill_remove_all(tiny_path("tokenizer.json")));
    assert_fails(distill_tokenizer_load(&tok, scratch_folder()), DISTILL_FORMAT, ".zst");
    assert_ok(distill_remove_all(tiny_path("tokenizer.json.zst")));
}

static void tokenizer_config_and_template_are_read(void **state)
{
    (void)state;
    distill_tokenizer *tok = NULL;
    tiny_write_file(scratch_folder(), "tokenizer.json", SMALL);
    tiny_write_file(scratch_folder(), "tokenizer_config.json",
                    "{\"bos_token\":{\"content\":\"<s>\"},\"eos_token\":\"<m>\",\"chat_template\":"
                    "[{\"name\":\"tools\",\"template\":\"t\"},{\"name\":\"default\",\"template\":"
                    "\"d\"}]}");
    assert_ok(distill_tokenizer_load(&tok, scratch_folder()));
    assert_int_equal(distill_tokenizer_bos(tok), 7);
    assert_int_equal(distill_tokenizer_eos(tok), 10);
    assert_string_equal(distill_tokenizer_chat_template(tok), "d");
    assert_int_equal(strlen(distill_tokenizer_sha256(tok)), 64);
    distill_tokenizer_free(tok);
    tiny_write_file(scratch_folder(), "chat_template.jinja", "the file's");
    assert_ok(distill_tokenizer_load(&tok, scratch_folder()));
    assert_string_equal(distill_tokenizer_chat_template(tok), "the file's");
    distill_tokenizer_free(tok);
    assert_ok(distill_remove_all(tiny_path("chat_template.jinja")));
}

/// Tokenizers of Llama's family add what add_bos_token and add_eos_token say; others do not read these.
static void the_config_decides_which_tokens_are_added(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        size_t count; // ids of "a" with special tokens
        int32_t first, last;
    } cases[] = {
        {"\"tokenizer_class\":\"LlamaTokenizerFast\",\"add_bos_token\":true", 2, 7, -1},
        {"\"tokenizer_class\":\"LlamaTokenizer\",\"add_bos_token\":true,\"add_eos_token\":true", 3,
         7, 10},
        {"\"tokenizer_class\":\"LlamaTokenizerFast\",\"add_bos_token\":false", 1, -1, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_tokenizer *tok = NULL;
        distill_ids ids = {0};
        char text[300];
        snprintf(text, sizeof text, "{\"bos_token\":\"<s>\",\"eos_token\":\"<m>\",%s}",
                 cases[i].config);
        tiny_write_file(scratch_folder(), "tokenizer.json", SMALL);
        tiny_write_file(scratch_folder(), "tokenizer_config.json", text);
        assert_ok(distill_tokenizer_load(&tok, scratch_folder()));
        assert_ok(distill_tokenizer_encode(&ids, tok, "a", 1, DISTILL_ADD_SPECIAL));
        assert_int_equal(ids.count, cases[i].count);
        assert_true(cases[i].first < 0 || ids.at[0] == cases[i].first);
        assert_true(cases[i].last < 0 || ids.at[ids.count - 1] == cases[i].last);
        distill_ids_free(&ids);
        distill_tokenizer_free(tok);
    }
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 500; n++) {
        distill_tokenizer *tok = NULL;
        distill_ids ids = {0};
        distill_allocation_fail_at(n);
        distill_status status = distill_tokenizer_parse(&tok, SMALL, sizeof SMALL - 1, "small");
        if (status == DISTILL_OK)
            status = distill_tokenizer_encode(&ids, tok, "a b<s>\xFF", 7, DISTILL_PARSE_SPECIAL);
        distill_allocation_fail_at(0);
        distill_ids_free(&ids);
        distill_tokenizer_free(tok);
        if (status == DISTILL_OK)
            return; // fewer than n allocations
    }
    fail_msg("it still failed after 500 allocations");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_encodings_are_reproduced),
        cmocka_unit_test(reference_decodings_are_reproduced),
        cmocka_unit_test(streaming_gives_whole_characters_and_the_same_text),
        cmocka_unit_test(bytes_of_an_incomplete_character_are_held),
        cmocka_unit_test(control_tokens_are_recognised_only_on_request),
        cmocka_unit_test(added_tokens_follow_lstrip_rstrip_and_single_word),
        cmocka_unit_test(an_added_token_without_text_matches_nothing),
        cmocka_unit_test(invalid_bytes_and_nuls_are_text),
        cmocka_unit_test(threads_share_a_tokenizer),
        cmocka_unit_test(invalid_files_are_rejected_with_their_place),
        cmocka_unit_test(tokenizer_config_and_template_are_read),
        cmocka_unit_test(the_config_decides_which_tokens_are_added),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, load_all, free_all);
}
