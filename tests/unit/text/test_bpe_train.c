// tests/unit/text/test_bpe_train.c - training learns frequent pairs, is deterministic, and writes
// files that can be loaded.
#include "distill/base/file.h"
#include "distill/text/chat/chat_template.h"
#include "distill/text/tokenizer/train/bpe_train.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static const char *folder(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_folder(), name);
    return path;
}

static distill_status train(size_t *size, const char *const *texts, size_t count,
                            size_t vocabulary_size, const char *dir, bool overwrite)
{
    distill_status status = DISTILL_OK;
    distill_bpe_trainer *trainer = NULL;
    TRY(distill_bpe_trainer_create(&trainer));
    for (size_t i = 0; i < count; i++)
        TRY(distill_bpe_trainer_add(trainer, texts[i], strlen(texts[i])));
    TRY(distill_bpe_trainer_write(size, trainer, vocabulary_size, dir, overwrite));
done:
    distill_bpe_trainer_free(trainer);
    return status;
}

static const char *const TEXTS[] = {"the sum of 12 and 30 is 42", "the sum is the answer",
                                    "so the answer is 42 <think>the<|im_end|>"};
enum { TEXT_COUNT = 3 };

static void frequent_pairs_become_tokens(void **state)
{
    (void)state;
    size_t size = 0;
    distill_tokenizer *tok = NULL;
    distill_ids ids = {0};
    const char *text = "the sum<think>42</think><|im_end|>";
    assert_ok(train(&size, TEXTS, TEXT_COUNT, 275, folder("a"), false));
    assert_int_equal(size, 275);
    assert_ok(distill_tokenizer_load(&tok, folder("a")));
    assert_int_equal(distill_tokenizer_size(tok), size);
    assert_int_not_equal(distill_tokenizer_id(tok, "the"), -1);
    assert_int_not_equal(distill_tokenizer_id(tok, " sum"), -1);
    assert_int_equal(distill_tokenizer_id(tok, "42"), -1); // each digit is a word
    assert_int_equal(distill_tokenizer_id(tok, "!"), 0);   // GPT-2's order of bytes
    assert_ok(distill_tokenizer_encode(&ids, tok, text, strlen(text), DISTILL_PARSE_SPECIAL));
    assert_int_equal(ids.count, 7);
    assert_int_equal(ids.at[0], distill_tokenizer_id(tok, "the"));
    assert_int_equal(ids.at[1], distill_tokenizer_id(tok, " sum"));
    assert_int_equal(ids.at[2], distill_tokenizer_id(tok, "<think>"));
    assert_false(distill_tokenizer_is_special(tok, ids.at[2]));
    assert_true(distill_tokenizer_is_special(tok, ids.at[6]));
    assert_int_equal(ids.at[6], distill_tokenizer_eos(tok));
    distill_ids_free(&ids);
    distill_tokenizer_free(tok);
}

static void any_text_is_decoded_to_itself(void **state)
{
    (void)state;
    size_t size;
    distill_tokenizer *tok = NULL;
    distill_ids ids = {0};
    distill_text back = {0};
    unsigned seed = 5;
    char text[4001];
    for (size_t i = 0; i < 4000; i++)
        text[i] = (char)(rand_r(&seed) % 3 == 0 ? ' ' + rand_r(&seed) % 90 : "the sum"[i % 7]);
    text[4000] = '\0';
    assert_ok(train(&size, TEXTS, TEXT_COUNT, 300, folder("b"), false));
    assert_ok(distill_tokenizer_load(&tok, folder("b")));
    assert_ok(distill_tokenizer_encode(&ids, tok, text, 4000, DISTILL_PLAIN));
    assert_ok(distill_tokenizer_decode(&back, tok, ids.at, ids.count, 0));
    assert_string_equal(back.bytes, text);
    distill_ids_free(&ids);
    distill_text_free(&back);
    distill_tokenizer_free(tok);
}

static void the_written_chat_template_is_recognised(void **state)
{
    (void)state;
    size_t size;
    distill_tokenizer *tok = NULL;
    distill_chat *chat = NULL;
    assert_ok(train(&size, TEXTS, TEXT_COUNT, 270, folder("c"), false));
    assert_ok(distill_tokenizer_load(&tok, folder("c")));
    assert_ok(distill_chat_open(&chat, tok, &(distill_chat_options){.chat_template = "auto"}));
    assert_string_equal(distill_chat_think_prefix(chat), "");
    assert_int_equal(distill_chat_end_of_turn(chat), distill_tokenizer_id(tok, "<|im_end|>"));
    distill_chat_close(chat);
    distill_tokenizer_free(tok);
}

static void assert_same_file(const char *a, const char *b)
{
    distill_text left = {0}, right = {0};
    assert_ok(distill_file_read(&left, a, 1 << 24));
    assert_ok(distill_file_read(&right, b, 1 << 24));
    assert_true(distill_span_equal(distill_text_span(&left), distill_text_span(&right)));
    distill_text_free(&left);
    distill_text_free(&right);
}

static void the_same_text_gives_the_same_files(void **state)
{
    (void)state;
    size_t size;
    // The result depends on counts, not on the order of texts.
    const char *const turned[] = {TEXTS[2], TEXTS[0], TEXTS[1]};
    assert_ok(train(&size, TEXTS, TEXT_COUNT, 275, folder("d"), false));
    assert_ok(train(&size, turned, TEXT_COUNT, 275, folder("e"), false));
    assert_same_file(folder("d/tokenizer.json"), folder("e/tokenizer.json"));
    assert_same_file(folder("d/tokenizer_config.json"), folder("e/tokenizer_config.json"));
}

static void another_tokenizer_is_not_overwritten_by_default(void **state)
{
    (void)state;
    size_t size;
    assert_ok(train(&size, TEXTS, TEXT_COUNT, 270, folder("f"), false));
    assert_ok(train(&size, TEXTS, TEXT_COUNT, 270, folder("f"), false)); // the same files exist
    assert_fails(train(&size, TEXTS, TEXT_COUNT, 275, folder("f"), false), DISTILL_MISMATCH,
                 "--overwrite");
    assert_ok(train(&size, TEXTS, TEXT_COUNT, 275, folder("f"), true));
}

static void training_ends_when_no_pair_repeats(void **state)
{
    (void)state;
    size_t size;
    const char *const once[] = {"abcdefg", ""};
    assert_ok(train(&size, once, 2, 1000, folder("g"), false));
    assert_int_equal(size, DISTILL_BPE_TRAIN_MIN);
    assert_fails(train(&size, once, 2, 100, folder("h"), false), DISTILL_USAGE, "261");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frequent_pairs_become_tokens),
        cmocka_unit_test(any_text_is_decoded_to_itself),
        cmocka_unit_test(the_written_chat_template_is_recognised),
        cmocka_unit_test(the_same_text_gives_the_same_files),
        cmocka_unit_test(another_tokenizer_is_not_overwritten_by_default),
        cmocka_unit_test(training_ends_when_no_pair_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
