// tests/unit/student/test_training_data.c - where the reply begins, what is learned, and errors
// that name the line.
#include "datasets/prompts/builtin_tasks.h"
#include "datasets/traces/trace_store.h"
#include "distill/base/file.h"
#include "student/training_data.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

#include <stdlib.h>

typedef struct fixture {
    char dir[256], file[300];
    distill_tokenizer *tokenizer;
    distill_chat *chat;
    training_reading reading;
    training_data data;
} fixture;

static int begin(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->dir, sizeof f->dir, "%s/tokenizer", scratch_folder());
    snprintf(f->file, sizeof f->file, "%s/data.jsonl", f->dir);
    assert_ok(distill_make_directory(f->dir));
    tiny_model_write_tokenizer(f->dir);
    assert_ok(distill_tokenizer_load(&f->tokenizer, f->dir));
    assert_ok(distill_chat_open(&f->chat, f->tokenizer,
                                &(distill_chat_options){.chat_template = "chatml"}));
    f->reading = (training_reading){.tokenizer = f->tokenizer, .chat = f->chat, .vocabulary = 320};
    *state = f;
    return 0;
}

static int end(void **state)
{
    fixture *f = *state;
    training_data_free(&f->data);
    distill_chat_close(f->chat);
    distill_tokenizer_free(f->tokenizer);
    free(f);
    return 0;
}

static distill_status read_text(fixture *f, const char *text)
{
    tiny_write_file(f->dir, "data.jsonl", text);
    training_data_free(&f->data);
    return training_data_add(&f->data, f->file, &f->reading);
}

// The text of tokens first … last-1 of a document, special tokens written out.
static const char *text_of(const fixture *f, size_t document, size_t first, size_t last)
{
    static distill_text out;
    const training_document *d = &f->data.documents[document];
    distill_text_clear(&out);
    static distill_ids plain;
    plain.count = 0;
    for (size_t i = first; i < last; i++)
        assert_ok(distill_ids_append(&plain, f->data.tokens.at[d->first + i] & ~TRAINING_LEARNED));
    assert_ok(distill_tokenizer_decode(&out, f->tokenizer, plain.at, plain.count, DISTILL_PLAIN));
    return out.bytes;
}

static const char *prompt_of(const fixture *f, size_t document)
{
    return text_of(f, document, 0, f->data.documents[document].prompt);
}

static const char *reply_of(const fixture *f, size_t document)
{
    const training_document *d = &f->data.documents[document];
    return text_of(f, document, d->prompt, d->length);
}

static void a_pair_is_rendered_and_split(void **state)
{
    fixture *f = *state;
    assert_ok(read_text(f, "{\"prompt\":\"1+1?\",\"response\":\"<think>\\neasy\\n</think>\\n2\"}\n"
                           "\n" // empty lines are skipped
                           "{\"problem\":\"<|im_end|>\",\"completion\":\"no\"}\n"));
    assert_int_equal(f->data.count, 2);
    assert_non_null(strstr(prompt_of(f, 0), "<|im_start|>user\n1+1?<|im_end|>\n"
                                            "<|im_start|>assistant\n"));
    const char *reply = reply_of(f, 0);
    assert_ptr_equal(strstr(reply, "<think>\neasy\n</think>\n2<|im_end|>"), reply);
    const training_document *d = &f->data.documents[1];
    assert_int_equal(d->number, 3);
    // the user's text never becomes a special token: only the template's own <|im_end|> are
    size_t ends = 0;
    for (size_t i = 0; i < d->prompt; i++)
        ends += (f->data.tokens.at[d->first + i] & ~TRAINING_LEARNED) == TINY_IM_END;
    assert_non_null(strstr(prompt_of(f, 1), "user\n<|im_end|><|im_end|>"));
    assert_int_equal(ends, strstr(prompt_of(f, 1), "system") != NULL ? 2 : 1);
    assert_int_equal(d->targets, 3); // n, o, end of turn
}

static void the_end_of_turn_is_learned_unless_the_reply_was_cut(void **state)
{
    fixture *f = *state;
    assert_ok(read_text(f, "{\"prompt\":\"p\",\"response\":\"done\",\"finish\":\"stop\"}\n"
                           "{\"prompt\":\"p\",\"response\":\"cut\",\"finish\":\"length\"}\n"
                           "{\"prompt\":\"p\",\"response\":\"\",\"finish\":\"error\"}\n"
                           "{\"prompt\":\"p\",\"response\":\"  \"}\n"));
    assert_int_equal(f->data.count, 2);
    assert_int_equal(f->data.left_out, 2);
    const training_document *done = &f->data.documents[0], *cut = &f->data.documents[1];
    // the tiny tokenizer's pad token is the end of turn, as in Qwen's base models: it is learned
    // too
    bool ended = false;
    for (size_t i = done->prompt; i < done->length; i++)
        ended = ended || (f->data.tokens.at[done->first + i] & ~TRAINING_LEARNED) == TINY_IM_END;
    assert_true(ended);
    assert_string_equal(reply_of(f, 1), "cut");
    assert_int_equal(cut->targets, 3);
}

static void the_last_turn_of_a_conversation_is_learned(void **state)
{
    fixture *f = *state;
    f->reading.turns = LEARN_TURNS_LAST;
    assert_ok(read_text(
        f, "{\"messages\":[{\"role\":\"system\",\"content\":\"S\"},{\"role\":\"user\",\"content\":"
           "\"A\"},{\"role\":\"assistant\",\"content\":\"B\"},{\"role\":\"user\",\"content\":\"C\"}"
           ",{\"role\":\"assistant\",\"content\":\"D\",\"reasoning_content\":\"why\"}]}\n"
           "{\"conversations\":[{\"from\":\"human\",\"value\":\"Q\"},{\"from\":\"gpt\",\"value\":"
           "\"R\"}]}\n"));
    assert_string_equal(prompt_of(f, 0),
                        "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nA<|im_end|>\n"
                        "<|im_start|>assistant\nB<|im_end|>\n<|im_start|>user\nC<|im_end|>\n"
                        "<|im_start|>assistant\n");
    assert_non_null(strstr(reply_of(f, 0), "<think>\nwhy\n</think>\n\nD<|im_end|>"));
    assert_non_null(strstr(reply_of(f, 1), "R<|im_end|>"));
}

/// The learned tokens of a document as text, one range after the other with a bar between them.
static const char *learned_of(const fixture *f, size_t document)
{
    static distill_text out;
    const training_document *d = &f->data.documents[document];
    distill_text_clear(&out);
    for (size_t i = 0; i < d->length; i++) {
        size_t end = i;
        while (end < d->length && (f->data.tokens.at[d->first + end] & TRAINING_LEARNED) != 0)
            end++;
        if (end == i)
            continue;
        assert_ok(distill_text_add(&out, out.length > 0 ? "|" : ""));
        assert_ok(distill_text_add(&out, text_of(f, document, i, end)));
        i = end;
    }
    return out.bytes;
}

static void all_turns_of_a_conversation_are_learned(void **state)
{
    fixture *f = *state;
    static const char talk[] =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"A\"},{\"role\":\"assistant\",\"content\":"
        "\"B\"},{\"role\":\"user\",\"content\":\"C\"},{\"role\":\"assistant\",\"content\":\"D\"}]}"
        "\n";
    assert_ok(read_text(f, talk));
    assert_int_equal(f->data.count, 1);
    assert_int_equal(f->data.turns, 1);
    assert_string_equal(learned_of(f, 0), "B<|im_end|>|D<|im_end|>");
    assert_int_equal(f->data.documents[0].targets, 4);
    assert_non_null(strstr(text_of(f, 0, 0, f->data.documents[0].length),
                           "B<|im_end|>\n<|im_start|>user\nC<|im_end|>\n<|im_start|>assistant\nD"));
}

static void templates_and_system_messages_are_applied(void **state)
{
    fixture *f = *state;
    f->reading.prompt_template = "Q: {prompt}\nA:";
    f->reading.system = "Be brief.";
    f->reading.learned = LEARN_ALL;
    assert_ok(read_text(f, "{\"prompt\":\"x\",\"response\":\"y\"}\n"));
    assert_int_equal(f->data.documents[0].prompt, 0);
    assert_non_null(strstr(reply_of(f, 0), "system\nBe brief.<|im_end|>\n<|im_start|>user\n"
                                           "Q: x\nA:<|im_end|>"));
    assert_int_equal(f->data.documents[0].targets, f->data.documents[0].length - 1);
}

static void broken_lines_are_named(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{\"prompt\":\"p\",\"response\":\"r\"}\n{\"prompt\":\"p\"}\n", "data.jsonl:2"},
        {"{\"prompt\":\"p\"}\n", "no reply"},
        {"{\"response\":\"r\"}\n", "no prompt"},
        {"{\"prompt\":{},\"response\":\"r\"}\n", "expected a string or a number, found an object"},
        {"[1]\n", "expected an object"},
        {"{\"prompt\":\n", "not valid JSON"},
        {"{\"messages\":[]}\n", "with the role user"},
        {"{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":"
         "\"b\"}]}\n",
         "no reply"},
        {"{\"messages\":[{\"role\":\"user\"},{\"role\":\"assistant\",\"content\":\"b\"}]}\n",
         "messages[0].content"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_fails(read_text(f, cases[i].text), DISTILL_FORMAT, cases[i].words);
    f->reading.vocabulary = 100;
    assert_fails(read_text(f, "{\"prompt\":\"p\",\"response\":\"r\"}\n"), DISTILL_FORMAT,
                 "belong together");
    training_data_free(&f->data);
    assert_fails(training_data_add(&f->data, "/nonexistent.jsonl", &f->reading), DISTILL_IO,
                 "nonexistent");
    assert_fails(training_data_add(&f->data, "builtin:nothing", &f->reading), DISTILL_USAGE,
                 "arithmetic");
}

static void long_documents_are_never_cut_silently(void **state)
{
    fixture *f = *state;
    const char *text = "{\"prompt\":\"p\",\"response\":\"short\"}\n"
                       "{\"prompt\":\"p\",\"response\":\"a reply of more than thirty tokens here\"}"
                       "\n";
    assert_ok(read_text(f, text));
    size_t shorter = f->data.documents[0].length, longer = f->data.documents[1].length;
    char words[64];
    snprintf(words, sizeof words,
             "1 of 2 documents are longer than %zu tokens; the longest has %zu", shorter, longer);
    assert_fails(training_data_limit(&f->data, shorter, LENGTH_ERROR), DISTILL_LIMIT, words);
    assert_non_null(strstr(distill_error_message(), "data.jsonl:2"));
    assert_ok(training_data_limit(&f->data, longer, LENGTH_ERROR));
    assert_int_equal(f->data.count, 2);
    assert_ok(training_data_limit(&f->data, longer - 1, LENGTH_TRUNCATE));
    assert_int_equal(f->data.documents[1].length, longer - 1);
    assert_ok(training_data_limit(&f->data, shorter, LENGTH_DROP));
    assert_int_equal(f->data.count, 1);
    assert_int_equal(f->data.sources[0].count, 1);
    assert_ok(read_text(f, text)); // a prompt that fills the whole length leaves nothing to learn
    assert_fails(training_data_limit(&f->data, f->data.documents[0].prompt, LENGTH_TRUNCATE),
                 DISTILL_FORMAT, "no token to learn");
}

static void weights_are_read_behind_a_colon(void **state)
{
    fixture *f = *state;
    char spec[400];
    assert_ok(read_text(f, "{\"prompt\":\"p\",\"response\":\"r\"}\n"));
    snprintf(spec, sizeof spec, "%s:0.5", f->file);
    assert_ok(training_data_add(&f->data, spec, &f->reading));
    assert_true(f->data.sources[0].weight == 1 && f->data.sources[1].weight == 0.5);
    assert_true(f->data.sources[1].first == 1 && f->data.sources[1].count == 1);
    snprintf(spec, sizeof spec, "%s:0", f->file);
    assert_fails(training_data_add(&f->data, spec, &f->reading), DISTILL_USAGE, "weight");
}

static void builtin_tasks_give_worked_solutions(void **state)
{
    fixture *f = *state;
    builtin_problem problem = {0};
    assert_ok(training_data_add(&f->data, "builtin:arithmetic:1500:2", &f->reading));
    assert_true(f->data.count == 1500 && f->data.sources[0].weight == 2);
    assert_ok(builtin_task_problem(&problem, builtin_task_find("arithmetic"), BUILTIN_TRAIN, 1203));
    assert_non_null(strstr(prompt_of(f, 1203), problem.prompt.bytes));
    assert_non_null(strstr(prompt_of(f, 1203), "step by step"));
    assert_non_null(strstr(reply_of(f, 1203), problem.solution.bytes));
    builtin_problem_free(&problem);
}

static void add_trace(trace_store *store, int32_t sample, const char *response, trace_finish finish)
{
    trace_record record = {.id = distill_span_of("p1"),
                           .prompt = distill_span_of("2*3?"),
                           .response = distill_span_of(response),
                           .answer = distill_span_of("6"),
                           .domain = distill_span_of("math"),
                           .sample = sample,
                           .finish = finish};
    assert_ok(trace_store_append(store, &record, (uint64_t)sample));
}

static trace_store *open_store(const char *dir, const char *sha256, const char *settings_json)
{
    trace_store *store = NULL;
    trace_store_settings settings = {.teacher = "t",
                                     .tokenizer_sha256 = sha256,
                                     .settings_json = settings_json,
                                     .shard_traces = 100,
                                     .compression_level = 3};
    assert_ok(distill_remove_all(dir));
    assert_ok(trace_store_open(&store, dir, &settings));
    return store;
}

static void prompts_of_traces_are_written_as_for_the_teacher(void **state)
{
    fixture *f = *state;
    char dir[300];
    snprintf(dir, sizeof dir, "%s/traces", f->dir);
    trace_store *store =
        open_store(dir, "", "{\"prompt-template\":\"Solve {prompt}\",\"system\":\"Think.\"}");
    add_trace(store, 0, "<think>\n2*3\n</think>\n6", TRACE_FINISH_STOP);
    add_trace(store, 1, "<think>\n2*", TRACE_FINISH_LENGTH);
    add_trace(store, 2, "", TRACE_FINISH_ERROR);
    assert_ok(trace_store_finish(store));
    trace_store_close(store);
    assert_ok(training_data_add(&f->data, dir, &f->reading));
    assert_true(f->data.count == 2 && f->data.left_out == 1);
    assert_string_equal(prompt_of(f, 0),
                        "<|im_start|>system\nThink.<|im_end|>\n<|im_start|>user\nSolve 2*3?"
                        "<|im_end|>\n<|im_start|>assistant\n");
    assert_non_null(strstr(reply_of(f, 0), "</think>\n6<|im_end|>"));
    assert_string_equal(reply_of(f, 1), "<think>\n2*"); // cut: no end of turn
    f->reading.prompt_template = "{prompt}!";
    assert_ok(training_data_add(&f->data, dir, &f->reading));
    assert_non_null(strstr(prompt_of(f, 2), "user\n2*3?!<|im_end|>"));
}

/// A trace whose stored tokens are the bytes of `sampled` with <|im_start|> after the first: the
/// text of a reply leaves it out, so that it shows where the learned tokens come from.
static void add_sampled(trace_store *store, int32_t sample, const char *response,
                        const char *sampled, trace_finish finish)
{
    int32_t ids[64] = {(unsigned char)sampled[0], TINY_IM_START};
    float logprobs[64] = {0};
    size_t count = 2;
    for (const char *c = sampled + 1; *c != '\0'; c++)
        ids[count++] = (unsigned char)*c;
    trace_record record = {.id = distill_span_of("p1"),
                           .prompt = distill_span_of("2*3?"),
                           .response = distill_span_of(response),
                           .domain = distill_span_of("math"),
                           .sample = sample,
                           .finish = finish,
                           .token_ids = ids,
                           .logprobs = logprobs,
                           .token_count = count};
    assert_ok(trace_store_append(store, &record, (uint64_t)sample));
}

static const char *add_all_sampled(const fixture *f, const char *sha256)
{
    static char dir[300];
    snprintf(dir, sizeof dir, "%s/sampled", f->dir);
    trace_store *store = open_store(dir, sha256, "{}");
    add_sampled(store, 0, "so 6", "so 6", TRACE_FINISH_STOP);
    add_sampled(store, 1, "so ", "so ", TRACE_FINISH_LENGTH);
    add_sampled(store, 2, "<think>\nso 6", "so 6", TRACE_FINISH_STOP); // opened by the template
    add_sampled(store, 3, "so 7", "so 6", TRACE_FINISH_STOP);          // edited
    add_sampled(store, 4, "so", "so 6", TRACE_FINISH_STOP);            // cut at a stop string
    add_sampled(store, 5, "<think>\nso", "<think>\nso", TRACE_FINISH_STOP);
    assert_ok(trace_store_finish(store));
    trace_store_close(store);
    return dir;
}

static void sampled_tokens_are_learned_as_they_are(void **state)
{
    fixture *f = *state;
    assert_ok(training_data_add(
        &f->data, add_all_sampled(f, distill_tokenizer_sha256(f->tokenizer)), &f->reading));
    static const char *const WANTED[] = {
        "s<|im_start|>o 6<|im_end|>",          "s<|im_start|>o ", // cut: no end of turn
        "<think>\ns<|im_start|>o 6<|im_end|>", "so 7<|im_end|>",  "so<|im_end|>",
        "<<|im_start|>think>\nso<|im_end|>"};
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(reply_of(f, i), WANTED[i]);
    assert_int_equal(f->data.sampled, 4);
}

static void a_thought_that_the_students_template_opens_is_not_learned_twice(void **state)
{
    fixture *f = *state;
    distill_chat_close(f->chat);
    f->chat = NULL;
    assert_ok(
        distill_chat_open(&f->chat, f->tokenizer, &(distill_chat_options){.chat_template = "qwq"}));
    f->reading.chat = f->chat;
    assert_ok(training_data_add(
        &f->data, add_all_sampled(f, distill_tokenizer_sha256(f->tokenizer)), &f->reading));
    assert_non_null(strstr(prompt_of(f, 2), "assistant\n<think>\n"));
    assert_string_equal(reply_of(f, 0), "s<|im_start|>o 6<|im_end|>");
    assert_string_equal(reply_of(f, 2), "s<|im_start|>o 6<|im_end|>");
    assert_string_equal(reply_of(f, 5),
                        "so<|im_end|>"); // the opening is among its tokens: from the text
    assert_int_equal(f->data.sampled, 3);
}

static void tokens_of_another_tokenizer_are_not_used(void **state)
{
    fixture *f = *state;
    assert_ok(training_data_add(&f->data, add_all_sampled(f, "0123"), &f->reading));
    assert_string_equal(reply_of(f, 0), "so 6<|im_end|>");
    assert_int_equal(f->data.sampled, 0);
}

static void the_fingerprint_sees_every_change(void **state)
{
    fixture *f = *state;
    char a[DISTILL_SHA256_HEX], b[DISTILL_SHA256_HEX];
    assert_ok(read_text(f, "{\"prompt\":\"p\",\"response\":\"r\"}\n"));
    assert_ok(training_data_sha256(a, &f->data));
    f->data.sources[0].weight = 2;
    assert_ok(training_data_sha256(b, &f->data));
    assert_string_not_equal(a, b);
    assert_ok(read_text(f, "{\"prompt\":\"p\",\"response\":\"s\"}\n"));
    assert_ok(training_data_sha256(b, &f->data));
    assert_string_not_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pair_is_rendered_and_split, begin, end),
        cmocka_unit_test_setup_teardown(the_end_of_turn_is_learned_unless_the_reply_was_cut, begin,
                                        end),
        cmocka_unit_test_setup_teardown(the_last_turn_of_a_conversation_is_learned, begin, end),
        cmocka_unit_test_setup_teardown(all_turns_of_a_conversation_are_learned, begin, end),
        cmocka_unit_test_setup_teardown(templates_and_system_messages_are_applied, begin, end),
        cmocka_unit_test_setup_teardown(broken_lines_are_named, begin, end),
        cmocka_unit_test_setup_teardown(long_documents_are_never_cut_silently, begin, end),
        cmocka_unit_test_setup_teardown(weights_are_read_behind_a_colon, begin, end),
        cmocka_unit_test_setup_teardown(builtin_tasks_give_worked_solutions, begin, end),
        cmocka_unit_test_setup_teardown(prompts_of_traces_are_written_as_for_the_teacher, begin,
                                        end),
        cmocka_unit_test_setup_teardown(sampled_tokens_are_learned_as_they_are, begin, end),
        cmocka_unit_test_setup_teardown(
            a_thought_that_the_students_template_opens_is_not_learned_twice, begin, end),
        cmocka_unit_test_setup_teardown(tokens_of_another_tokenizer_are_not_used, begin, end),
        cmocka_unit_test_setup_teardown(the_fingerprint_sees_every_change, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
