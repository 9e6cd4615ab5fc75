#include "distill/tensor/attention.h"

#include "distill/base/threads.h"
#include "tests/unit/tensor/gradcheck.h"

/// The formula, T x T, in double.
typedef struct reference {
    const distill_attention_batch *b;
    double *q, *k, *v, *dout, *out, *lse;
} reference;

static size_t rows_of(const distill_attention_batch *b)
{
    return b->starts[b->documents];
}

static void attend(reference *f, size_t first, size_t n, size_t h)
{
    const distill_attention_batch *b = f->b;
    size_t Dh = b->Dh, kv = h / (b->H / b->Hkv);
    const double *q = f->q + (n * b->H + h) * Dh;
    double *out = f->out + (n * b->H + h) * Dh, sum = 0, most = -INFINITY;
    size_t from = b->window > 0 && n - first + 1 > b->window ? n + 1 - b->window : first;
    memset(out, 0, Dh * sizeof *out);
    for (size_t m = from; m <= n; m++)
        most = fmax(most, (double)b->scale * dot_double(q, f->k + (m * b->Hkv + kv) * Dh, Dh));
    for (size_t m = from; m <= n; m++) {
        double p = exp((double)b->scale * dot_double(q, f->k + (m * b->Hkv + kv) * Dh, Dh) - most);
        sum += p;
        for (size_t d = 0; d < Dh; d++)
            out[d] += p * f->v[(m * b->Hkv + kv) * Dh + d];
    }
    for (size_t d = 0; d < Dh; d++)
        out[d] /= sum;
    f->lse[n * b->H + h] = most + log(sum);
}

static double loss(void *context)
{
    reference *f = context;
    const distill_attention_batch *b = f->b;
    for (size_t d = 0; d < b->documents; d++)
        for (size_t n = b->starts[d]; n < b->starts[d + 1]; n++)
            for (size_t h = 0; h < b->H; h++)
                attend(f, b->starts[d], n, h);
    return dot_double(f->out, f->dout, rows_of(b) * b->H * b->Dh);
}

typedef struct buffers {
    float *q, *k, *v, *dout, *out, *lse, *dq, *dk, *dv, *scratch;
    size_t queries, keys; // floats
} buffers;

static buffers make_buffers(const distill_attention_batch *b, uint64_t seed)
{
    size_t N = rows_of(b);
    buffers s = {.queries = N * b->H * b->Dh, .keys = N * b->Hkv * b->Dh};
    s.q = random_floats(s.queries, 1, seed);
    s.k = random_floats(s.keys, 1, seed + 1);
    s.v = random_floats(s.keys, 1, seed + 2);
    s.dout = random_floats(s.queries, 1, seed + 3);
    s.out = random_floats(s.queries, 1, 4);
    s.lse = random_floats(N * b->H, 1, 5);
    s.dq = random_floats(s.queries, 1, 6);
    s.dk = random_floats(s.keys, 1, 7);
    s.dv = random_floats(s.keys, 1, 8);
    s.scratch = random_floats(distill_attention_scratch(N, b->H, b->Hkv, b->Dh), 1, 9);
    return s;
}

static void free_buffers(buffers *s)
{
    float *all[] = {s->q, s->k, s->v, s->dout, s->out, s->lse, s->dq, s->dk, s->dv, s->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        distill_free(all[i]);
}

static reference make_reference(const distill_attention_batch *b, const buffers *s)
{
    return (reference){b,
                       widened(s->q, s->queries),
                       widened(s->k, s->keys),
                       widened(s->v, s->keys),
                       widened(s->dout, s->queries),
                       widened(s->out, s->queries),
                       widened(s->lse, rows_of(b) * b->H)};
}

static void free_reference(reference *f)
{
    double *all[] = {f->q, f->k, f->v, f->dout, f->out, f->lse};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        distill_free(all[i]);
}

static void check_forward(const distill_attention_batch *b, buffers *s, reference *f)
{
    loss(f);
    distill_attention_forward(s->out, s->lse, s->q, s->k, s->v, b, s->scratch);
    assert_close("out", s->out, f->out, s->queries, 1e-6);
    assert_close("lse", s->lse, f->lse, rows_of(b) * b->H, 1e-6);
    distill_attention_backward(s->dq, s->dk, s->dv, s->dout, s->q, s->k, s->v, s->out, s->lse, b,
                               s->scratch);
}

/// All gradients by differences: small batches only.
static void check_all(const size_t *starts, size_t documents, size_t H, size_t Hkv, size_t Dh,
                      size_t window)
{
    distill_attention_batch b = {
        starts, documents, H, Hkv, Dh, window, (float)(1 / sqrt((double)Dh))};
    buffers s = make_buffers(&b, 11);
    reference f = make_reference(&b, &s);
    check_forward(&b, &s, &f);
    assert_gradient("dq", s.dq, loss, &f, f.q, s.queries, 2e-6);
    assert_gradient("dk", s.dk, loss, &f, f.k, s.keys, 2e-6);
    assert_gradient("dv", s.dv, loss, &f, f.v, s.keys, 2e-6);
    free_reference(&f);
    free_buffers(&s);
}

static void attention_matches_its_formula_and_differences(void **state)
{
    (void)state;
    const size_t one[] = {0, 1}, packed[] = {0, 3, 3, 20, 21};
    check_all(one, 1, 1, 1, 2, 0);
    check_all(packed, 4, 4, 2, 6, 0);
    check_all(packed, 4, 2, 2, 16, 0);
    check_all(packed, 4, 3, 1, 20, 5);
    check_all(packed, 4, 2, 1, 8, 1);
}

/// The exact gradient of the formula, in double.
static void exact_gradient(reference *f, double *dq, double *dk, double *dv)
{
    const distill_attention_batch *b = f->b;
    size_t Dh = b->Dh, group = b->H / b->Hkv;
    for (size_t d = 0; d < b->documents; d++)
        for (size_t i = b->starts[d] * b->H; i < b->starts[d + 1] * b->H; i++) {
            size_t n = i / b->H, kv = i % b->H / group, first = b->starts[d];
            size_t from = b->window > 0 && n - first + 1 > b->window ? n + 1 - b->window : first;
            double delta = dot_double(f->dout + i * Dh, f->out + i * Dh, Dh);
            for (size_t m = from; m <= n; m++) {
                size_t j = (m * b->Hkv + kv) * Dh;
                double p =
                    exp((double)b->scale * dot_double(f->q + i * Dh, f->k + j, Dh) - f->lse[i]);
                double ds =
                    p * (dot_double(f->dout + i * Dh, f->v + j, Dh) - delta) * (double)b->scale;
                for (size_t c = 0; c < Dh; c++) {
                    dv[j + c] += p * f->dout[i * Dh + c];
                    dq[i * Dh + c] += ds * f->k[j + c];
                    dk[j + c] += ds * f->q[i * Dh + c];
                }
            }
        }
}

static void check_large(const size_t *starts, size_t documents, size_t H, size_t Hkv, size_t Dh,
                        size_t window)
{
    distill_attention_batch b = {
        starts, documents, H, Hkv, Dh, window, (float)(1 / sqrt((double)Dh))};
    buffers s = make_buffers(&b, 21);
    reference f = make_reference(&b, &s);
    double *dq = NULL, *dk = NULL, *dv = NULL;
    assert_ok(DISTILL_NEW(&dq, s.queries));
    assert_ok(DISTILL_NEW(&dk, s.keys));
    assert_ok(DISTILL_NEW(&dv, s.keys));
    check_forward(&b, &s, &f);
    exact_gradient(&f, dq, dk, dv);
    assert_close("dq", s.dq, dq, s.queries, 3e-6);
    assert_close("dk", s.dk, dk, s.keys, 3e-6);
    assert_close("dv", s.dv, dv, s.keys, 3e-6);
    distill_free(dv);
    distill_free(dk);
    distill_free(dq);
    free_reference(&f);
    free_buffers(&s);
}

static void documents_of_many_tiles_match_the_exact_gradient(void **state)
{
    (void)state;
    const size_t starts[] = {0, 64, 65, 265, 393, 520};
    check_large(starts, 5, 4, 2, 32, 0);
    check_large(starts, 5, 2, 2, 20, 0);
    check_large(starts, 5, 2, 1, 16, 70);
    check_large(starts, 5, 2, 1, 16, 64);
    check_large(starts, 5, 1, 1, 16, 65);
}

static void a_long_document_shared_by_threads_matches_too(void **state)
{
    (void)state;
    const size_t starts[] = {0, 10, 4300};
    check_large(starts, 2, 2, 1, 4, 0);
    check_large(starts, 2, 1, 1, 4, 130);
}

/// Documents packed together give the same bits as the documents alone.
static void packing_changes_no_bit(void **state)
{
    (void)state;
    enum { H = 2, Hkv = 1, Dh = 16 };
    const size_t starts[] = {0, 70, 73, 250};
    distill_attention_batch b = {starts, 3, H, Hkv, Dh, 0, 0.25f};
    buffers s = make_buffers(&b, 31);
    distill_attention_forward(s.out, s.lse, s.q, s.k, s.v, &b, s.scratch);
    distill_attention_backward(s.dq, s.dk, s.dv, s.dout, s.q, s.k, s.v, s.out, s.lse, &b,
                               s.scratch);
    for (size_t d = 0; d < 3; d++) {
        size_t at = starts[d], alone[] = {0, starts[d + 1] - at};
        distill_attention_batch one = {alone, 1, H, Hkv, Dh, 0, 0.25f};
        buffers t = make_buffers(&one, 41);
        const float *q = s.q + at * H * Dh, *k = s.k + at * Dh, *v = s.v + at * Dh;
        distill_attention_forward(t.out, t.lse, q, k, v, &one, t.scratch);
        distill_attention_backward(t.dq, t.dk, t.dv, s.dout + at * H * Dh, q, k, v, t.out, t.lse,
                                   &one, t.scratch);
        assert_memory_equal(t.out, s.out + at * H * Dh, t.queries * sizeof(float));
        assert_memory_equal(t.dq, s.dq + at * H * Dh, t.queries * sizeof(float));
        assert_memory_equal(t.dk, s.dk + at * Dh, t.keys * sizeof(float));
        assert_memory_equal(t.dv, s.dv + at * Dh, t.keys * sizeof(float));
        free_buffers(&t);
    }
    free_buffers(&s);
}

/// With eight threads, the threads share a single document, while among many documents each is
/// computed by one thread: the bits are the same.
static void sharing_a_document_changes_no_bit(void **state)
{
    (void)state;
    enum { H = 2, Dh = 20, LENGTH = 330, DOCUMENTS = 13 };
    size_t starts[DOCUMENTS + 1] = {0}, windows[] = {0, 100};
    for (size_t d = 0; d < DOCUMENTS; d++)
        starts[d + 1] = starts[d] + LENGTH;
    for (size_t w = 0; w < 2; w++) {
        distill_attention_batch many = {starts, DOCUMENTS, H, 1, Dh, windows[w], 0.25f};
        distill_attention_batch one = {starts, 1, H, 1, Dh, windows[w], 0.25f};
        buffers s = make_buffers(&many, 61), t = make_buffers(&one, 71);
        distill_attention_forward(s.out, s.lse, s.q, s.k, s.v, &many, s.scratch);
        distill_attention_backward(s.dq, s.dk, s.dv, s.dout, s.q, s.k, s.v, s.out, s.lse, &many,
                                   s.scratch);
        distill_attention_forward(t.out, t.lse, s.q, s.k, s.v, &one, t.scratch);
        distill_attention_backward(t.dq, t.dk, t.dv, s.dout, s.q, s.k, s.v, t.out, t.lse, &one,
                                   t.scratch);
        assert_memory_equal(t.dq, s.dq, t.queries * sizeof(float));
        assert_memory_equal(t.dk, s.dk, t.keys * sizeof(float));
        assert_memory_equal(t.dv, s.dv, t.keys * sizeof(float));
        free_buffers(&t);
        free_buffers(&s);
    }
}

static void large_scores_stay_finite(void **state)
{
    (void)state;
    const size_t starts[] = {0, 100};
    distill_attention_batch b = {starts, 1, 1, 1, 4, 0, 0.5f};
    buffers s = make_buffers(&b, 51);
    for (size_t i = 0; i < s.queries; i++) {
        s.q[i] *= 1e4f;
        s.k[i] *= 1e3f;
    }
    distill_attention_forward(s.out, s.lse, s.q, s.k, s.v, &b, s.scratch);
    distill_attention_backward(s.dq, s.dk, s.dv, s.dout, s.q, s.k, s.v, s.out, s.lse, &b,
                               s.scratch);
    for (size_t i = 0; i < s.queries; i++)
        assert_true(isfinite(s.out[i]) && isfinite(s.dq[i]) && isfinite(s.dk[i]) &&
                    isfinite(s.dv[i]));
    free_buffers(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attention_matches_its_formula_and_differences),
        cmocka_unit_test(documents_of_many_tiles_match_the_exact_gradient),
        cmocka_unit_test(a_long_document_shared_by_threads_matches_too),
        cmocka_unit_test(packing_changes_no_bit),
        cmocka_unit_test(sharing_a_document_changes_no_bit),
        cmocka_unit_test(large_scores_stay_finite),
    };
    assert_ok(distill_threads_set(8)); // so that documents are shared, wherever this runs
    return cmocka_run_group_tests(tests, NULL, NULL);
}
