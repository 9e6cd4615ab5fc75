// tests/unit/generate/test_local_generator.c - the memory plan, its errors, and stop tokens.
#include "distill/generate/local_generator.h"

#include "distill/base/file.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_that_does_not_fit_is_refused_with_the_numbers),
        cmocka_unit_test(the_plan_stays_within_the_available_memory),
        cmocka_unit_test(the_context_is_part_of_the_plan),
        cmocka_unit_test(stop_tokens_of_model_tokenizer_and_caller_end_replies),
        cmocka_unit_test(a_missing_checkpoint_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
