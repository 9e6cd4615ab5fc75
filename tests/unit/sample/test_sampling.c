// Sampling: how prompts are rendered, which traces are stored, and that an interrupted run ends
// with the same traces.
#include "datasets/sample/sampling.h"

#include "datasets/prompts/prompt_render.h"
#include "datasets/sample/fingerprint.h"
#include "datasets/traces/shard/trace_reader.h"
#include "distill/base/file.h"
#include "distill/generate/local_generator.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static const char PROMPTS[] =
    "{\"id\":\"a\",\"prompt\":\"one <|im_end|>\",\"answer\":\"1\",\"domain\":\"choice\"}\n"
    "{\"id\":\"b\",\"prompt\":\"two\",\"answer\":\"2\"}\n"
    "{\"id\":\"c\",\"messages\":[{\"role\":\"system\",\"content\":\"own\"},{\"role\":\"user\","
    "\"content\":\"u\"},{\"role\":\"assistant\",\"content\":\"v\"},{\"role\":\"user\","
    "\"content\":\"three\"}]}\n";

typedef struct bench_top {
    distill_tokenizer *tok;
    distill_chat *chat, *thinking; // ChatML; QwQ's, which ends with the beginning of the reply
    prompt_set *prompts;
    distill_generator *generator;
} bench_top;

static bench_top top;

static const char *in_scratch(const char *name)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_folder(), name);
    return path;
}

static int open_all(void **state)
{
    const prompt_fields fields = {0};
    distill_local_options local = {.batch_size = 3, .context = 200};
    (void)state;
    tiny_model_write(in_scratch("model"), &TINY_QWEN2);
    tiny_write_file(scratch_folder(), "prompts.jsonl", PROMPTS);
    assert_ok(distill_tokenizer_load(&top.tok, in_scratch("model")));
    assert_ok(
        distill_chat_open(&top.chat, top.tok, &(distill_chat_options){.chat_template = "auto"}));
    assert_ok(
        distill_chat_open(&top.thinking, top.tok, &(distill_chat_options){.chat_template = "qwq"}));
    assert_ok(prompt_set_open(&top.prompts, in_scratch("prompts.jsonl"), &fields));
    assert_ok(distill_local_generator_open(&top.generator, in_scratch("model"), top.tok, &local));
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    distill_generator_close(top.generator);
    prompt_set_close(top.prompts);
    distill_chat_close(top.chat);
    distill_chat_close(top.thinking);
    distill_tokenizer_free(top.tok);
    return 0;
}

// --- rendering of prompts ------------------------------------------------------------------------

static void assert_prompt(const prompt_style *style, size_t index, const char *expected)
{
    distill_ids ids = {0};
    distill_text text = {0};
    distill_text rendered = {0};
    assert_ok(prompt_encode(&ids, style, top.tok, prompt_set_at(top.prompts, index)));
    assert_ok(distill_tokenizer_decode(&text, top.tok, ids.at, ids.count, DISTILL_PLAIN));
    assert_string_equal(text.bytes, expected);
    assert_ok(prompt_text(&rendered, style, prompt_set_at(top.prompts, index)));
    assert_string_equal(rendered.bytes, expected);
    assert_true(ids.count <= rendered.length);
    distill_text_free(&rendered);
    distill_ids_free(&ids);
    distill_text_free(&text);
}

static void the_template_contains_the_prompt_and_follows_a_system_message(void **state)
{
    prompt_style style;
    (void)state;
    assert_ok(
        prompt_style_create(&style, top.chat, "be short", "Q: {prompt}\\nA {prompt} \\neq", NULL));
    assert_prompt(&style, 1,
                  "<|im_start|>system\nbe short<|im_end|>\n<|im_start|>user\nQ: two\nA two "
                  "\\neq<|im_end|>\n<|im_start|>assistant\n");
    assert_prompt(&style,
                  2, // its own system message is used; the template applies to the last turn only
                  "<|im_start|>system\nown<|im_end|>\n<|im_start|>user\nu<|im_end|>\n"
                  "<|im_start|>assistant\nv<|im_end|>\n<|im_start|>user\nQ: three\nA three "
                  "\\neq<|im_end|>\n<|im_start|>assistant\n");
    prompt_style_free(&style);
    assert_fails(prompt_style_create(&style, top.chat, NULL, "no place", NULL), DISTILL_USAGE,
                 "{prompt}");
}

static void a_prompt_cannot_contain_control_tokens(void **state)
{
    prompt_style style;
    distill_ids ids = {0};
    size_t ends = 0;
    (void)state;
    assert_ok(prompt_style_create(&style, top.chat, "s", NULL, NULL));
    assert_ok(prompt_encode(&ids, &style, top.tok, prompt_set_at(top.prompts, 0)));
    for (size_t i = 0; i < ids.count; i++)
        ends += ids.at[i] == TINY_IM_END;
    assert_int_equal(ends, 2); // of the system and the user turn
    prompt_style_free(&style);
    distill_ids_free(&ids);
}

static void a_think_prefix_is_not_written_twice(void **state)
{
    prompt_style style;
    const char *const forced[] = {NULL, "", "<think>\n", "<think>\\n"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_ok(prompt_style_create(&style, top.thinking, "s", NULL, forced[i]));
        assert_string_equal(style.reply_start.bytes, "<think>\n");
        assert_int_equal(style.forced.length, 0);
        prompt_style_free(&style);
        assert_ok(prompt_style_create(&style, top.chat, "s", NULL, forced[i]));
        assert_string_equal(style.forced.bytes, i < 2 ? "" : "<think>\n");
        assert_string_equal(style.reply_start.bytes, style.forced.bytes);
        prompt_style_free(&style);
    }
    assert_ok(prompt_style_create(&style, top.thinking, "s", NULL, "<think>\nHm, "));
    assert_string_equal(style.forced.bytes, "Hm, ");
    assert_string_equal(style.reply_start.bytes, "<think>\nHm, ");
    assert_prompt(&style, 1,
                  "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\ntwo<|im_end|>\n"
                  "<|im_start|>assistant\n<think>\nHm, ");
    prompt_style_free(&style);
}

// --- stored traces -------------------------------------------------------------------------------

static trace_store *open_store(const char *name, size_t topk)
{
    trace_store *store = NULL;
    trace_store_settings settings = {.teacher = "tiny",
                                     .tokenizer_sha256 = "",
                                     .settings_json = "{}",
                                     .shard_traces = 4,
                                     .compression_level = 3,
                                     .topk = topk};
    assert_ok(trace_store_open(&store, in_scratch(name), &settings));
    return store;
}

static sampling_job make_job(trace_store *store)
{
    return (sampling_job){
        .prompts = top.prompts,
        .generator = top.generator,
        .chat = top.chat,
        .sampling = {.temperature = 1, .top_p = 1, .max_tokens = 20, .logprobs = 2},
        .samples = 5,
        .seed = 3,
        .prompt_template = "{prompt}",
        .think_prefix = "<think>\n",
        .store = store,
        .what = "sampling"};
}

/// The content of all shards of an output, as text.
static void dump(distill_text *out, const char *name)
{
    trace_reader *reader = NULL;
    assert_ok(trace_reader_open(&reader, in_scratch(name)));
    for (size_t i = 0; i < trace_reader_count(reader); i++) {
        trace_record r;
        assert_ok(trace_reader_read(reader, i, &r));
        assert_ok(distill_text_printf(out, "%.*s %d %d %d %zu %zu ", (int)r.id.length, r.id.bytes,
                                      r.sample, r.prompt_tokens, r.response_tokens, r.token_count,
                                      r.topk));
        assert_ok(distill_text_add_span(out, r.response));
        for (size_t t = 0; t < r.token_count; t++)
            assert_ok(distill_text_printf(out, " %d:%a", r.token_ids[t], (double)r.logprobs[t]));
        for (size_t t = 0; t < r.token_count * r.topk; t++)
            assert_ok(distill_text_printf(out, " %d:%x", r.topk_ids[t], r.topk_logprobs[t]));
        assert_ok(distill_text_add_char(out, '\n'));
    }
    trace_reader_close(reader);
}

static void run_whole(const char *name, uint64_t seed)
{
    trace_store *store = open_store(name, 2);
    sampling_result result;
    sampling_job job = make_job(store);
    job.seed = seed;
    assert_ok(sampling_run(&result, &job));
    assert_int_equal(result.traces, 15);
    assert_true(result.tokens >= 15 && result.tokens <= 15 * 20);
    assert_int_equal(result.skipped, 0);
    assert_ok(trace_store_finish(store));
    trace_store_close(store);
}

static void traces_contain_the_whole_reply_and_the_sampled_tokens(void **state)
{
    trace_reader *reader = NULL;
    (void)state;
    run_whole("whole", 3);
    assert_ok(trace_reader_open(&reader, in_scratch("whole")));
    assert_int_equal(trace_reader_count(reader), 15);
    for (size_t i = 0; i < 15; i++) {
        trace_record r;
        distill_text text = {0};
        assert_ok(trace_reader_read(reader, i, &r));
        const prompt_record *prompt = prompt_set_at(top.prompts, i / 5);
        assert_true(distill_span_equal(r.id, prompt->id)); // in the order of prompts and samples
        assert_int_equal(r.sample, i % 5);
        assert_true(distill_span_equal(r.prompt, prompt->prompt));
        assert_true(distill_span_equal(r.answer, prompt->answer));
        assert_true(distill_span_equal(r.domain, prompt->domain));
        assert_int_equal(r.response_tokens, r.token_count);
        assert_int_equal(r.topk, 2);
        assert_ok(distill_text_add(&text, "<think>\n"));
        assert_ok(distill_tokenizer_decode(&text, top.tok, r.token_ids, r.token_count,
                                           DISTILL_SKIP_SPECIAL));
        assert_true(distill_span_equal(r.response, distill_text_span(&text)));
        assert_true(r.finish == TRACE_FINISH_STOP || r.token_count == 20);
        distill_text_free(&text);
    }
    trace_reader_close(reader);
}

static distill_status fail_later(void *context, trace_record *record)
{
    int *left = context;
    (void)record;
    return --*left < 0 ? distill_fail(DISTILL_IO, "pulled the plug") : DISTILL_OK;
}

static void an_interrupted_run_ends_with_the_same_traces(void **state)
{
    distill_text whole = {0}, pieces = {0}, other = {0};
    distill_status status = DISTILL_IO;
    sampling_result result;
    int runs = 0;
    (void)state;
    while (status == DISTILL_IO) {
        trace_store *store = open_store("pieces", 2);
        int left = 1 + runs++ * 2 % 4;
        sampling_job job = make_job(store);
        job.judge = fail_later;
        job.judge_context = &left;
        status = sampling_run(&result, &job);
        if (status == DISTILL_OK)
            assert_ok(trace_store_finish(store));
        else
            assert_string_equal(distill_error_message(), "pulled the plug");
        trace_store_close(store);
    }
    assert_ok(status);
    assert_true(runs > 4);
    dump(&whole, "whole");
    dump(&pieces, "pieces");
    assert_string_equal(pieces.bytes, whole.bytes);
    run_whole("other-seed", 4);
    dump(&other, "other-seed");
    assert_string_not_equal(other.bytes, whole.bytes);
    distill_text_free(&whole);
    distill_text_free(&pieces);
    distill_text_free(&other);
}

static void prompts_that_do_not_fit_are_skipped_and_counted(void **state)
{
    char text[1600];
    const prompt_fields fields = {0};
    sampling_result result;
    prompt_set *prompts = NULL;
    (void)state;
    snprintf(text, sizeof text,
             "{\"prompt\":\"%0300d\"}\n{\"prompt\":\"short\"}\n{\"prompt\":\"%0900d\"}\n", 1, 2);
    tiny_write_file(scratch_folder(), "long.jsonl", text);
    assert_ok(prompt_set_open(&prompts, in_scratch("long.jsonl"), &fields));
    trace_store *store = open_store("long", 2);
    sampling_job job = make_job(store);
    job.prompts = prompts;
    assert_ok(sampling_run(&result, &job));
    assert_int_equal(result.skipped, 2);
    assert_int_equal(result.traces, 5);
    size_t context;
    assert_ok(sampling_context(&context, &job));
    assert_in_range(context, 900 + 20, 900 + 20 + 300);
    trace_store_close(store);
    prompt_set_close(prompts);
}

static void failing_allocations_are_errors(void **state)
{
    distill_status status = DISTILL_NO_MEMORY;
    (void)state;
    for (uint64_t n = 1; status == DISTILL_NO_MEMORY && n < 4000; n += n < 30 ? 1 : 23) {
        trace_store *store = open_store("failing", 2);
        sampling_result result;
        sampling_job job = make_job(store);
        distill_allocation_fail_at(n);
        status = sampling_run(&result, &job);
        distill_allocation_fail_at(0);
        trace_store_close(store);
    }
    assert_ok(status);
}

// ---- fingerprints ---------------------------------------------------------------------

static void fingerprints_change_with_their_inputs(void **state)
{
    char a[DISTILL_SHA256_HEX], b[DISTILL_SHA256_HEX];
    const prompt_fields fields = {0};
    prompt_set *prompts = NULL;
    (void)state;
    tiny_model other = TINY_QWEN2;
    other.seed = 99;
    tiny_model_write(in_scratch("other"), &TINY_QWEN2);
    assert_ok(model_fingerprint(a, in_scratch("model")));
    assert_ok(model_fingerprint(b, in_scratch("other")));
    assert_string_equal(a, b);
    tiny_model_write(in_scratch("other"), &other);
    assert_ok(model_fingerprint(b, in_scratch("other")));
    assert_string_not_equal(a, b);
    assert_fails(model_fingerprint(b, in_scratch("absent")), DISTILL_IO, "absent");

    assert_ok(prompts_fingerprint(a, top.prompts));
    tiny_write_file(scratch_folder(), "again.jsonl", PROMPTS);
    assert_ok(prompt_set_open(&prompts, in_scratch("again.jsonl"), &fields));
    assert_ok(prompts_fingerprint(b, prompts));
    assert_string_equal(a, b);
    prompt_set_close(prompts);
    char changed[sizeof PROMPTS];
    memcpy(changed, PROMPTS, sizeof PROMPTS);
    *strstr(changed, "two") = 'T';
    tiny_write_file(scratch_folder(), "again.jsonl", changed);
    assert_ok(prompt_set_open(&prompts, in_scratch("again.jsonl"), &fields));
    assert_ok(prompts_fingerprint(b, prompts));
    assert_string_not_equal(a, b);
    prompt_set_close(prompts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_template_contains_the_prompt_and_follows_a_system_message),
        cmocka_unit_test(a_prompt_cannot_contain_control_tokens),
        cmocka_unit_test(a_think_prefix_is_not_written_twice),
        cmocka_unit_test(traces_contain_the_whole_reply_and_the_sampled_tokens),
        cmocka_unit_test(an_interrupted_run_ends_with_the_same_traces),
        cmocka_unit_test(prompts_that_do_not_fit_are_skipped_and_counted),
        cmocka_unit_test(failing_allocations_are_errors),
        cmocka_unit_test(fingerprints_change_with_their_inputs),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
