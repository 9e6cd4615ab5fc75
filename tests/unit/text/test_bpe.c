// tests/unit/text/test_bpe.c - byte-pair encoding, compared with its definition, for short and long
// words.
#include "distill/text/tokenizer/bpe.h"
#include "tests/support/unit.h"

#include <stdlib.h>

/// Merges in random order: all pairs of the letters a, b, c, and some pairs of their results.
typedef struct merges {
    char left[64][20], right[64][20];
    size_t count;
} merges;

static void random_merges(merges *out, unsigned *seed)
{
    char tokens[80][20] = {"a", "b", "c"};
    size_t count = 3;
    out->count = 0;
    while (out->count < 24) {
        const char *left = tokens[(unsigned)rand_r(seed) % count];
        const char *right = tokens[(unsigned)rand_r(seed) % count];
        char joined[40];
        snprintf(joined, sizeof joined, "%s%s", left, right);
        bool known = strlen(joined) >= 19;
        for (size_t i = 0; i < count && !known; i++)
            known = strcmp(tokens[i], joined) == 0;
        if (known)
            continue;
        strcpy(out->left[out->count], left);
        strcpy(out->right[out->count++], right);
        strcpy(tokens[count++], joined);
    }
}

/// Writes {"type":"BPE","vocab":...,"merges":...}: ids 0, 1, 2 for the letters, then one per merge.
static void write_model(distill_text *out, const merges *m, bool as_pairs)
{
    assert_ok(distill_text_add(out, "{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"c\":2"));
    for (size_t i = 0; i < m->count; i++)
        assert_ok(distill_text_printf(out, ",\"%s%s\":%zu", m->left[i], m->right[i], i + 3));
    assert_ok(distill_text_add(out, "},\"merges\":["));
    for (size_t i = 0; i < m->count; i++)
        assert_ok(distill_text_printf(out, as_pairs ? "%s[\"%s\",\"%s\"]" : "%s\"%s %s\"",
                                      i > 0 ? "," : "", m->left[i], m->right[i]));
    assert_ok(distill_text_add(out, "]}"));
}

/// The definition: while there are neighbours that merge, merge those with the lowest rank, the
/// leftmost first.
static size_t merge_by_definition(int32_t *ids, size_t count, const merges *m)
{
    static char names[64][40] = {"a", "b", "c"};
    for (size_t i = 0; i < m->count; i++)
        snprintf(names[i + 3], sizeof names[0], "%s%s", m->left[i], m->right[i]);
    for (size_t rank = 0; rank < m->count;) {
        size_t at = 0;
        while (at + 1 < count && (strcmp(names[ids[at]], m->left[rank]) != 0 ||
                                  strcmp(names[ids[at + 1]], m->right[rank]) != 0))
            at++;
        if (at + 1 >= count) {
            rank++;
            continue;
        }
        ids[at] = (int32_t)rank + 3;
        memmove(ids + at + 1, ids + at + 2, (count - at - 2) * sizeof *ids);
        count--;
        rank = 0;
    }
    return count;
}

static void load(bpe **table, const char *json, bool byte_level)
{
    distill_json *doc = NULL;
    assert_ok(distill_json_parse(&doc, json, strlen(json), "test"));
    assert_ok(bpe_load(table, doc, distill_json_root(doc), byte_level));
    distill_json_free(doc);
}

static void words_of_any_length_merge_as_defined(void **state)
{
    (void)state;
    unsigned seed = 3;
    for (int round = 0; round < 200; round++) {
        merges m;
        bpe *table = NULL;
        bpe_work work = {0};
        distill_text model = {0};
        distill_ids ids = {0};
        char word[200];
        int32_t expected[200];
        size_t length = 1 + (unsigned)rand_r(&seed) % (round % 2 == 0 ? 40 : 199);
        random_merges(&m, &seed);
        write_model(&model, &m, round % 3 == 0);
        load(&table, model.bytes, true);
        for (size_t i = 0; i < length; i++) {
            expected[i] = rand_r(&seed) % 3;
            word[i] = (char)('a' + expected[i]);
        }
        size_t count = merge_by_definition(expected, length, &m);
        assert_ok(bpe_encode(&ids, table, &work, word, length));
        assert_int_equal(ids.count, count);
        assert_memory_equal(ids.at, expected, count * sizeof *expected);
        distill_ids_free(&ids);
        distill_text_free(&model);
        bpe_work_free(&work);
        bpe_free(table);
    }
}

static void assert_ids(const char *json, bool byte_level, const char *word, const char *expected)
{
    bpe *table = NULL;
    bpe_work work = {0};
    distill_ids ids = {0};
    distill_text got = {0};
    load(&table, json, byte_level);
    assert_ok(bpe_encode(&ids, table, &work, word, strlen(word)));
    assert_ok(distill_text_add(&got, ""));
    for (size_t i = 0; i < ids.count; i++)
        assert_ok(distill_text_printf(&got, i > 0 ? " %d" : "%d", ids.at[i]));
    assert_string_equal(got.bytes, expected);
    distill_text_free(&got);
    distill_ids_free(&ids);
    bpe_work_free(&work);
    bpe_free(table);
}

static void characters_without_a_token_fall_back(void **state)
{
    (void)state;
#define LETTERS "\"<unk>\":0,\"a\":1,\"<0xC3>\":2,\"<0xA9>\":3"
    const char *bytes = "{\"vocab\":{" LETTERS "},\"merges\":[],\"unk_token\":\"<unk>\","
                        "\"byte_fallback\":true,\"fuse_unk\":true}";
    const char *fused = "{\"vocab\":{" LETTERS "},\"merges\":[],\"unk_token\":\"<unk>\","
                        "\"fuse_unk\":true}";
    const char *apart = "{\"vocab\":{" LETTERS "},\"merges\":[],\"unk_token\":\"<unk>\"}";
    const char *dropped = "{\"vocab\":{" LETTERS "},\"merges\":[]}";
    assert_ids(bytes, false, "a\xC3\xA9yza", "1 2 3 0 1");
    assert_ids(fused, false, "a\xC3\xA9yza", "1 0 1");
    assert_ids(apart, false, "a\xC3\xA9yza", "1 0 0 0 1");
    assert_ids(dropped, false, "a\xC3\xA9yza", "1 1");
}

static void a_whole_word_may_take_precedence_over_merges(void **state)
{
    (void)state;
#define WORDS "\"vocab\":{\"a\":0,\"b\":1,\"ab\":2,\"aba\":3},\"merges\":[\"a b\"]"
    assert_ids("{" WORDS ",\"ignore_merges\":true}", true, "aba", "3");
    assert_ids("{" WORDS ",\"ignore_merges\":false}", true, "aba", "2 0");
}

static void splitting_before_marks_is_allowed_only_if_no_merge_crosses(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        bool cuts;
    } cases[] = {
        {"{\"vocab\":{\"_\":0,\"a\":1,\"_a\":2,\"__\":3},\"merges\":[\"_ a\",\"_ _\"]}", true},
        {"{\"vocab\":{\"_\":0,\"a\":1,\"a_\":2},\"merges\":[\"a _\"]}", false},
        {"{\"vocab\":{\"a\":1},\"merges\":[]}", false},
        {"{\"vocab\":{\"_\":0,\"a\":1},\"merges\":[],\"ignore_merges\":true}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bpe *table = NULL;
        load(&table, cases[i].json, false);
        assert_int_equal(bpe_cuts_before(table, distill_span_of("_")), cases[i].cuts);
        bpe_free(table);
    }
}

static void invalid_models_are_rejected_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        distill_status status;
        const char *words;
    } cases[] = {
        {"[]", DISTILL_FORMAT, "model"},
        {"{\"type\":\"Unigram\",\"vocab\":[]}", DISTILL_UNSUPPORTED, "Unigram"},
        {"{\"vocab\":{\"a\":0},\"merges\":[],\"dropout\":0.1}", DISTILL_UNSUPPORTED, "dropout"},
        {"{\"vocab\":{\"a\":0},\"merges\":[],\"continuing_subword_prefix\":\"##\"}",
         DISTILL_UNSUPPORTED, "continuing_subword_prefix"},
        {"{\"vocab\":{\"a\":0},\"merges\":[],\"novelty\":1}", DISTILL_UNSUPPORTED, "novelty"},
        {"{\"vocab\":{\"a\":0}}", DISTILL_FORMAT, "merges"},
        {"{\"merges\":[]}", DISTILL_FORMAT, "tokens"},
        {"{\"vocab\":{\"a\":-1},\"merges\":[]}", DISTILL_FORMAT, "id"},
        {"{\"vocab\":{\"a\":1.5},\"merges\":[]}", DISTILL_FORMAT, "id"},
        {"{\"vocab\":{\"a\":1e30},\"merges\":[]}", DISTILL_FORMAT, "id"},
        {"{\"vocab\":{\"a\":16000000},\"merges\":[]}", DISTILL_FORMAT, "ids up to"},
        {"{\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}", DISTILL_FORMAT, "twice"},
        {"{\"vocab\":{\"a\":\"0\"},\"merges\":[]}", DISTILL_FORMAT, "id"},
        {"{\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}", DISTILL_FORMAT, "\"b\""},
        {"{\"vocab\":{\"a\":0},\"merges\":[\"a a\"]}", DISTILL_FORMAT, "the result of this merge"},
        {"{\"vocab\":{\"a\":0},\"merges\":[\"a\"]}", DISTILL_FORMAT, "expected"},
        {"{\"vocab\":{\"a\":0},\"merges\":[[\"a\"]]}", DISTILL_FORMAT, "expected"},
        {"{\"vocab\":{\"a\":0},\"merges\":[7]}", DISTILL_FORMAT, "expected"},
        {"{\"vocab\":{\"a\":0},\"merges\":[],\"unk_token\":\"u\"}", DISTILL_FORMAT, "unk_token"},
        {"{\"vocab\":{\"a\":0},\"merges\":[],\"fuse_unk\":1}", DISTILL_FORMAT, "fuse_unk"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_json *doc = NULL;
        bpe *table = NULL;
        assert_ok(distill_json_parse(&doc, cases[i].json, strlen(cases[i].json), "test"));
        assert_fails(bpe_load(&table, doc, distill_json_root(doc), false), cases[i].status,
                     cases[i].words);
        assert_null(table);
        distill_json_free(doc);
    }
}

static void every_byte_has_a_spelling_of_its_own(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        distill_text spelled = {0}, back = {0};
        char raw = (char)byte;
        bool whole;
        assert_ok(vocabulary_spell(&spelled, (distill_span){&raw, 1}));
        assert_ok(vocabulary_unspell(&back, &whole, distill_text_span(&spelled)));
        assert_true(whole && back.length == 1 && back.bytes[0] == raw);
        distill_text_free(&spelled);
        distill_text_free(&back);
    }
    distill_text spelled = {0};
    assert_ok(vocabulary_spell(&spelled, (distill_span){" \n\xAD!", 4}));
    assert_string_equal(spelled.bytes, "\xC4\xA0\xC4\x8A\xC5\x83!"); // as in GPT-2's vocabulary
    distill_text_free(&spelled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_any_length_merge_as_defined),
        cmocka_unit_test(characters_without_a_token_fall_back),
        cmocka_unit_test(a_whole_word_may_take_precedence_over_merges),
        cmocka_unit_test(splitting_before_marks_is_allowed_only_if_no_merge_crosses),
        cmocka_unit_test(invalid_models_are_rejected_with_their_place),
        cmocka_unit_test(every_byte_has_a_spelling_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
