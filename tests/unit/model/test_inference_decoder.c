// tests/unit/model/test_inference_decoder.c - the inference decoder computes what the training
// decoder computes, for every family, and a sequence's numbers depend neither on how it is cut into
// calls nor on the other sequences in them.
#include "distill/model/inference/inference_decoder.h"

#include "distill/base/threads.h"
#include "distill/model/decoder/decoder.h"
#include "tests/support/tiny_layout.h"

#include <math.h>

enum { T = 150, MOST_V = 400 };

static const tiny_model SCALED = {"llama",
                                  2,
                                  40,
                                  56,
                                  5,
                                  1,
                                  16,
                                  300,
                                  512,
                                  false,
                                  false,
                                  7,
                                  "\"attention_bias\":true,\"mlp_bias\":true,"
                                  "\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,"
                                  "\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,"
                                  "\"original_max_position_embeddings\":64}"};
static const tiny_model WINDOWED = {
    "mistral", 3, 32, 40, 4, 2, 8, 300, 512, false, false, 8, "\"sliding_window\":29"};
static const tiny_model WIDE = {"qwen2", 1, 64, 80, 16, 1, 20, 333, 512, true, true, 9, NULL};

static const tiny_model *const MODELS[] = {&TINY_QWEN2, &TINY_QWEN3, &TINY_LLAMA,
                                           &SCALED,     &WINDOWED,   &WIDE};
enum { MODEL_COUNT = sizeof MODELS / sizeof *MODELS };

typedef struct fixture {
    distill_layout *layout;
    float *block;
    distill_tensor_view *views; // of block
    distill_inference_decoder *decoder;
    distill_kv_cache *cache;
    size_t V;
    int32_t tokens[4][T];
} fixture;

/// Random weights of every kind: biases and norms are not 0 and 1, as at the start of training.
static void fill(float *block, const distill_layout *layout)
{
    distill_parameters_init(block, layout, 5);
    for (size_t i = 0; i < layout->count; i++) {
        const distill_tensor_info *tensor = &layout->tensors[i];
        for (size_t j = 0; j < tensor->rows * tensor->cols; j++)
            block[tensor->offset + j] += 0.1f * (float)sin((double)(i + 1) * (double)j);
    }
}

static distill_status create(distill_inference_decoder **out, const fixture *f,
                             const distill_inference_plan *plan)
{
    distill_tensor_views views = {f->layout, f->views, NULL};
    return distill_inference_decoder_create(out, &views, plan);
}

static void open_fixture(fixture *f, const tiny_model *model, distill_weights weights)
{
    *f = (fixture){.V = model->V, .layout = tiny_layout(model)};
    assert_ok(DISTILL_NEW(&f->block, f->layout->total));
    assert_ok(DISTILL_NEW(&f->views, f->layout->count));
    fill(f->block, f->layout);
    distill_block_views(f->views, f->layout, f->block, DISTILL_F32);
    distill_inference_plan plan = {.rows = 4 * T, .logits = 64, .context = T, .weights = weights};
    assert_ok(create(&f->decoder, f, &plan));
    distill_kv_plan kv = {.sequences = 64, .context = T, .pages = 200};
    assert_ok(distill_kv_cache_create(&f->cache, &f->layout->config, &kv));
    for (size_t s = 0; s < 4; s++)
        for (size_t t = 0; t < T; t++)
            f->tokens[s][t] = (int32_t)((t * (31 + s) + t * t * 7 + s) % f->V);
}

static void close_fixture(fixture *f)
{
    distill_kv_cache_free(f->cache);
    distill_inference_decoder_free(f->decoder);
    distill_free(f->views);
    distill_free(f->block);
    distill_layout_free(f->layout);
}

/// Logits of sequence `s` after each of its tokens, one token a call: [T][V].
static float *one_by_one(fixture *f, size_t s, size_t length)
{
    float *all = NULL;
    assert_ok(DISTILL_NEW(&all, length * f->V));
    distill_kv_release(f->cache, s);
    assert_true(distill_kv_reserve(f->cache, s, length));
    for (size_t t = 0; t < length; t++) {
        distill_decode_span span = {s, t, &f->tokens[s % 4][t], 1, true, false};
        distill_inference_decoder_forward(f->decoder, f->cache, &span, 1);
        memcpy(all + t * f->V, distill_inference_decoder_logits(f->decoder, 0), f->V * sizeof *all);
    }
    return all;
}

typedef struct logits_sink {
    float *all;
    size_t V;
} logits_sink;

static void keep_tile(void *context, const distill_logits_tile *tile, double *loss_sum)
{
    logits_sink *sink = context;
    (void)loss_sum;
    memcpy(sink->all + tile->first * sink->V, tile->logits, tile->rows * sink->V * sizeof(float));
}

static void it_computes_what_the_training_decoder_computes(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODEL_COUNT; m++) {
        fixture f;
        open_fixture(&f, MODELS[m], DISTILL_WEIGHTS_FP32);
        distill_decoder *decoder = NULL;
        distill_decoder_plan plan = {.max_tokens = T};
        size_t lengths[] = {T};
        distill_packed_batch batch = {
            .tokens = f.tokens[1], .count = T, .lengths = lengths, .documents = 1};
        logits_sink sink = {NULL, f.V};
        distill_logits_loss loss = {.tile = keep_tile, .context = &sink};
        double sum = 0, worst = 0, largest = 0;
        assert_ok(DISTILL_NEW(&sink.all, T * f.V));
        assert_ok(distill_decoder_create(&decoder, f.layout, &plan));
        assert_ok(distill_decoder_forward(decoder, f.block, &batch));
        assert_ok(distill_decoder_loss(decoder, NULL, f.block, &batch, &loss, 1, &sum));
        float *logits = one_by_one(&f, 1, T);
        for (size_t i = 0; i < T * f.V; i++) {
            worst = fmax(worst, fabs((double)(logits[i] - sink.all[i])));
            largest = fmax(largest, fabs((double)sink.all[i]));
        }
        if (!(worst < 1e-5 * largest && largest > 0.01))
            fail_msg("model %zu: logits differ by %g of %g", m, worst, largest);
        distill_free(logits);
        distill_free(sink.all);
        distill_decoder_free(decoder);
        close_fixture(&f);
    }
}

/// Reads sequence 0 … 3 in pieces of `step`, all four in the same calls, and compares the last
/// logits with `expected`.
static void read_in_pieces(fixture *f, size_t step, float *const expected[4])
{
    for (size_t s = 0; s < 4; s++) {
        distill_kv_release(f->cache, s);
        assert_true(distill_kv_reserve(f->cache, s, T));
    }
    for (size_t t = 0; t < T; t += step) {
        distill_decode_span spans[4];
        size_t count = T - t < step ? T - t : step;
        for (size_t s = 0; s < 4; s++)
            spans[s] = (distill_decode_span){s, t, &f->tokens[s][t], count, s != 2, false};
        distill_inference_decoder_forward(f->decoder, f->cache, spans, 4);
        for (size_t s = 0, i = 0; s < 4; s++)
            if (s != 2)
                assert_memory_equal(distill_inference_decoder_logits(f->decoder, i++),
                                    expected[s] + (t + count - 1) * f->V, f->V * sizeof(float));
    }
}

static void pieces_and_neighbours_do_not_change_a_bit(void **state)
{
    (void)state;
    for (size_t m = 0; m < 3 * MODEL_COUNT; m++) {
        fixture f;
        float *expected[4];
        open_fixture(&f, MODELS[m / 3], (distill_weights)(m % 3));
        for (size_t s = 0; s < 4; s++)
            expected[s] = one_by_one(&f, s, T);
        const size_t steps[] = {1, 2, 7, 64, T};
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
            read_in_pieces(&f, steps[i], expected);
        for (size_t s = 0; s < 4; s++)
            distill_free(expected[s]);
        close_fixture(&f);
    }
}

/// Enough single rows that each worker takes its rows through all layers (whole_rows in
/// inference_decoder.c).
static void decode_many(distill_weights weights)
{
    enum { MANY = 50, LENGTH = 20 };
    fixture f;
    float *expected[4];
    open_fixture(&f, &TINY_QWEN3, weights);
    for (size_t s = 0; s < 4; s++)
        expected[s] = one_by_one(&f, s, LENGTH);
    for (size_t s = 0; s < MANY; s++) {
        distill_kv_release(f.cache, s);
        assert_true(distill_kv_reserve(f.cache, s, LENGTH));
    }
    for (size_t t = 0; t < LENGTH; t++) {
        distill_decode_span spans[MANY];
        for (size_t s = 0; s < MANY; s++)
            spans[s] = (distill_decode_span){s, t, &f.tokens[s % 4][t], 1, true, false};
        uint64_t allocations = distill_allocation_count();
        distill_inference_decoder_forward(f.decoder, f.cache, spans, MANY);
        assert_int_equal(distill_allocation_count(), allocations);
        for (size_t s = 0; s < MANY; s++)
            assert_memory_equal(distill_inference_decoder_logits(f.decoder, s),
                                expected[s % 4] + t * f.V, f.V * sizeof(float));
    }
    for (size_t s = 0; s < 4; s++)
        distill_free(expected[s]);
    close_fixture(&f);
}

static void many_sequences_do_not_change_a_bit(void **state)
{
    (void)state;
    for (distill_weights weights = 0; weights <= DISTILL_WEIGHTS_INT8; weights++)
        decode_many(weights);
}

/// Weights that bfloat16 can hold give the same bits, held as float32 or as bfloat16 on either
/// side.
static void bfloat16_weights_lose_nothing_of_a_bfloat16_block(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODEL_COUNT; m++) {
        fixture f;
        float *expected = NULL;
        uint16_t *narrow = NULL;
        open_fixture(&f, MODELS[m], DISTILL_WEIGHTS_FP32);
        assert_ok(DISTILL_NEW(&narrow, f.layout->total));
        distill_dtype_narrow(narrow, f.block, DISTILL_BF16, f.layout->total);
        distill_dtype_widen(f.block, narrow, DISTILL_BF16, f.layout->total);
        for (int i = 0; i < 4; i++) {
            distill_inference_plan plan = {.rows = 4,
                                           .logits = 4,
                                           .context = T,
                                           .weights =
                                               i & 1 ? DISTILL_WEIGHTS_FP32 : DISTILL_WEIGHTS_BF16};
            if (i & 2)
                distill_block_views(f.views, f.layout, narrow, DISTILL_BF16);
            distill_inference_decoder_free(f.decoder);
            assert_ok(create(&f.decoder, &f, &plan));
            float *logits = one_by_one(&f, 0, 30);
            if (i == 0)
                expected = logits;
            else
                assert_memory_equal(logits, expected, 30 * f.V * sizeof *expected);
            if (i > 0)
                distill_free(logits);
        }
        distill_free(expected);
        distill_free(narrow);
        close_fixture(&f);
    }
}

/// 255 levels for weights and activations: logits differ by a few per cent of their spread.
static void int8_weights_stay_near_float32(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODEL_COUNT; m++) {
        fixture exact, rough;
        double error = 0, size = 0;
        open_fixture(&exact, MODELS[m], DISTILL_WEIGHTS_FP32);
        open_fixture(&rough, MODELS[m], DISTILL_WEIGHTS_INT8);
        float *a = one_by_one(&exact, 0, 60), *b = one_by_one(&rough, 0, 60);
        for (size_t i = 0; i < 60 * exact.V; i++) {
            error += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
            size += (double)a[i] * (double)a[i];
        }
        if (!(error > 0 && sqrt(error / size) < 0.06))
            fail_msg("model %zu: logits differ by %.3f of their size", m, sqrt(error / size));
        distill_free(a);
        distill_free(b);
        close_fixture(&exact);
        close_fixture(&rough);
    }
}

static void a_weight_that_is_not_finite_is_named(void **state)
{
    fixture f;
    (void)state;
    open_fixture(&f, &TINY_LLAMA, DISTILL_WEIGHTS_FP32);
    const size_t places[] = {f.layout->layers[1].w_up + 5, f.layout->layers[0].mlp_norm + 3,
                             f.layout->embed + 7};
    const char *const names[] = {"model.layers.1.mlp.up_proj.weight\": row 0, column 5",
                                 "model.layers.0.post_attention_layernorm.weight\": column 3",
                                 "model.embed_tokens.weight\": row 0, column 7"};
    for (size_t i = 0; i < 3; i++) {
        distill_inference_decoder *decoder = NULL;
        distill_inference_plan plan = {.rows = 4, .logits = 4, .context = T};
        float before = f.block[places[i]];
        f.block[places[i]] = NAN;
        assert_fails(create(&decoder, &f, &plan), DISTILL_NUMERIC, names[i]);
        f.block[places[i]] = before;
    }
    close_fixture(&f);
}

static void failing_allocations_are_errors(void **state)
{
    fixture f;
    distill_inference_plan plan = {
        .rows = 4, .logits = 4, .context = T, .weights = DISTILL_WEIGHTS_INT8};
    distill_status status = DISTILL_NO_MEMORY;
    (void)state;
    open_fixture(&f, &TINY_LLAMA, DISTILL_WEIGHTS_INT8);
    for (uint64_t n = 1; status == DISTILL_NO_MEMORY && n < 1000; n++) {
        distill_inference_decoder *decoder = NULL;
        distill_allocation_fail_at(n);
        status = create(&decoder, &f, &plan);
        distill_allocation_fail_at(0);
        assert_true((status == DISTILL_OK) == (decoder != NULL));
        distill_inference_decoder_free(decoder);
    }
    assert_int_equal(status, DISTILL_OK);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_computes_what_the_training_decoder_computes),
        cmocka_unit_test(pieces_and_neighbours_do_not_change_a_bit),
        cmocka_unit_test(many_sequences_do_not_change_a_bit),
        cmocka_unit_test(bfloat16_weights_lose_nothing_of_a_bfloat16_block),
        cmocka_unit_test(int8_weights_stay_near_float32),
        cmocka_unit_test(a_weight_that_is_not_finite_is_named),
        cmocka_unit_test(failing_allocations_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
