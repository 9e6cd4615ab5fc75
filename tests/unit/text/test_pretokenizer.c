// tests/unit/text/test_pretokenizer.c - words of the published kinds of pre-tokenizers, and
// settings that are rejected.
#include "distill/text/tokenizer/pretokenizer.h"
#include "tests/support/unit.h"

static distill_status add_word(void *context, const char *word, size_t length)
{
    distill_text *out = context;
    distill_status status = DISTILL_OK;
    if (out->length > 0)
        TRY(distill_text_add_char(out, '|'));
    TRY(distill_text_append(out, word, length));
done:
    return status;
}

/// Splits `text` as specified by `json`; returns the words separated by "|".
static distill_status cut(distill_text *out, const char *json, const char *text)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    pretokenizer *pre = NULL;
    pretokenizer_work *work = NULL;
    bool byte_level;
    TRY(distill_text_add(out, ""));
    TRY(distill_json_parse(&doc, json, strlen(json), "test"));
    TRY(pretokenizer_load(&pre, &byte_level, doc, distill_json_root(doc)));
    TRY(pretokenizer_work_create(&work));
    TRY(pretokenizer_run(pre, work, distill_span_of(text), true, add_word, out));
done:
    pretokenizer_work_free(work);
    pretokenizer_free(pre);
    distill_json_free(doc);
    return status;
}

static void assert_words(const char *json, const char *text, const char *words)
{
    distill_text out = {0};
    assert_ok(cut(&out, json, text));
    assert_string_equal(out.bytes, words);
    distill_text_free(&out);
}

#define SPLIT(pattern, behavior, invert)                                                           \
    "{\"type\":\"Split\",\"pattern\":" pattern ",\"behavior\":\"" behavior "\",\"invert\":" invert \
    "}"
#define DASH "{\"String\":\"-\"}"

static void a_split_joins_its_pieces_as_the_behaviour_says(void **state)
{
    (void)state;
    // The examples of Hugging Face's documentation of SplitDelimiterBehavior.
    const char *text = "the-final--countdown";
    assert_words(SPLIT(DASH, "Removed", "false"), text, "the|final|countdown");
    assert_words(SPLIT(DASH, "Isolated", "false"), text, "the|-|final|-|-|countdown");
    assert_words(SPLIT(DASH, "MergedWithPrevious", "false"), text, "the-|final-|-|countdown");
    assert_words(SPLIT(DASH, "MergedWithNext", "false"), text, "the|-final|-|-countdown");
    assert_words(SPLIT(DASH, "Contiguous", "false"), text, "the|-|final|--|countdown");
    assert_words(SPLIT(DASH, "Removed", "true"), text, "-|-|-");
    assert_words(SPLIT("{\"Regex\":\"\\\\p{L}+\"}", "Isolated", "true"), "ab12c", "ab|12|c");
}

static void byte_level_splits_as_gpt2_does(void **state)
{
    (void)state;
    const char *plain = "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":true}";
    assert_words(plain, "I'm  here,  20x\n\n now", "I|'m| | here|,| | 20|x|\n\n| now");
    assert_words("{\"type\":\"ByteLevel\",\"add_prefix_space\":true}", "Hi you", " Hi| you");
    assert_words("{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":false}",
                 "Hi you", "Hi you");
}

static void digits_are_split_singly_or_in_runs(void **state)
{
    (void)state;
    assert_words("{\"type\":\"Digits\",\"individual_digits\":true}", "a123b", "a|1|2|3|b");
    assert_words("{\"type\":\"Digits\",\"individual_digits\":false}", "a123b", "a|123|b");
}

static void metaspace_replaces_spaces_and_splits_before_them(void **state)
{
    (void)state;
    const char *always = "{\"type\":\"Metaspace\",\"replacement\":\"_\",\"prepend_scheme\":"
                         "\"always\"}";
    const char *never =
        "{\"type\":\"Metaspace\",\"replacement\":\"_\",\"prepend_scheme\":\"never\","
        "\"split\":false}";
    const char *old = "{\"type\":\"Metaspace\",\"replacement\":\"_\",\"add_prefix_space\":false}";
    assert_words(always, "Hi  you", "_Hi|_|_you");
    assert_words(always, " Hi", "_Hi");
    assert_words(never, "Hi you", "Hi_you");
    assert_words(old, "Hi you", "Hi|_you");
}

static void a_stage_receives_one_piece_at_a_time(void **state)
{
    (void)state;
    // \s+(?!\S) has a look-ahead: within a separate piece, nothing follows.
    assert_words(
        "{\"type\":\"Sequence\",\"pretokenizers\":[" SPLIT(
            "{\"Regex\":\"\\\\p{N}\"}", "Isolated",
            "false") "," SPLIT("{\"Regex\":\"\\\\s+(?!\\\\S)|\\\\s+\"}", "Isolated", "false") "]}",
        "a  1  b", "a|  |1| | |b");
}

static void white_space_is_that_of_oniguruma(void **state)
{
    (void)state;
    // U+180E is white space to PCRE2's \s, not to Unicode since 6.3; U+0085 is.
    assert_words(SPLIT("{\"Regex\":\"\\\\s\"}", "Isolated", "false"), "a\xE1\xA0\x8E b\xC2\x85",
                 "a\xE1\xA0\x8E| |b|\xC2\x85");
    assert_words(SPLIT("{\"Regex\":\"[^\\\\s]+\"}", "Isolated", "false"), "a\xE1\xA0\x8E b",
                 "a\xE1\xA0\x8E| |b");
}

static void unsupported_settings_are_rejected_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        distill_status status;
        const char *words;
    } cases[] = {
        {"{\"type\":\"BertPreTokenizer\"}", DISTILL_UNSUPPORTED, "BertPreTokenizer"},
        {"{\"type\":\"Digits\",\"size\":3}", DISTILL_UNSUPPORTED, "size"},
        {"{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},\"behavior\":\"Isolated\"}",
         DISTILL_FORMAT, "pattern"},
        {"{\"type\":\"Split\",\"pattern\":{\"Regex\":\"[a&&[b]]\"},\"behavior\":\"Isolated\"}",
         DISTILL_UNSUPPORTED, "&&"},
        {"{\"type\":\"Split\",\"pattern\":{\"Regex\":\"a\"},\"behavior\":\"Sideways\"}",
         DISTILL_UNSUPPORTED, "Sideways"},
        {"{\"type\":\"Split\",\"pattern\":{\"String\":\"\"},\"behavior\":\"Isolated\"}",
         DISTILL_FORMAT, "empty"},
        {"{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"ByteLevel\"},{\"type\":"
         "\"Digits\"}]}",
         DISTILL_UNSUPPORTED, "ByteLevel"},
        {"{\"type\":\"Metaspace\",\"replacement\":\"ab\"}", DISTILL_FORMAT, "replacement"},
        {"{\"type\":7}", DISTILL_FORMAT, "type"},
        {"[]", DISTILL_FORMAT, "type"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_text out = {0};
        assert_fails(cut(&out, cases[i].json, "text"), cases[i].status, cases[i].words);
        distill_text_free(&out);
    }
}

static void a_pattern_with_too_many_steps_is_stopped(void **state)
{
    (void)state;
    distill_text out = {0};
    assert_fails(cut(&out, SPLIT("{\"Regex\":\"(a+)+$\"}", "Isolated", "false"),
                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
                 DISTILL_LIMIT, "failed on");
    distill_text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_split_joins_its_pieces_as_the_behaviour_says),
        cmocka_unit_test(byte_level_splits_as_gpt2_does),
        cmocka_unit_test(digits_are_split_singly_or_in_runs),
        cmocka_unit_test(metaspace_replaces_spaces_and_splits_before_them),
        cmocka_unit_test(a_stage_receives_one_piece_at_a_time),
        cmocka_unit_test(white_space_is_that_of_oniguruma),
        cmocka_unit_test(unsupported_settings_are_rejected_with_their_place),
        cmocka_unit_test(a_pattern_with_too_many_steps_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
