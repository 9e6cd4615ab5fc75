// tests/unit/model/test_decoder.c - the decoder against a plain one in double, and what must not
// change its result: packing, recomputation, tiles of the loss, threads.
#include "distill/model/decoder/decoder.h"

#include "distill/base/threads.h"
#include "distill/tensor/rope.h"
#include "tests/unit/tensor/gradcheck.h"

#include <sys/wait.h>
#include <unistd.h>

// ---- a plain decoder ----------------------------------------------------------------------------

typedef struct plain {
    const distill_layout *layout;
    const double *w; // the block, in double
} plain;

static const double *tensor(const plain *p, size_t offset)
{
    return offset == DISTILL_ABSENT ? NULL : p->w + offset;
}

static void linear(double *y, const double *w, const double *b, const double *x, size_t out,
                   size_t in)
{
    for (size_t o = 0; o < out; o++)
        y[o] = dot_double(w + o * in, x, in) + (b != NULL ? b[o] : 0);
}

static void normalise(double *y, const double *x, const double *w, size_t n, double eps)
{
    double inverse = 1 / sqrt(dot_double(x, x, n) / (double)n + eps);
    for (size_t i = 0; i < n; i++)
        y[i] = w[i] * x[i] * inverse;
}

/// Norm (if there is one) and rotation of `heads` heads at a position.
static void place(double *x, const double *norm, const distill_config *c, size_t heads, size_t t)
{
    for (size_t h = 0; h < heads; h++, x += c->Dh) {
        if (norm != NULL)
            normalise(x, x, norm, c->Dh, c->rms_eps);
        for (size_t i = 0; i < c->Dh / 2; i++) {
            double angle = (double)t * distill_rope_frequency(&c->rope, c->Dh, i);
            double a = x[i], b = x[i + c->Dh / 2], f = c->rope.attention_factor;
            x[i] = f * (a * cos(angle) - b * sin(angle));
            x[i + c->Dh / 2] = f * (b * cos(angle) + a * sin(angle));
        }
    }
}

enum { WIDEST = 256, LONGEST = 40 };

static void attend(double *out, const double *q, double (*k)[WIDEST], double (*v)[WIDEST],
                   const distill_config *c, size_t t, size_t window)
{
    size_t from = window > 0 && t + 1 > window ? t + 1 - window : 0;
    for (size_t h = 0; h < c->H; h++) {
        size_t at = h / (c->H / c->Hkv) * c->Dh;
        double sum = 0;
        memset(out + h * c->Dh, 0, c->Dh * sizeof *out);
        for (size_t m = from; m <= t; m++) {
            double p = exp(dot_double(q + h * c->Dh, k[m] + at, c->Dh) / sqrt((double)c->Dh));
            sum += p;
            for (size_t d = 0; d < c->Dh; d++)
                out[h * c->Dh + d] += p * v[m][at + d];
        }
        for (size_t d = 0; d < c->Dh; d++)
            out[h * c->Dh + d] /= sum;
    }
}

static void plain_layer(const plain *p, double (*x)[WIDEST], size_t T, size_t l)
{
    const distill_config *c = &p->layout->config;
    const distill_layer_offsets *o = &p->layout->layers[l];
    static double k[LONGEST][WIDEST], v[LONGEST][WIDEST];
    double h[WIDEST], q[WIDEST], a[WIDEST], up[WIDEST], y[WIDEST];
    for (size_t t = 0; t < T; t++) {
        normalise(h, x[t], tensor(p, o->attn_norm), c->D, c->rms_eps);
        linear(q, tensor(p, o->wq), tensor(p, o->bq), h, c->H * c->Dh, c->D);
        linear(k[t], tensor(p, o->wk), tensor(p, o->bk), h, c->Hkv * c->Dh, c->D);
        linear(v[t], tensor(p, o->wv), tensor(p, o->bv), h, c->Hkv * c->Dh, c->D);
        place(q, tensor(p, o->q_norm), c, c->H, t);
        place(k[t], tensor(p, o->k_norm), c, c->Hkv, t);
        attend(a, q, k, v, c, t, l >= c->window_first ? c->window : 0);
        linear(y, tensor(p, o->wo), tensor(p, o->bo), a, c->D, c->H * c->Dh);
        for (size_t d = 0; d < c->D; d++)
            x[t][d] += y[d];
        normalise(h, x[t], tensor(p, o->mlp_norm), c->D, c->rms_eps);
        linear(a, tensor(p, o->w_gate), tensor(p, o->b_gate), h, c->F, c->D);
        linear(up, tensor(p, o->w_up), tensor(p, o->b_up), h, c->F, c->D);
        for (size_t f = 0; f < c->F; f++)
            a[f] = a[f] / (1 + exp(-a[f])) * up[f];
        linear(y, tensor(p, o->w_down), tensor(p, o->b_down), a, c->D, c->F);
        for (size_t d = 0; d < c->D; d++)
            x[t][d] += y[d];
    }
}

/// nll[t] of one document.
static void plain_document(const plain *p, const int32_t *tokens, size_t T, double *nll)
{
    const distill_config *c = &p->layout->config;
    static double x[LONGEST][WIDEST];
    double h[WIDEST], logits[WIDEST], sum;
    for (size_t t = 0; t < T; t++)
        memcpy(x[t], tensor(p, p->layout->embed) + (size_t)tokens[t] * c->D, c->D * sizeof *h);
    for (size_t l = 0; l < c->L; l++)
        plain_layer(p, x, T, l);
    nll[0] = 0;
    for (size_t t = 0; t + 1 < T; t++) {
        normalise(h, x[t], tensor(p, p->layout->final_norm), c->D, c->rms_eps);
        linear(logits, tensor(p, p->layout->lm_head), NULL, h, c->V, c->D);
        sum = 0;
        for (size_t v = 0; v < c->V; v++)
            sum += exp(logits[v]);
        nll[t + 1] = log(sum) - logits[tokens[t + 1]];
    }
}

// ---- models and batches -------------------------------------------------------------------------

#define SHAPE                                                                                      \
    "\"vocab_size\":50,\"hidden_size\":24,\"intermediate_size\":40,\"num_hidden_layers\":2,"       \
    "\"num_attention_heads\":4,\"num_key_value_heads\":2,\"rms_norm_eps\":1e-5,"                   \
    "\"max_position_embeddings\":64,\"hidden_act\":\"silu\",\"rope_theta\":10000,"
static const char *const CONFIGS[] = {
    "{\"model_type\":\"mistral\"," SHAPE
    "\"head_dim\":6,\"sliding_window\":5,\"tie_word_embeddings\":false}",
    "{\"model_type\":\"qwen2\"," SHAPE "\"use_sliding_window\":true,\"sliding_window\":7,"
    "\"max_window_layers\":1,\"tie_word_embeddings\":true}",
    "{\"model_type\":\"llama\"," SHAPE
    "\"attention_bias\":true,\"mlp_bias\":true,\"tie_word_embeddings\":true}",
    "{\"model_type\":\"qwen3\"," SHAPE
    "\"head_dim\":10,\"attention_bias\":true,\"tie_word_embeddings\":false}",
};
enum { CONFIG_COUNT = sizeof CONFIGS / sizeof *CONFIGS, COUNT = 60, DOCUMENTS = 5 };
static const size_t LENGTHS[DOCUMENTS] = {20, 1, 0, 30, 9};

typedef struct model {
    distill_layout *layout;
    float *params, *grads;
    int32_t tokens[COUNT];
    float weights[COUNT];
    distill_packed_batch batch;
} model;

static void open_model(model *m, const char *config)
{
    distill_config c;
    assert_ok(distill_config_parse(&c, config, strlen(config), "config"));
    assert_ok(distill_layout_create(&m->layout, &c));
    assert_ok(DISTILL_NEW(&m->params, m->layout->total));
    assert_ok(DISTILL_NEW(&m->grads, m->layout->total));
    distill_rng rng = distill_rng_start(3, 0);
    for (size_t i = 0; i < m->layout->count; i++) {
        const distill_tensor_info *t = &m->layout->tensors[i];
        for (size_t j = 0; j < t->rows * t->cols; j++)
            m->params[t->offset + j] =
                (float)(strstr(t->name, "norm") != NULL ? 1 + 0.2 * distill_rng_normal(&rng)
                                                        : 0.25 * distill_rng_normal(&rng));
    }
    for (size_t t = 0; t < COUNT; t++) {
        m->tokens[t] = (int32_t)distill_rng_below(&rng, c.V);
        m->weights[t] = t % 4 == 0 ? 0 : (float)distill_rng_uniform(&rng);
    }
    m->batch = (distill_packed_batch){m->tokens, COUNT, LENGTHS, DOCUMENTS, m->weights};
}

static void close_model(model *m)
{
    distill_free(m->grads);
    distill_free(m->params);
    distill_layout_free(m->layout);
}

/// One step; grads are overwritten. nll may be NULL.
static double step(model *m, distill_decoder *decoder, float *nll)
{
    double sum = 0;
    distill_cross_entropy_loss context = {.nll = nll};
    distill_logits_loss loss = distill_decoder_cross_entropy(&context);
    memset(m->grads, 0, m->layout->total * sizeof *m->grads);
    assert_ok(distill_decoder_forward(decoder, m->params, &m->batch));
    assert_ok(distill_decoder_loss(decoder, m->grads, m->params, &m->batch, &loss, 1, &sum));
    assert_ok(distill_decoder_backward(decoder, m->grads, m->params, &m->batch));
    return sum;
}

static distill_decoder *create(const model *m, bool checkpointing, size_t loss_rows)
{
    distill_decoder *decoder = NULL;
    distill_decoder_plan plan = {COUNT, true, checkpointing ? SIZE_MAX : 0, loss_rows, DISTILL_F32};
    assert_ok(distill_decoder_create(&decoder, m->layout, &plan));
    return decoder;
}

// ---- tests --------------------------------------------------------------------------------------

typedef struct plain_loss_context {
    plain p;
    const model *m;
    double nll[COUNT];
} plain_loss_context;

static double plain_loss(void *context)
{
    plain_loss_context *c = context;
    double sum = 0;
    for (size_t d = 0, t = 0; d < DOCUMENTS; t += LENGTHS[d++])
        if (LENGTHS[d] > 0)
            plain_document(&c->p, c->m->tokens + t, LENGTHS[d], c->nll + t);
    for (size_t t = 0; t < COUNT; t++)
        sum += (double)c->m->weights[t] * c->nll[t];
    return sum;
}

/// Finite differences along a random direction in each tensor: one number checks the whole tensor's
/// gradient.
static void check_directions(model *m, plain_loss_context *c, double *w)
{
    for (size_t i = 0; i < m->layout->count; i++) {
        const distill_tensor_info *t = &m->layout->tensors[i];
        size_t n = t->rows * t->cols;
        float *direction = random_floats(n, 1, i);
        double got = 0, ends[2], h = 1e-5, size = 0;
        for (size_t j = 0; j < n; j++) {
            got += (double)m->grads[t->offset + j] * (double)direction[j];
            size += (double)m->grads[t->offset + j] * (double)m->grads[t->offset + j];
        }
        for (int end = 0; end < 2; end++) {
            for (size_t j = 0; j < n; j++)
                w[t->offset + j] += (end == 0 ? h : -2 * h) * (double)direction[j];
            ends[end] = plain_loss(c);
        }
        for (size_t j = 0; j < n; j++)
            w[t->offset + j] = (double)m->params[t->offset + j];
        double want = (ends[0] - ends[1]) / (2 * h);
        if (fabs(got - want) > 2e-5 * fmax(sqrt(size), 0.1))
            fail_msg("%s of %s: gradient along a direction %.9g, expected %.9g", t->name,
                     m->layout->config.model_type, got, want);
        distill_free(direction);
    }
}

static void every_family_matches_a_plain_decoder_in_double(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        model m;
        float nll[COUNT];
        open_model(&m, CONFIGS[i]);
        double *w = widened(m.params, m.layout->total);
        plain_loss_context c = {.p = {m.layout, w}, .m = &m};
        distill_decoder *decoder = create(&m, false, 0);
        double got = step(&m, decoder, nll), want = plain_loss(&c);
        assert_within(got, want, 1e-5 * want);
        assert_close("nll", nll, c.nll, COUNT, 2e-6);
        check_directions(&m, &c, w);
        distill_decoder_free(decoder);
        distill_free(w);
        close_model(&m);
    }
}

static void recomputation_tiles_and_rows_left_out_change_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        model m;
        float nll[COUNT], other[COUNT];
        open_model(&m, CONFIGS[i]);
        distill_decoder *keeps = create(&m, false, 20), *recomputes = create(&m, true, 20);
        distill_decoder *odd = create(&m, false, 7);
        double loss = step(&m, keeps, nll);
        float *grads = random_floats(m.layout->total, 1, 1);
        memcpy(grads, m.grads, m.layout->total * sizeof *grads);
        assert_true(step(&m, recomputes, other) == loss);
        assert_memory_equal(grads, m.grads, m.layout->total * sizeof *grads);
        assert_memory_equal(nll, other, sizeof nll);
        assert_true(step(&m, keeps, other) == loss); // repeatable
        assert_memory_equal(grads, m.grads, m.layout->total * sizeof *grads);
        assert_within(step(&m, odd, other), loss, 1e-5 * loss);
        double *want = widened(grads, m.layout->total);
        assert_close("gradients with odd tiles", m.grads, want, m.layout->total, 2e-6);
        assert_within(step(&m, odd, NULL), loss, 1e-5 * loss); // rows without weight left out
        assert_close("gradients of weighted rows", m.grads, want, m.layout->total, 2e-6);
        distill_free(want);
        distill_free(grads);
        distill_decoder_free(odd);
        distill_decoder_free(recomputes);
        distill_decoder_free(keeps);
        close_model(&m);
    }
}

// The same weights as bfloat16 give the same loss; gradients are rounded once for each product,
// those of the head for each tile, and rows of the embedding once more for each token.
static void bfloat16_blocks_compute_what_float32_computes(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        model m;
        float nll[COUNT], narrow_nll[COUNT];
        distill_decoder *decoder = NULL;
        uint16_t *params = NULL, *grads = NULL;
        double sum = 0;
        open_model(&m, CONFIGS[i]);
        const size_t n = m.layout->total;
        assert_ok(DISTILL_NEW(&params, n));
        assert_ok(DISTILL_NEW(&grads, n));
        distill_dtype_narrow(params, m.params, DISTILL_BF16, n);
        distill_dtype_widen(m.params, params, DISTILL_BF16, n);
        distill_decoder *wide = create(&m, false, 20);
        double loss = step(&m, wide, nll);
        distill_decoder_plan plan = {COUNT, true, 1, 20, DISTILL_BF16};
        distill_cross_entropy_loss context = {.nll = narrow_nll};
        distill_logits_loss logits_loss = distill_decoder_cross_entropy(&context);
        assert_ok(distill_decoder_create(&decoder, m.layout, &plan));
        assert_ok(distill_decoder_forward(decoder, params, &m.batch));
        assert_ok(distill_decoder_loss(decoder, grads, params, &m.batch, &logits_loss, 1, &sum));
        assert_ok(distill_decoder_backward(decoder, grads, params, &m.batch));
        assert_within(sum, loss, 1e-6 * loss);
        double *want = widened(m.grads, n);
        distill_dtype_widen(m.grads, grads, DISTILL_BF16, n);
        assert_close("bfloat16 gradients", m.grads, want, n, 4e-3);
        distill_free(want);
        distill_free(grads);
        distill_free(params);
        distill_decoder_free(decoder);
        distill_decoder_free(wide);
        close_model(&m);
    }
}

/// One step that adds to `grads` (of `dtype`), or overwrites them if `set`.
static void pass(const model *m, void *grads, distill_dtype dtype, bool set)
{
    distill_decoder *decoder = NULL;
    uint16_t *narrow = NULL;
    double sum = 0;
    distill_cross_entropy_loss context = {.nll = NULL};
    distill_logits_loss loss = distill_decoder_cross_entropy(&context);
    distill_decoder_plan plan = {COUNT, true, 0, 20, dtype};
    assert_ok(DISTILL_NEW(&narrow, m->layout->total));
    distill_dtype_narrow(narrow, m->params, DISTILL_BF16, m->layout->total);
    const void *params = dtype == DISTILL_F32 ? (const void *)m->params : narrow;
    assert_ok(distill_decoder_create(&decoder, m->layout, &plan));
    if (set)
        distill_decoder_set_gradients(decoder);
    assert_ok(distill_decoder_forward(decoder, params, &m->batch));
    assert_ok(distill_decoder_loss(decoder, grads, params, &m->batch, &loss, 1, &sum));
    assert_ok(distill_decoder_backward(decoder, grads, params, &m->batch));
    distill_decoder_free(decoder);
    distill_free(narrow);
}

/// Gradients that overwrite NaN equal those added to 0, also if no target has a weight. A second
/// batch is added.
static void gradients_that_are_set_equal_those_added_to_zero(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONFIG_COUNT * 4; i++) {
        model m;
        distill_dtype dtype = i & 1 ? DISTILL_BF16 : DISTILL_F32;
        size_t size = distill_dtype_bytes(dtype);
        char *added = NULL, *set = NULL;
        open_model(&m, CONFIGS[i / 4]);
        if (i & 2)
            memset(m.weights, 0, sizeof m.weights);
        assert_ok(distill_alloc((void **)&added, m.layout->total, size));
        assert_ok(distill_alloc((void **)&set, m.layout->total, size));
        for (size_t t = 0; t < m.layout->count; t++) {
            const distill_tensor_info *info = &m.layout->tensors[t];
            memset(set + info->offset * size, 0xff, info->rows * info->cols * size);
        }
        for (int batch = 0; batch < 2; batch++) {
            pass(&m, added, dtype, false);
            pass(&m, set, dtype, batch == 0);
            for (size_t k = 0; k < m.layout->total; k++) {
                float want, got;
                distill_dtype_widen(&want, added + k * size, dtype, 1);
                distill_dtype_widen(&got, set + k * size, dtype, 1);
                assert_true(got == want);
            }
        }
        distill_free(set);
        distill_free(added);
        close_model(&m);
    }
}

static void a_packed_step_equals_its_documents_alone(void **state)
{
    (void)state;
    model m;
    open_model(&m, CONFIGS[3]);
    distill_decoder *decoder = create(&m, false, 0);
    float nll[COUNT], alone_nll[COUNT];
    double together = step(&m, decoder, nll), apart = 0;
    double *want = widened(m.grads, m.layout->total), *sum = NULL;
    assert_ok(DISTILL_NEW(&sum, m.layout->total));
    for (size_t d = 0, t = 0; d < DOCUMENTS; t += LENGTHS[d++]) {
        m.batch = (distill_packed_batch){m.tokens + t, LENGTHS[d], LENGTHS + d, 1, m.weights + t};
        apart += step(&m, decoder, alone_nll + t);
        for (size_t i = 0; i < m.layout->total; i++)
            sum[i] += (double)m.grads[i];
    }
    for (size_t i = 0; i < m.layout->total; i++)
        m.grads[i] = (float)sum[i];
    assert_within(together, apart, 1e-5 * apart);
    assert_close("gradients", m.grads, want, m.layout->total, 2e-6);
    double *wide = widened(nll, COUNT);
    assert_close("nll", alone_nll, wide, COUNT, 2e-6);
    distill_free(wide);
    distill_free(sum);
    distill_free(want);
    distill_decoder_free(decoder);
    close_model(&m);
}

/// Hash of loss and gradients, computed in a process of its own with `threads` threads.
static uint64_t hash_with_threads(int threads)
{
    int ends[2];
    uint64_t hash = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        model m;
        if (distill_threads_set(threads) != DISTILL_OK)
            _exit(1);
        open_model(&m, CONFIGS[3]);
        distill_decoder *decoder = create(&m, true, 0);
        double loss = step(&m, decoder, NULL);
        memcpy(&hash, &loss, sizeof hash);
        for (size_t i = 0; i < m.layout->total; i++) {
            uint32_t bits;
            memcpy(&bits, m.grads + i, sizeof bits);
            hash = hash * 1099511628211u + bits;
        }
        _exit(write(ends[1], &hash, sizeof hash) == sizeof hash ? 0 : 1);
    }
    int result = 0;
    waitpid(child, &result, 0);
    assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
    assert_int_equal(read(ends[0], &hash, sizeof hash), sizeof hash);
    close(ends[0]);
    close(ends[1]);
    return hash;
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    uint64_t one = hash_with_threads(1);
    assert_true(hash_with_threads(2) == one);
    assert_true(hash_with_threads(3) == one);
    assert_true(hash_with_threads(16) == one);
}

static void a_step_allocates_nothing(void **state)
{
    (void)state;
    model m;
    open_model(&m, CONFIGS[0]);
    distill_decoder *decoder = create(&m, true, 0);
    step(&m, decoder, NULL);
    uint64_t before = distill_allocation_count();
    step(&m, decoder, NULL);
    assert_true(distill_allocation_count() == before);
    distill_decoder_free(decoder);
    close_model(&m);
}

static void the_plan_is_linear_in_tokens_and_recomputation_saves_memory(void **state)
{
    (void)state;
    model m;
    size_t small, large, saved, scoring;
    open_model(&m, CONFIGS[0]);
    distill_decoder_plan plan = {.max_tokens = 8192, .backward = true};
    assert_ok(distill_decoder_bytes(&small, m.layout, &plan));
    plan.max_tokens = 32768;
    assert_ok(distill_decoder_bytes(&large, m.layout, &plan));
    assert_true(large <= 4 * small);
    plan.recomputed = SIZE_MAX;
    assert_ok(distill_decoder_bytes(&saved, m.layout, &plan));
    assert_true(saved < large);
    plan.backward = false;
    assert_ok(distill_decoder_bytes(&scoring, m.layout, &plan));
    assert_true(scoring < saved);
    close_model(&m);
}

static void wrong_batches_are_refused_with_the_reason(void **state)
{
    (void)state;
    model m;
    double sum = 0;
    size_t bytes;
    open_model(&m, CONFIGS[0]);
    distill_decoder *decoder = create(&m, false, 0);
    distill_cross_entropy_loss context = {0};
    distill_logits_loss loss = distill_decoder_cross_entropy(&context);
    distill_packed_batch bad = m.batch;
    m.tokens[7] = 50;
    assert_fails(distill_decoder_forward(decoder, m.params, &bad), DISTILL_FORMAT, "token 7");
    m.tokens[7] = -1;
    assert_fails(distill_decoder_check(decoder, &bad), DISTILL_FORMAT, "vocabulary of 50");
    m.tokens[7] = 0;
    bad.documents = 4;
    assert_fails(distill_decoder_check(decoder, &bad), DISTILL_FORMAT, "add up");
    size_t huge[] = {SIZE_MAX, 61};
    bad.lengths = huge;
    bad.documents = 2;
    assert_fails(distill_decoder_check(decoder, &bad), DISTILL_FORMAT, "add up");
    bad.count = COUNT + 1;
    assert_fails(distill_decoder_check(decoder, &bad), DISTILL_LIMIT, "larger than the plan");
    assert_ok(distill_decoder_forward(decoder, m.params, &m.batch));
    bad.count = COUNT - 1;
    assert_fails(distill_decoder_loss(decoder, NULL, m.params, &bad, &loss, 1, &sum),
                 DISTILL_INTERNAL, "same batch");
    assert_fails(distill_decoder_backward(decoder, m.grads, m.params, &bad), DISTILL_INTERNAL,
                 "same batch");
    distill_decoder_plan plan = {.max_tokens = 0};
    assert_fails(distill_decoder_bytes(&bytes, m.layout, &plan), DISTILL_LIMIT, "1 to");
    plan.max_tokens = SIZE_MAX / 2;
    assert_fails(distill_decoder_bytes(&bytes, m.layout, &plan), DISTILL_LIMIT, "1 to");
    distill_decoder_free(decoder);
    close_model(&m);
}

static void an_empty_batch_is_no_error(void **state)
{
    (void)state;
    model m;
    open_model(&m, CONFIGS[0]);
    distill_decoder *decoder = create(&m, false, 0);
    m.batch.count = 0;
    m.batch.documents = 0;
    assert_true(step(&m, decoder, NULL) == 0);
    for (size_t i = 0; i < m.layout->total; i++)
        assert_true(m.grads[i] == 0);
    distill_decoder_free(decoder);
    close_model(&m);
}

static void running_out_of_memory_leaks_nothing(void **state)
{
    (void)state;
    model m;
    distill_decoder *decoder = NULL;
    distill_decoder_plan plan = {.max_tokens = 8, .backward = true};
    open_model(&m, CONFIGS[0]);
    for (uint64_t n = 1; n <= 2; n++) {
        distill_allocation_fail_at(n);
        assert_fails(distill_decoder_create(&decoder, m.layout, &plan), DISTILL_NO_MEMORY, "");
        assert_null(decoder);
    }
    distill_allocation_fail_at(0);
    close_model(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_no_bit), // forks: before this process has threads
        cmocka_unit_test(every_family_matches_a_plain_decoder_in_double),
        cmocka_unit_test(recomputation_tiles_and_rows_left_out_change_nothing),
        cmocka_unit_test(bfloat16_blocks_compute_what_float32_computes),
        cmocka_unit_test(gradients_that_are_set_equal_those_added_to_zero),
        cmocka_unit_test(a_packed_step_equals_its_documents_alone),
        cmocka_unit_test(a_step_allocates_nothing),
        cmocka_unit_test(the_plan_is_linear_in_tokens_and_recomputation_saves_memory),
        cmocka_unit_test(wrong_batches_are_refused_with_the_reason),
        cmocka_unit_test(an_empty_batch_is_no_error),
        cmocka_unit_test(running_out_of_memory_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
