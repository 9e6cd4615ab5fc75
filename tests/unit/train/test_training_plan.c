// tests/unit/train/test_training_plan.c - options into settings: formats, steps, micro-batches,
// memory.
#include "distill/train/training_plan.h"
#include "tests/support/tiny_layout.h"

static const distill_trainer_options DEFAULTS =
    DISTILL_TRAINER_DEFAULTS(1e-4, DISTILL_LR_COSINE, 0.1);

static void every_word_of_an_option_has_its_meaning(void **state)
{
    (void)state;
    static const distill_schedule_kind KINDS[] = {DISTILL_COSINE, DISTILL_LINEAR, DISTILL_CONSTANT,
                                                  DISTILL_COSINE, DISTILL_CONSTANT};
    distill_trainer_settings settings = {0};
    distill_trainer_options options = DEFAULTS;
    for (int i = 0; i < 5; i++) {
        options.lr_schedule = (distill_lr_option)i;
        assert_ok(distill_training_plan_steps(&settings, &options, 100));
        assert_int_equal(settings.schedule.kind, KINDS[i]);
    }
    for (int i = 0; i < 4; i++) {
        options.optimizer = (distill_optimizer_option)i;
        distill_training_plan_optimizer(&settings, &options, 7);
        assert_int_equal(settings.formats.kind, i == 0 ? DISTILL_ADAMW : DISTILL_ADAMW_8BIT);
    }
    options.precision = DISTILL_BF16;
    distill_training_plan_optimizer(&settings, &options, 7);
    assert_true(settings.formats.dtype == DISTILL_BF16 && settings.formats.seed == 7);
    assert_true(settings.adamw.beta2 == 0.95 && settings.save_every == 500 && settings.keep == 2);
}

static void the_saved_type_follows_precision_and_start(void **state)
{
    (void)state;
    distill_trainer_options options = DEFAULTS;
    assert_int_equal(distill_training_plan_dtype(&options, DISTILL_F16), DISTILL_F16);
    options.precision = DISTILL_BF16;
    assert_int_equal(distill_training_plan_dtype(&options, DISTILL_F16), DISTILL_BF16);
    options.save_dtype = DISTILL_SAVE_F32;
    assert_int_equal(distill_training_plan_dtype(&options, DISTILL_F16), DISTILL_F32);
    options.save_dtype = DISTILL_SAVE_F16;
    assert_int_equal(distill_training_plan_dtype(&options, DISTILL_F32), DISTILL_F16);
}

static void warmup_is_a_share_or_a_number_of_steps(void **state)
{
    (void)state;
    distill_trainer_settings settings = {0};
    distill_trainer_options options = DEFAULTS;
    assert_ok(distill_training_plan_steps(&settings, &options, 25));
    assert_true(settings.schedule.warmup == 3 && settings.schedule.total == 25); // rounded up
    options.warmup_steps = 7;
    assert_ok(distill_training_plan_steps(&settings, &options, 25));
    assert_int_equal(settings.schedule.warmup, 7);
    options.warmup_steps = 70;
    assert_ok(distill_training_plan_steps(&settings, &options, 25));
    assert_int_equal(settings.schedule.warmup, 25);
    assert_fails(distill_training_plan_steps(&settings, &options, 0), DISTILL_LIMIT, "0 optimizer");
    assert_fails(distill_training_plan_steps(&settings, &options, NAN), DISTILL_LIMIT, "optimizer");
    assert_fails(distill_training_plan_steps(&settings, &options, 1e15), DISTILL_LIMIT, "1e15");
}

static void micro_batches_hold_the_longest_document(void **state)
{
    (void)state;
    distill_layout *layout = tiny_layout(&TINY_QWEN2);
    distill_trainer_settings settings = {0};
    distill_trainer_options options = DEFAULTS;
    const size_t cases[][4] = {// option, longest, most, result
                               {0, 100, 100000, 2048},  {0, 100, 700, 700},
                               {0, 5000, 100000, 5000}, {300, 100, 100000, 300},
                               {300, 400, 100000, 400}, {300, 400, 400, 400}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        options.micro_batch_tokens = cases[i][0];
        assert_ok(distill_training_plan_micro_tokens(&settings, &options, layout, cases[i][1],
                                                     cases[i][2]));
        assert_int_equal(settings.micro_tokens, cases[i][3]);
    }
    distill_layout_free(layout);
}

static void layers_are_recomputed_as_memory_asks(void **state)
{
    (void)state;
    distill_layout *layout = tiny_layout(&TINY_QWEN2);
    distill_trainer_settings settings = {.micro_tokens = 512};
    distill_trainer_options options = DEFAULTS;
    assert_ok(distill_training_plan_memory(&settings, &options, layout));
    assert_int_equal(settings.recomputed, 0);
    options.activation_checkpointing = DISTILL_RECOMPUTE_ON;
    assert_ok(distill_training_plan_memory(&settings, &options, layout));
    assert_int_equal(settings.recomputed, 2);
    options.activation_checkpointing = DISTILL_RECOMPUTE_OFF;
    options.gradient_checkpointing = true;
    assert_ok(distill_training_plan_memory(&settings, &options, layout));
    assert_int_equal(settings.recomputed, 2);
    options.max_memory = 1e-6;
    assert_fails(distill_training_plan_memory(&settings, &options, layout), DISTILL_LIMIT,
                 "activations of 512 tokens");
    distill_layout_free(layout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_of_an_option_has_its_meaning),
        cmocka_unit_test(the_saved_type_follows_precision_and_start),
        cmocka_unit_test(warmup_is_a_share_or_a_number_of_steps),
        cmocka_unit_test(micro_batches_hold_the_longest_document),
        cmocka_unit_test(layers_are_recomputed_as_memory_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
