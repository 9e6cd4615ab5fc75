// tests/unit/train/test_trainer.c - a step does not depend on its micro-batches, and a resumed run
// equals an uninterrupted one to the bit.
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/train/metrics.h"
#include "distill/train/trainer.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_layout.h"

#include <math.h>
#include <stdlib.h>

enum { DOCUMENTS = 12, LONGEST = 24, CAPACITY = DOCUMENTS * LONGEST };

// Twelve random documents a step; the first third of each is not learned.
typedef struct toy {
    size_t pieces;    // micro-batches a step
    uint64_t stop_at; // begin_step fails with INTERRUPTED here, 0 = never
    uint64_t heap_calls[16];
    int32_t tokens[CAPACITY];
    float weights[CAPACITY];
    size_t lengths[DOCUMENTS], starts[DOCUMENTS];
    distill_cross_entropy_loss loss;
} toy;

static distill_status toy_begin(void *context, uint64_t step, distill_step_plan *plan)
{
    toy *t = context;
    distill_rng rng = distill_rng_start(99, step % 4);
    size_t at = 0;
    *plan = (distill_step_plan){.micro_batches = t->pieces, .epoch = (double)step / 4};
    t->heap_calls[step % 16] = distill_allocation_count();
    if (step == t->stop_at)
        return distill_fail(DISTILL_INTERRUPTED, "stopped by the test");
    for (size_t d = 0; d < DOCUMENTS; d++) {
        t->starts[d] = at;
        t->lengths[d] = 4 + distill_rng_below(&rng, LONGEST - 4);
        for (size_t i = 0; i < t->lengths[d]; i++, at++) {
            t->tokens[at] = (int32_t)((i * i + d) % 50 + distill_rng_below(&rng, 2));
            t->weights[at] = i >= t->lengths[d] / 3 ? 1 : 0;
            plan->targets += i >= t->lengths[d] / 3 && i > 0;
        }
    }
    plan->tokens = at;
    plan->target_weight = (double)plan->targets;
    return DISTILL_OK;
}

static distill_status toy_batch(void *context, size_t index, distill_packed_batch *batch)
{
    toy *t = context;
    size_t first = DOCUMENTS * index / t->pieces, last = DOCUMENTS * (index + 1) / t->pieces;
    *batch = (distill_packed_batch){.tokens = t->tokens + t->starts[first],
                                    .weights = t->weights + t->starts[first],
                                    .lengths = t->lengths + first,
                                    .documents = last - first};
    for (size_t d = first; d < last; d++)
        batch->count += t->lengths[d];
    return DISTILL_OK;
}

static distill_logits_loss toy_loss(void *context)
{
    toy *t = context;
    return distill_decoder_cross_entropy(&t->loss);
}

typedef struct fixture {
    char model[256], output[256];
    distill_layout *layout;
    toy toy;
    distill_objective objective;
    distill_trainer_settings settings;
} fixture;

static int begin(void **state)
{
    static int number;
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->model, sizeof f->model, "%s/model", scratch_folder());
    snprintf(f->output, sizeof f->output, "%s/run%d", scratch_folder(), number++);
    tiny_model_write(f->model, &TINY_QWEN2);
    assert_ok(distill_make_directory(f->output));
    f->layout = tiny_layout(&TINY_QWEN2);
    f->toy.pieces = 1;
    f->objective = (distill_objective){.name = "toy",
                                       .begin_step = toy_begin,
                                       .micro_batch = toy_batch,
                                       .loss = toy_loss,
                                       .context = &f->toy};
    f->settings = (distill_trainer_settings){
        .schedule = {DISTILL_COSINE, .peak = 1e-2, .min_ratio = 0.1, .warmup = 1, .total = 9},
        .adamw = {0.9, 0.95, 1e-8, 0.01},
        .max_grad_norm = 1,
        .micro_tokens = CAPACITY,
        .output = f->output,
        .origin = {.config = f->model},
        .data_sha256 = "0123",
    };
    *state = f;
    return 0;
}

static int end(void **state)
{
    fixture *f = *state;
    distill_layout_free(f->layout);
    free(f);
    return 0;
}

// Runs or resumes; the final parameters belong to the caller.
static distill_status run(float **params, fixture *f)
{
    distill_status status = DISTILL_OK;
    distill_trainer *trainer = NULL;
    distill_checkpoint *ckpt = NULL;
    TRY(distill_trainer_create(&trainer, f->layout, &f->settings));
    TRY(distill_checkpoint_open(&ckpt, f->model));
    distill_block_sink to = distill_train_weights_sink(distill_trainer_weights(trainer));
    TRY(distill_checkpoint_load_into(&to, f->layout, ckpt));
    TRY(distill_trainer_resume(trainer));
    TRY(distill_trainer_run(trainer, &f->objective, NULL));
    TRY(DISTILL_NEW(params, f->layout->total));
    distill_train_weights_get(*params, distill_trainer_weights(trainer), 0, f->layout->total);
done:
    distill_checkpoint_close(ckpt);
    distill_trainer_free(trainer);
    return status;
}

static double distance(const float *a, const float *b, size_t n)
{
    double sum = 0, norm = 0;
    for (size_t i = 0; i < n; i++) {
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        norm += (double)a[i] * (double)a[i];
    }
    return sqrt(sum / norm);
}

static void read_metrics(distill_metrics_row **rows, size_t *count, const fixture *f)
{
    distill_text path = {0};
    assert_ok(distill_path_join(&path, f->output, "metrics.jsonl"));
    assert_ok(distill_metrics_read(rows, count, path.bytes));
    distill_text_free(&path);
}

static void the_loss_falls_and_every_step_is_logged(void **state)
{
    fixture *f = *state;
    float *params = NULL;
    distill_metrics_row *rows = NULL;
    size_t count = 0;
    assert_ok(run(&params, f));
    read_metrics(&rows, &count, f);
    assert_int_equal(count, 9);
    assert_true(rows[0].step == 1 && rows[8].step == 9 && rows[8].epoch == 2.25);
    assert_true(rows[0].loss > 4 && rows[8].loss < rows[0].loss - 0.5);
    assert_true(rows[0].lr == 1e-2 && fabs(rows[8].lr - 1e-3) < 1e-12);
    distill_free(rows);
    distill_free(params);
}

static void toy_report(void *context, distill_json_writer *line)
{
    const toy *t = context;
    distill_json_add_uint(line, "longest", t->lengths[0]);
}

static void an_objective_adds_figures_of_its_own(void **state)
{
    fixture *f = *state;
    float *params = NULL;
    distill_metrics_row *rows = NULL;
    size_t count = 0;
    distill_text path = {0}, text = {0};
    char words[64];
    f->objective.report = toy_report;
    f->settings.schedule.total = 1;
    assert_ok(run(&params, f));
    snprintf(words, sizeof words, ",\"longest\":%zu}\n", f->toy.lengths[0]);
    assert_ok(distill_path_join(&path, f->output, "metrics.jsonl"));
    assert_ok(distill_file_read(&text, path.bytes, 1 << 16));
    assert_non_null(strstr(text.bytes, words));
    read_metrics(&rows, &count, f);
    assert_true(count == 1 && rows[0].step == 1);
    distill_text_free(&text);
    distill_text_free(&path);
    distill_free(rows);
    distill_free(params);
}

// Norm of the gradient of the mean loss of the first step, by the decoder alone.
static double norm_of_first_step(fixture *f)
{
    distill_checkpoint *ckpt = NULL;
    distill_decoder *decoder = NULL;
    float *params = NULL, *grads = NULL;
    distill_step_plan plan;
    distill_packed_batch batch;
    double loss_sum = 0, squares = 0;
    assert_ok(toy_begin(&f->toy, 1, &plan));
    assert_ok(toy_batch(&f->toy, 0, &batch));
    assert_ok(distill_checkpoint_open(&ckpt, f->model));
    assert_ok(DISTILL_NEW(&params, f->layout->total));
    assert_ok(DISTILL_NEW(&grads, f->layout->total));
    assert_ok(distill_checkpoint_load(params, f->layout, ckpt));
    assert_ok(distill_decoder_create(
        &decoder, f->layout, &(distill_decoder_plan){.max_tokens = CAPACITY, .backward = true}));
    distill_logits_loss loss = toy_loss(&f->toy);
    assert_ok(distill_decoder_forward(decoder, params, &batch));
    assert_ok(distill_decoder_loss(decoder, grads, params, &batch, &loss,
                                   (float)(1.0 / (double)plan.targets), &loss_sum));
    assert_ok(distill_decoder_backward(decoder, grads, params, &batch));
    for (size_t i = 0; i < f->layout->total; i++)
        squares += (double)grads[i] * (double)grads[i];
    distill_decoder_free(decoder);
    distill_free(grads);
    distill_free(params);
    distill_checkpoint_close(ckpt);
    return sqrt(squares);
}

// Clipping and Adam hide a wrong scale of the gradient; the logged norm, taken before both, does
// not.
static void the_gradient_is_that_of_the_mean_over_the_step(void **state)
{
    fixture *f = *state;
    double expected = norm_of_first_step(f);
    for (f->toy.pieces = 1; f->toy.pieces <= 5; f->toy.pieces += 4) {
        float *params = NULL;
        distill_metrics_row *rows = NULL;
        size_t count = 0;
        assert_ok(distill_remove_all(f->output));
        assert_ok(distill_make_directory(f->output));
        assert_ok(run(&params, f));
        read_metrics(&rows, &count, f);
        assert_true(fabs(rows[0].grad_norm / expected - 1) < 1e-5);
        distill_free(rows);
        distill_free(params);
    }
}

static void a_step_does_not_depend_on_its_micro_batches(void **state)
{
    fixture *f = *state;
    float *whole = NULL, *cut = NULL;
    f->settings.schedule.total = 3;
    assert_ok(run(&whole, f));
    f->toy.pieces = 5;
    assert_ok(run(&cut, f));
    assert_true(distance(whole, cut, f->layout->total) < 2e-4);
    distill_free(whole);
    distill_free(cut);
}

static void recomputing_activations_changes_no_bit(void **state)
{
    fixture *f = *state;
    float *kept = NULL, *recomputed = NULL;
    assert_ok(run(&kept, f));
    f->settings.recomputed = 1;
    assert_ok(run(&recomputed, f));
    assert_memory_equal(kept, recomputed, f->layout->total * sizeof *kept);
    distill_free(kept);
    distill_free(recomputed);
}

static const distill_optimizer_formats FORMATS[] = {
    {DISTILL_F32, DISTILL_ADAMW, 0},
    {DISTILL_F32, DISTILL_ADAMW_8BIT, 5},
    {DISTILL_BF16, DISTILL_ADAMW, 5},
    {DISTILL_BF16, DISTILL_ADAMW_8BIT, 5},
};
enum { FORMAT_COUNT = sizeof FORMATS / sizeof *FORMATS };

static double last_loss(const fixture *f)
{
    distill_metrics_row *rows = NULL;
    size_t count = 0;
    read_metrics(&rows, &count, f);
    double loss = rows[count - 1].loss;
    distill_free(rows);
    return loss;
}

// Training in every format is close to training in float32; another seed of the rounding changes
// bits only.
static void smaller_formats_learn_the_same(void **state)
{
    fixture *f = *state;
    double expected = 0;
    float *exact = NULL;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        float *params = NULL, *other = NULL;
        f->settings.formats = FORMATS[i];
        assert_ok(run(&params, f));
        double loss = last_loss(f);
        f->settings.formats.seed++;
        assert_ok(run(&other, f));
        if (i == 0) {
            expected = loss;
            exact = params;
            assert_memory_equal(params, other, f->layout->total * sizeof *params);
        } else {
            assert_true(fabs(loss - expected) < 0.02 && fabs(last_loss(f) - expected) < 0.02);
            assert_true(distance(params, exact, f->layout->total) < 0.05);
            assert_memory_not_equal(params, other, f->layout->total * sizeof *params);
            distill_free(params);
        }
        distill_free(other);
    }
    distill_free(exact);
}

static void resumes_exactly(fixture *f)
{
    float *through = NULL, *resumed = NULL;
    distill_metrics_row *rows = NULL;
    size_t count = 0;
    assert_ok(distill_remove_all(f->output));
    assert_ok(distill_make_directory(f->output));
    f->settings.save_every = 0;
    assert_ok(run(&through, f));
    f->settings.save_every = 3;
    for (f->toy.stop_at = 2; f->toy.stop_at <= 8; f->toy.stop_at += 3)
        assert_fails(run(&resumed, f), DISTILL_INTERRUPTED, "stopped by the test");
    f->toy.stop_at = 0;
    assert_ok(run(&resumed, f));
    assert_memory_equal(through, resumed, f->layout->total * sizeof *through);
    read_metrics(&rows, &count, f);
    assert_int_equal(count, 9);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(rows[i].step, i + 1);
    distill_free(rows);
    distill_free(through);
    distill_free(resumed);
}

static void a_resumed_run_equals_an_uninterrupted_one(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        f->settings.formats = FORMATS[i];
        resumes_exactly(f);
    }
}

static void other_data_are_refused_on_a_resume(void **state)
{
    fixture *f = *state;
    float *params = NULL;
    f->toy.stop_at = 3;
    assert_fails(run(&params, f), DISTILL_INTERRUPTED, "");
    f->settings.data_sha256 = "4567";
    assert_fails(run(&params, f), DISTILL_MISMATCH, "other training data");
}

static void later_steps_allocate_nothing(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        float *params = NULL;
        f->settings.formats = FORMATS[i];
        assert_ok(run(&params, f));
        assert_int_equal(f->toy.heap_calls[3], f->toy.heap_calls[9]);
        distill_free(params);
    }
}

static void numbers_that_are_not_finite_stop_the_run(void **state)
{
    fixture *f = *state;
    float *params = NULL;
    f->settings.schedule.peak = 1e30;
    assert_fails(run(&params, f), DISTILL_NUMERIC, "gradient norm");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_loss_falls_and_every_step_is_logged, begin, end),
        cmocka_unit_test_setup_teardown(an_objective_adds_figures_of_its_own, begin, end),
        cmocka_unit_test_setup_teardown(the_gradient_is_that_of_the_mean_over_the_step, begin, end),
        cmocka_unit_test_setup_teardown(a_step_does_not_depend_on_its_micro_batches, begin, end),
        cmocka_unit_test_setup_teardown(recomputing_activations_changes_no_bit, begin, end),
        cmocka_unit_test_setup_teardown(smaller_formats_learn_the_same, begin, end),
        cmocka_unit_test_setup_teardown(a_resumed_run_equals_an_uninterrupted_one, begin, end),
        cmocka_unit_test_setup_teardown(other_data_are_refused_on_a_resume, begin, end),
        cmocka_unit_test_setup_teardown(later_steps_allocate_nothing, begin, end),
        cmocka_unit_test_setup_teardown(numbers_that_are_not_finite_stop_the_run, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
