// tests/unit/generate/test_local_generator.c - the memory plan, its errors, stop tokens, and the bits
// of the built-in teacher.
#include "distill/generate/local_generator.h"

#include "distill/base/file.h"
#include "distill/base/rng.h"
#include "distill/base/sha256.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

static const size_t GIB = (size_t)1 << 30;

/// Shapes as published in the config.json of the models.
static const distill_config QWEN_7B = {.L = 28,
                                       .D = 3584,
                                       .F = 18944,
                                       .H = 28,
                                       .Hkv = 4,
                                       .Dh = 128,
                                       .V = 152064,
                                       .max_positions = 32768};
static const distill_config QWEN_HALF = {.L = 24,
                                         .D = 896,
                                         .F = 4864,
                                         .H = 14,
                                         .Hkv = 2,
                                         .Dh = 64,
                                         .V = 151936,
                                         .max_positions = 32768,
                                         .tied = true};
static const distill_config TINY = {.L = 4,
                                    .D = 192,
                                    .F = 512,
                                    .H = 6,
                                    .Hkv = 2,
                                    .Dh = 32,
                                    .V = 608,
                                    .max_positions = 512,
                                    .tied = true};

static void a_model_that_does_not_fit_is_refused_with_the_numbers(void **state)
{
    distill_local_plan plan;
    distill_local_options options = {.weights = DISTILL_WEIGHTS_FP32};
    (void)state;
    assert_fails(distill_local_plan_make(&plan, &QWEN_7B, &options, 24 * GIB), DISTILL_LIMIT,
                 "28.4 GiB of fp32 weights");
    assert_fails(distill_local_plan_make(&plan, &QWEN_7B, &options, 24 * GIB), DISTILL_LIMIT,
                 "24.0 GiB available");
    assert_ok(distill_local_plan_make(&plan, &QWEN_7B, &options, 64 * GIB));
    options.weights = DISTILL_WEIGHTS_BF16;
    assert_fails(distill_local_plan_make(&plan, &QWEN_7B, &options, 12 * GIB), DISTILL_LIMIT,
                 "14.2 GiB of bf16 weights");
    assert_ok(distill_local_plan_make(&plan, &QWEN_7B, &options, 24 * GIB));
    assert_true(plan.weight_bytes > 14 * GIB && plan.weight_bytes < 15 * GIB);
    options.weights = DISTILL_WEIGHTS_INT8;
    assert_ok(distill_local_plan_make(&plan, &QWEN_7B, &options, 13 * GIB));
}

static void the_plan_stays_within_the_available_memory(void **state)
{
    distill_local_plan plan;
    (void)state;
    for (size_t gib = 4; gib < 80; gib += 5) {
        const distill_local_options options = {0};
        assert_ok(distill_local_plan_make(&plan, &QWEN_HALF, &options, gib * GIB));
        assert_true(plan.weight_bytes + plan.cache_bytes + plan.scratch_bytes <= gib * GIB);
        assert_true(plan.batch_size >= 1 && plan.batch_size <= 64);
        assert_int_equal(plan.context, 32768);
    }
    assert_int_equal(plan.batch_size, 64);
    const distill_local_options small = {.batch_size = 500, .context = 100};
    assert_ok(distill_local_plan_make(&plan, &TINY, &small, GIB));
    assert_int_equal(plan.batch_size, 500);
    assert_int_equal(plan.context, 100);
    const distill_local_options more = {.context = 100000};
    assert_ok(distill_local_plan_make(&plan, &TINY, &more, GIB));
    assert_int_equal(plan.context, 512); // at most the model's
    const distill_local_options nothing = {.context = 1};
    assert_fails(distill_local_plan_make(&plan, &TINY, &nothing, GIB), DISTILL_USAGE, "context");
}

static void the_context_is_part_of_the_plan(void **state)
{
    distill_local_plan plan;
    distill_config wide = QWEN_HALF;
    distill_local_options options = {0};
    (void)state;
    wide.Hkv = 14;
    wide.max_positions = 1 << 20;
    assert_fails(distill_local_plan_make(&plan, &wide, &options, 24 * GIB), DISTILL_LIMIT,
                 "context of 1048576");
    options.context = 4096;
    assert_ok(distill_local_plan_make(&plan, &wide, &options, 24 * GIB));
}

typedef struct one_reply {
    const distill_ids *prompt;
    bool given;
    size_t count, sampled;
    distill_finish finish;
    int32_t first;
} one_reply;

static distill_status give(void *context, distill_request *request, bool *more)
{
    one_reply *reply = context;
    *more = !reply->given;
    reply->given = true;
    *request = (distill_request){.prompt = reply->prompt->at, .prompt_count = reply->prompt->count};
    return DISTILL_OK;
}

static distill_status take(void *context, const distill_completion *completion)
{
    one_reply *reply = context;
    reply->count = completion->count;
    reply->sampled = completion->sampled;
    reply->finish = completion->finish;
    reply->first = completion->count > 0 ? completion->ids[0] : -1;
    assert_non_null(completion->ids);
    assert_non_null(completion->text.bytes);
    return DISTILL_OK;
}

static void stop_tokens_of_model_tokenizer_and_caller_end_replies(void **state)
{
    distill_tokenizer *tok = NULL;
    distill_generator *generator = NULL;
    distill_ids prompt = {0};
    distill_sampling greedy = {.temperature = 0, .top_p = 1, .max_tokens = 5};
    char dir[256];
    (void)state;
    snprintf(dir, sizeof dir, "%s/model", scratch_folder());
    tiny_model_write(dir, &TINY_QWEN2);
    assert_ok(distill_tokenizer_load(&tok, dir));
    assert_ok(distill_tokenizer_encode(&prompt, tok, "hello", 5, DISTILL_PLAIN));
    one_reply reply = {.prompt = &prompt};
    distill_generator_calls calls = {give, take, NULL, &reply};
    distill_local_options options = {0};
    assert_ok(distill_local_generator_open(&generator, dir, tok, &options));
    assert_int_equal(distill_generator_context(generator), 512);
    assert_ptr_equal(distill_generator_tokenizer(generator), tok);
    assert_ok(distill_generator_run(generator, &greedy, &calls));
    assert_int_equal(reply.count, 5);
    int32_t first = reply.first;
    distill_generator_close(generator);

    options = (distill_local_options){.stop_ids = &first, .stop_id_count = 1};
    assert_ok(distill_local_generator_open(&generator, dir, tok, &options));
    reply.given = false;
    assert_ok(distill_generator_run(generator, &greedy, &calls));
    assert_int_equal(reply.count, 0);
    assert_int_equal(reply.sampled, 1);
    assert_int_equal(reply.finish, DISTILL_FINISH_STOP);
    distill_generator_close(generator);

    char config[2048];
    snprintf(config, sizeof config, "{\"eos_token_id\":[%d,256]}", (int)first);
    tiny_write_file(dir, "generation_config.json", config);
    options = (distill_local_options){0};
    assert_ok(distill_local_generator_open(&generator, dir, tok, &options));
    reply.given = false;
    assert_ok(distill_generator_run(generator, &greedy, &calls));
    assert_int_equal(reply.count, 0);
    distill_generator_close(generator);
    distill_ids_free(&prompt);
    distill_tokenizer_free(tok);
}

static void a_missing_checkpoint_is_an_error(void **state)
{
    distill_generator *generator = NULL;
    const distill_local_options options = {0};
    (void)state;
    assert_fails(distill_local_generator_open(&generator, "/nonexistent", NULL, &options),
                 DISTILL_IO, "/nonexistent");
    assert_null(generator);
    distill_generator_close(NULL);
}

// ---- the same bits on every machine -------------------------------------------------------------

enum { QUESTIONS = 3, REPLIES = 2 * QUESTIONS };

typedef struct recorded_run {
    distill_ids prompts[QUESTIONS];
    size_t given;
    distill_text replies[REPLIES]; // ids, log-probabilities and text, in the order of requests
} recorded_run;

static distill_status give_question(void *context, distill_request *request, bool *more)
{
    recorded_run *run = context;
    *more = run->given < REPLIES;
    if (!*more)
        return DISTILL_OK;
    const distill_ids *prompt = &run->prompts[run->given / 2];
    *request = (distill_request){.prompt = prompt->at,
                                 .prompt_count = prompt->count,
                                 .stream = distill_rng_stream(5, "bits", 4, run->given),
                                 .tag = &run->replies[run->given]};
    run->given++;
    return DISTILL_OK;
}

/// Appends `count` values of 4 bytes.
static distill_status add_values(distill_text *out, const void *values, size_t count)
{
    return distill_text_append(out, values, 4 * count);
}

static distill_status record_reply(void *context, const distill_completion *c)
{
    distill_status status = DISTILL_OK;
    distill_text *out = c->tag;
    (void)context;
    assert_true(c->count > 10 && c->K == 5);
    TRY(add_values(out, c->ids, c->count));
    TRY(add_values(out, c->logprobs, c->count));
    TRY(add_values(out, c->topk_ids, c->count * c->K));
    TRY(add_values(out, c->topk_logprobs, c->count * c->K));
    TRY(distill_text_add_span(out, c->text));
done:
    return status;
}

/// SHA-256 of what the built-in teacher replies with weights stored as `weights`.
static void digest_replies(char hex[DISTILL_SHA256_HEX], distill_weights weights)
{
    static const char *const QUESTION[QUESTIONS] = {"What is 48 + 27 * 3?",
                                                    "Solve 3x + 11 = 50 for x.",
                                                    ("Tom has 12 apples and buys 30 more. How many "
                                                     "apples does he have?")};
    const char *dir = DISTILL_SOURCE_DIR "/teacher/builtin/checkpoint";
    const distill_sampling sampling = {
        .temperature = 0.9, .top_p = 0.95, .max_tokens = 100, .logprobs = 5};
    const distill_local_options options = {.batch_size = 4, .weights = weights};
    distill_tokenizer *tok = NULL;
    distill_generator *generator = NULL;
    distill_text all = {0};
    recorded_run run = {0};
    distill_generator_calls calls = {give_question, record_reply, NULL, &run};
    assert_ok(distill_tokenizer_load(&tok, dir));
    for (size_t i = 0; i < QUESTIONS; i++) {
        char text[256];
        int length =
            snprintf(text, sizeof text, "<|im_start|>user\n%s<|im_end|>\n<|im_start|>assistant\n",
                     QUESTION[i]);
        assert_ok(distill_tokenizer_encode(&run.prompts[i], tok, text, (size_t)length,
                                           DISTILL_PARSE_SPECIAL));
    }
    assert_ok(distill_local_generator_open(&generator, dir, tok, &options));
    assert_ok(distill_generator_run(generator, &sampling, &calls));
    for (size_t i = 0; i < REPLIES; i++) {
        assert_ok(distill_text_append(&all, run.replies[i].bytes, run.replies[i].length));
        distill_text_free(&run.replies[i]);
    }
    assert_ok(distill_sha256_bytes(hex, all.bytes, all.length));
    distill_generator_close(generator);
    distill_text_free(&all);
    for (size_t i = 0; i < QUESTIONS; i++)
        distill_ids_free(&run.prompts[i]);
    distill_tokenizer_free(tok);
}

// Digests of one machine; kernels of every instruction set and the functions of portable_math.h
// give the same bits. They change with the built-in teacher and with the arithmetic of decoding.
static void the_builtin_teacher_gives_the_same_bits_on_every_machine(void **state)
{
    static const struct {
        distill_weights weights;
        const char *digest;
    } ROWS[] = {
        {DISTILL_WEIGHTS_BF16, "87d7905c114256e6c6f8a96f8948b519aeaa981fa00981cfaead8791cd37afd0"},
        {DISTILL_WEIGHTS_FP32, "87d7905c114256e6c6f8a96f8948b519aeaa981fa00981cfaead8791cd37afd0"},
        {DISTILL_WEIGHTS_INT8, "e9930315f2c442a32d186e2c6a4a53a0811701f26c63d03a67f6087e4e64e110"},
    };
    char hex[DISTILL_SHA256_HEX];
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        digest_replies(hex, ROWS[i].weights);
        assert_string_equal(hex, ROWS[i].digest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_that_does_not_fit_is_refused_with_the_numbers),
        cmocka_unit_test(the_plan_stays_within_the_available_memory),
        cmocka_unit_test(the_context_is_part_of_the_plan),
        cmocka_unit_test(stop_tokens_of_model_tokenizer_and_caller_end_replies),
        cmocka_unit_test(a_missing_checkpoint_is_an_error),
        cmocka_unit_test(the_builtin_teacher_gives_the_same_bits_on_every_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
