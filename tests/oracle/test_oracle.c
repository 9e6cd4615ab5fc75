// tests/oracle/test_oracle.c - the decoder, its gradients and the optimizer against the numerical
// reference.
//
//     DISTILL_ORACLE_DIR=DIR test_oracle      every folder of DIR that holds a checkpoint/
//
// Prints the worst error of each quantity and fails if one is beyond the reference's own tolerance
// (../shared/tools/oracle/README.md). Exit status 77: no fixtures, and none were asked for.
//
//     quantity    how it is measured                                tolerance
//     logits      largest error / largest logit                     2e-5
//     nll, …      relative L2                                        1e-5
//     grad        relative L2, worst tensor; whole model             1e-4; 2e-5
//     step3       of (after - before): worst tensor; whole model     2e-2; 1e-3
//     bf16        weights and gradients in bfloat16: loss            2e-3
//                 gradient, worst tensor; whole model                4e-2; 3e-2
//                 against fp32 with the same rounded weights: loss; gradient, whole model    1e-6;
//                 2e-3
//     generate    tokens that differ; log-probabilities              0; 1e-5
#include "distill/base/file.h"
#include "tests/oracle/oracle_fixture.h"
#include "tests/support/shared_data.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct result {
    const char *fixture;
    int failures;
} result;

/// Plans of the decoder, which may change the result only by rounding.
typedef struct variant {
    const char *name;
    bool checkpointing;
    size_t loss_rows;
} variant;
static const variant VARIANTS[] = {{"plain", false, 0},
                                   {"checkpointing, loss tiles of 7 rows", true, 7},
                                   {"loss tiles of 64 rows", false, 64}};

static void report(result *r, const char *quantity, double error, double tolerance,
                   const char *where)
{
    bool good = error <= tolerance; // false for NaN
    printf("  %-28s %9.2e of %7.0e  %s%s\n", quantity, error, tolerance, good ? "" : "TOO LARGE ",
           where != NULL ? where : "");
    if (!good)
        r->failures++;
}

// ---- distances ----------------------------------------------------------------------------------

static double relative_max(const float *got, const float *want, size_t n)
{
    double error = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)got[i] - (double)want[i]);
        if (isnan(d))
            return d;
        error = fmax(error, d);
        largest = fmax(largest, fabs((double)want[i]));
    }
    return error / largest;
}

/// Sums for sqrt(sum (got - want)^2 / sum (want - origin)^2).
typedef struct l2 {
    double error, size;
} l2;

static l2 distance(const float *got, const float *want, const float *origin, size_t n)
{
    l2 d = {0, 0};
    for (size_t i = 0; i < n; i++) {
        double e = (double)got[i] - (double)want[i];
        double s = (double)want[i] - (origin != NULL ? (double)origin[i] : 0);
        d.error += e * e;
        d.size += s * s;
    }
    return d;
}

static double relative(l2 d)
{
    return sqrt(d.error) / fmax(sqrt(d.size), 1e-30);
}

/// Compares a block of the layout with tensors PREFIX.NAME: worst tensor and all together.
static distill_status compare_block(result *r, const oracle_fixture *f, const char *prefix,
                                    const float *block, const float *origin, double each,
                                    double whole)
{
    distill_status status = DISTILL_OK;
    double worst = 0;
    const char *where = "";
    l2 all = {0, 0};
    float *want = NULL;
    char name[160];
    for (size_t i = 0; i < f->layout->count; i++) {
        const distill_tensor_info *t = &f->layout->tensors[i];
        size_t n = t->rows * t->cols;
        snprintf(name, sizeof name, "%s.%s", prefix, t->name);
        TRY(oracle_expected(&want, f, name, n));
        l2 d = distance(block + t->offset, want, origin != NULL ? origin + t->offset : NULL, n);
        if (!(relative(d) <= worst)) {
            worst = relative(d);
            where = t->name;
        }
        all.error += d.error;
        all.size += d.size;
        distill_free(want);
        want = NULL;
    }
    report(r, prefix, worst, each, where);
    snprintf(name, sizeof name, "%s, whole model", prefix);
    report(r, name, relative(all), whole, NULL);
done:
    distill_free(want);
    return status;
}

static void report_number(result *r, const char *quantity, double got, double want)
{
    report(r, quantity, fabs(got - want) / fmax(fabs(want), 1e-30), 1e-5, NULL);
}

// ---- running the decoder ------------------------------------------------------------------------

/// Cross-entropy that also keeps the logits.
typedef struct watched_loss {
    float *logits; // [rows, V] from row `first`; NULL = none
    size_t first;
    distill_logits_loss inner;
} watched_loss;

static void watch_tile(void *context, const distill_logits_tile *tile, double *loss_sum)
{
    watched_loss *w = context;
    for (size_t r = 0; w->logits != NULL && r < tile->rows; r++)
        if (tile->first + r >= w->first)
            memcpy(w->logits + (tile->first + r - w->first) * tile->V, tile->logits + r * tile->V,
                   tile->V * sizeof(float));
    w->inner.tile(w->inner.context, tile, loss_sum);
}

typedef struct outcome {
    float *logits, *nll; // each may be NULL
    void *grads;         // of the plan's type; may be NULL
    size_t logits_from;  // row
    double loss;         // sum / scale
} outcome;

static distill_status run_decoder(outcome *out, distill_decoder *decoder, const void *params,
                                  const distill_packed_batch *batch, double scale)
{
    distill_status status = DISTILL_OK;
    distill_cross_entropy_loss nll = {.nll = out->nll};
    watched_loss watch = {out->logits, out->logits_from, distill_decoder_cross_entropy(&nll)};
    distill_logits_loss loss = {.tile = watch_tile,
                                .context = &watch,
                                .weighted_only = out->logits == NULL && out->nll == NULL};
    double sum = 0;
    TRY(distill_decoder_forward(decoder, params, batch));
    TRY(distill_decoder_loss(decoder, out->grads, params, batch, &loss, (float)(1 / scale), &sum));
    if (out->grads != NULL)
        TRY(distill_decoder_backward(decoder, out->grads, params, batch));
    out->loss = sum / scale;
done:
    return status;
}

// ---- checks -------------------------------------------------------------------------------------

static distill_status check_pass(result *r, const oracle_fixture *f, distill_decoder *decoder)
{
    distill_status status = DISTILL_OK;
    size_t T = f->batch.count, V = f->layout->config.V;
    float *logits = NULL, *nll = NULL, *grads = NULL;
    double loss, norm;
    outcome out = {0};
    distill_norm_workspace workspace = {0};
    TRY(DISTILL_NEW(&out.logits, T * V));
    TRY(DISTILL_NEW(&out.nll, T));
    TRY(DISTILL_NEW(&grads, f->layout->total));
    out.grads = grads;
    TRY(distill_norm_workspace_create(&workspace, f->layout->total));
    TRY(run_decoder(&out, decoder, f->start, &f->batch, f->mask_sum));

    TRY(oracle_expected(&logits, f, "logits", T * V));
    TRY(oracle_expected(&nll, f, "nll", T));
    TRY(oracle_scalar(&loss, f, "loss"));
    TRY(oracle_scalar(&norm, f, "grad_norm"));
    report(r, "logits", relative_max(out.logits, logits, T * V), 2e-5, NULL);
    report(r, "nll", relative(distance(out.nll, nll, NULL, T)), 1e-5, NULL);
    report_number(r, "loss", out.loss, loss);
    TRY(compare_block(r, f, "grad", grads, NULL, 1e-4, 2e-5));
    report_number(r, "grad_norm", distill_gradient_norm(&workspace, grads, f->layout->total), norm);
done:
    distill_norm_workspace_free(&workspace);
    distill_free(grads);
    distill_free(out.nll);
    distill_free(out.logits);
    distill_free(nll);
    distill_free(logits);
    return status;
}

static distill_status check_training(result *r, const oracle_fixture *f, distill_decoder *decoder)
{
    distill_status status = DISTILL_OK;
    size_t total = f->layout->total;
    float *params = NULL, *m = NULL, *v = NULL, *grads = NULL;
    outcome out = {0};
    distill_norm_workspace workspace = {0};
    double worst[3] = {0, 0, 0};
    char prefix[32];
    TRY(DISTILL_NEW(&params, total));
    TRY(DISTILL_NEW(&m, total));
    TRY(DISTILL_NEW(&v, total));
    TRY(DISTILL_NEW(&grads, total));
    out.grads = grads;
    TRY(distill_norm_workspace_create(&workspace, total));
    memcpy(params, f->start, total * sizeof *params);
    for (size_t step = 1; step <= f->steps; step++) {
        const struct oracle_trace *t = &f->trace[step - 1];
        memset(grads, 0, total * sizeof *grads);
        TRY(run_decoder(&out, decoder, params, &f->batch, f->mask_sum));
        double norm = distill_gradient_norm(&workspace, grads, total);
        double lr = distill_schedule_at(&f->schedule, step);
        distill_adamw_step(params, m, v, grads, f->layout, &f->rule, lr,
                           distill_clip_factor(norm, f->max_grad_norm), step);
        worst[0] = fmax(worst[0], fabs(lr - t->lr) / t->lr);
        worst[1] = fmax(worst[1], fabs(out.loss - t->loss) / t->loss);
        worst[2] = fmax(worst[2], fabs(norm - t->grad_norm) / t->grad_norm);
    }
    report(r, "trace: lr", worst[0], 1e-12, NULL);
    report(r, "trace: loss", worst[1], 1e-5, NULL);
    report(r, "trace: grad_norm", worst[2], 1e-4, NULL); // Adam amplifies entries near 0
    snprintf(prefix, sizeof prefix, "step%zu", f->steps);
    TRY(compare_block(r, f, prefix, params, f->start, 2e-2, 1e-3));
done:
    distill_norm_workspace_free(&workspace);
    distill_free(grads);
    distill_free(v);
    distill_free(m);
    distill_free(params);
    return status;
}

/// Loss and gradient (widened) with weights of the layout in bfloat16, or the same weights widened
/// in fp32.
static distill_status run_rounded(double *loss, float *grads, const oracle_fixture *f,
                                  distill_dtype dtype)
{
    distill_status status = DISTILL_OK;
    size_t total = f->layout->total;
    uint16_t *params = NULL, *narrow = NULL;
    float *wide = NULL;
    distill_decoder *decoder = NULL;
    bool rounded = dtype == DISTILL_BF16;
    outcome out = {0};
    distill_decoder_plan plan = {.max_tokens = f->batch.count, .backward = true, .dtype = dtype};
    TRY(DISTILL_NEW(&params, total));
    TRY(DISTILL_NEW(&narrow, total));
    TRY(DISTILL_NEW(&wide, total));
    TRY(distill_decoder_create(&decoder, f->layout, &plan));
    distill_dtype_narrow(params, f->start, DISTILL_BF16, total);
    distill_dtype_widen(wide, params, DISTILL_BF16, total);
    memset(grads, 0, total * sizeof *grads);
    out.grads = rounded ? (void *)narrow : grads;
    TRY(run_decoder(&out, decoder, rounded ? (void *)params : wide, &f->batch, f->mask_sum));
    if (rounded)
        distill_dtype_widen(grads, narrow, DISTILL_BF16, total);
    *loss = out.loss;
done:
    distill_decoder_free(decoder);
    distill_free(wide);
    distill_free(narrow);
    distill_free(params);
    return status;
}

/// As --precision bf16 trains. Against the float32 reference the error is that of weights up to
/// 2^-9 = 2e-3 off, ten times as large in the gradient; against fp32 with the same weights only
/// that of gradients rounded once or twice.
static distill_status check_bfloat(result *r, const oracle_fixture *f)
{
    distill_status status = DISTILL_OK;
    float *grads = NULL, *same = NULL;
    double want, loss, same_loss;
    printf(" %s, bfloat16 weights and gradients\n", f->name);
    TRY(DISTILL_NEW(&grads, f->layout->total));
    TRY(DISTILL_NEW(&same, f->layout->total));
    TRY(run_rounded(&loss, grads, f, DISTILL_BF16));
    TRY(run_rounded(&same_loss, same, f, DISTILL_F32));
    TRY(oracle_scalar(&want, f, "loss"));
    report(r, "loss", fabs(loss - want) / want, 2e-3, NULL);
    TRY(compare_block(r, f, "grad", grads, NULL, 4e-2, 3e-2));
    report(r, "loss, as fp32 on them", fabs(loss - same_loss) / same_loss, 1e-6, NULL);
    report(r, "grad, as fp32 on them", relative(distance(grads, same, NULL, f->layout->total)),
           2e-3, NULL);
done:
    distill_free(same);
    distill_free(grads);
    return status;
}

static size_t best_of(const float *logits, size_t V)
{
    size_t best = 0;
    for (size_t v = 1; v < V; v++)
        best = logits[v] > logits[best] ? v : best;
    return best;
}

static double log_probability(const float *logits, size_t V, size_t token)
{
    double sum = 0, most = (double)logits[best_of(logits, V)];
    for (size_t v = 0; v < V; v++)
        sum += exp((double)logits[v] - most);
    return (double)logits[token] - most - log(sum);
}

/// Continues prompt `i` greedily, with a forward pass over the whole text for each token.
/// (tests/unit/generate/test_oracle_generate.c checks the engine with its cache against the same
/// numbers.)
static distill_status check_prompt(result *r, const oracle_fixture *f, size_t i)
{
    distill_status status = DISTILL_OK;
    size_t count = f->new_tokens, V = f->layout->config.V, different = 0;
    float *want = NULL, *want_logp = NULL, *logp = NULL;
    distill_decoder *decoder = NULL;
    distill_ids text = {0};
    outcome out = {0};
    char name[64];
    distill_decoder_plan plan = {.max_tokens = f->prompts[i].count + count};
    snprintf(name, sizeof name, "generate.%zu.tokens", i);
    TRY(oracle_expected(&want, f, name, count));
    snprintf(name, sizeof name, "generate.%zu.logprobs", i);
    TRY(oracle_expected(&want_logp, f, name, count));
    TRY(DISTILL_NEW(&logp, count));
    TRY(DISTILL_NEW(&out.logits, V));
    TRY(distill_decoder_create(&decoder, f->layout, &plan));
    TRY(distill_ids_append_all(&text, f->prompts[i].at, f->prompts[i].count));
    for (size_t t = 0; t < count; t++) {
        distill_packed_batch batch = {text.at, text.count, &text.count, 1, NULL};
        out.logits_from = text.count - 1;
        TRY(run_decoder(&out, decoder, f->start, &batch, 1));
        size_t token = best_of(out.logits, V);
        logp[t] = (float)log_probability(out.logits, V, token);
        different += token != (size_t)want[t];
        TRY(distill_ids_append(&text, (int32_t)token));
    }
    snprintf(name, sizeof name, "generate.%zu tokens", i);
    report(r, name, (double)different, 0, NULL);
    snprintf(name, sizeof name, "generate.%zu logprobs", i);
    report(r, name, relative(distance(logp, want_logp, NULL, count)), 1e-5, NULL);
done:
    distill_ids_free(&text);
    distill_decoder_free(decoder);
    distill_free(out.logits);
    distill_free(logp);
    distill_free(want_logp);
    distill_free(want);
    return status;
}

static distill_status check_variant(result *r, const oracle_fixture *f, const variant *v)
{
    distill_status status = DISTILL_OK;
    distill_decoder *decoder = NULL;
    distill_decoder_plan plan = {.max_tokens = f->batch.count,
                                 .backward = true,
                                 .recomputed = v->checkpointing ? SIZE_MAX : 0,
                                 .loss_rows = v->loss_rows};
    printf(" %s, %s\n", f->name, v->name);
    TRY(distill_decoder_create(&decoder, f->layout, &plan));
    TRY(check_pass(r, f, decoder));
    TRY(check_training(r, f, decoder));
done:
    distill_decoder_free(decoder);
    return status;
}

/// Checks one fixture; returns the number of failures.
static int check_fixture(const char *dir)
{
    distill_status status = DISTILL_OK;
    result r = {.fixture = dir};
    oracle_fixture f;
    TRY(oracle_fixture_open(&f, dir));
    for (size_t i = 0; i < sizeof VARIANTS / sizeof *VARIANTS; i++)
        TRY(check_variant(&r, &f, &VARIANTS[i]));
    TRY(check_bfloat(&r, &f));
    for (size_t i = 0; i < f.prompt_count; i++)
        TRY(check_prompt(&r, &f, i));
done:
    if (status != DISTILL_OK) {
        printf("%s: %s\n", dir, distill_error_message());
        r.failures++;
    }
    oracle_fixture_close(&f);
    return r.failures;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int main(void)
{
    const char *asked = getenv("DISTILL_ORACLE_DIR");
    const char *root = asked != NULL && asked[0] != '\0' ? asked : shared_data("data/oracle");
    struct dirent **entries = NULL;
    int failures = 0, fixtures = 0;
    if (root == NULL) {
        printf("skipped: the reference data (../shared/data/oracle) are not there\n");
        return 77;
    }
    int count = scandir(root, &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        char dir[4096], checkpoint[4200];
        snprintf(dir, sizeof dir, "%s/%s", root, entries[i]->d_name);
        snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint", dir);
        if (entries[i]->d_name[0] != '.' && distill_is_directory(checkpoint)) {
            failures += check_fixture(dir);
            fixtures++;
        }
        free(entries[i]);
    }
    free(entries);
    printf("%d fixtures in %s, %d failures\n", fixtures, root, failures);
    return fixtures > 0 && failures == 0 ? 0 : 1;
}
