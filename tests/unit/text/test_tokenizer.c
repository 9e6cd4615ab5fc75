// The published tokenizers against reference encodings, and what streaming promises.
#include "distill/base/file.h"
#include "distill/base/json.h"
#include "distill/text/tokenizer.h"
#include "tests/support/shared_data.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <stdio.h>
#include <string.h>

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

/// Calls `check` for each line of a JSON lines file; it returns true if the case is right.
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_encodings_are_reproduced),
        cmocka_unit_test(reference_decodings_are_reproduced),
    };
    return cmocka_run_group_tests(tests, load_all, free_all);
}
