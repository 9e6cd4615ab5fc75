// tests/unit/generate/test_sampler.c - draws against the definition, which sorts all tokens.
#include "distill/generate/sampler.h"

#include "distill/base/rng.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>

enum { MOST = 5000 };

static float logits[MOST], held[MOST];
static const distill_sampler_mask NO_MASK = {.allowed = MOST};

static void fill(size_t n, double spread, uint64_t seed)
{
    distill_rng rng = distill_rng_start(seed, 0);
    for (size_t i = 0; i < n; i++)
        logits[i] = (float)(spread * distill_rng_normal(&rng));
}

static distill_sampler *create(size_t V)
{
    distill_sampler *sampler = NULL;
    assert_ok(distill_sampler_create(&sampler, V));
    return sampler;
}

static distill_draw draw(distill_sampler *sampler, size_t V, const distill_sampling *rules,
                         double u)
{
    distill_sampler_mask mask = {.allowed = V};
    memcpy(held, logits, V * sizeof *held);
    return distill_sampler_draw(sampler, NULL, held, &mask, rules, u);
}

// ---- the definition, by sorting everything ------------------------------------------------------

static int by_rank(const void *a, const void *b)
{
    int i = *(const int *)a, j = *(const int *)b;
    if (logits[i] != logits[j])
        return logits[i] > logits[j] ? -1 : 1;
    return i - j;
}

/// Probabilities after all filters, in double; returns how many tokens are kept.
static size_t define(double *p, int *order, size_t V, const distill_sampling *rules)
{
    double sum = 0, running = 0;
    size_t kept = rules->top_k > 0 && rules->top_k < V ? rules->top_k : V, n;
    for (size_t i = 0; i < V; i++)
        order[i] = (int)i;
    qsort(order, V, sizeof *order, by_rank);
    for (size_t i = 0; i < V; i++)
        p[i] = 0;
    for (size_t i = 0; i < kept; i++)
        sum += p[order[i]] =
            exp(((double)logits[order[i]] - (double)logits[order[0]]) / rules->temperature);
    for (n = 0; n < kept && (n == 0 || rules->top_p >= 1 || running < rules->top_p * sum); n++)
        running += p[order[n]];
    while (n > 1 && p[order[n - 1]] < rules->min_p)
        n--;
    sum = 0;
    for (size_t i = 0; i < V; i++) {
        if (i >= n)
            p[order[i]] = 0;
        else
            sum += p[order[i]];
    }
    for (size_t i = 0; i < V; i++)
        p[i] /= sum;
    return n;
}

/// Chi-square of draws against the definition stays below its mean plus five deviations.
static void compare_with_definition(size_t V, const distill_sampling *rules, uint64_t seed)
{
    enum { DRAWS = 40000 };
    static double p[MOST];
    static int order[MOST], seen[MOST];
    distill_sampler *sampler = create(V);
    size_t kept = define(p, order, V, rules);
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < DRAWS; i++) {
        distill_draw d = draw(sampler, V, rules, distill_rng_at(seed, i));
        assert_in_range(d.id, 0, V - 1);
        seen[d.id]++;
    }
    double chi = 0, rest = 0, rest_seen = 0;
    size_t cells = 0;
    for (size_t i = 0; i < V; i++) {
        double expected = p[i] * DRAWS;
        if (p[i] == 0)
            assert_int_equal(seen[i], 0);
        if (expected < 8) { // small cells are counted together
            rest += expected;
            rest_seen += seen[i];
        } else {
            chi += (seen[i] - expected) * (seen[i] - expected) / expected;
            cells++;
        }
    }
    if (rest >= 8) {
        chi += (rest_seen - rest) * (rest_seen - rest) / rest;
        cells++;
    }
    double freedom = (double)(cells > 1 ? cells - 1 : 1);
    if (chi > freedom + 5 * sqrt(2 * freedom) + 3)
        fail_msg("chi-square %.1f with %.0f degrees of freedom (%zu kept)", chi, freedom, kept);
    distill_sampler_free(sampler);
}

static void draws_follow_the_distribution_after_the_filters(void **state)
{
    const distill_sampling rules[] = {
        {.temperature = 1, .top_p = 1},
        {.temperature = 0.6, .top_p = 0.95},
        {.temperature = 1.3, .top_p = 0.8},
        {.temperature = 1, .top_p = 1, .top_k = 7},
        {.temperature = 0.7, .top_p = 0.9, .top_k = 20},
        {.temperature = 1, .top_p = 1, .min_p = 0.1},
        {.temperature = 0.9, .top_p = 0.97, .top_k = 30, .min_p = 0.05},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        fill(40, 1.5, i);
        compare_with_definition(40, &rules[i], 100 + i);
        fill(700, 3, 50 + i);
        compare_with_definition(700, &rules[i], 200 + i);
    }
}

/// Steps u through [0, 1): the tokens that can be drawn are exactly those that the filters keep.
static void the_kept_set_is_exact(void **state)
{
    static double p[MOST];
    static int order[MOST];
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        distill_rng rng = distill_rng_start(seed, 9);
        size_t V = 1 + distill_rng_below(&rng, 60);
        distill_sampling rules = {.temperature = 0.3 + 2 * distill_rng_uniform(&rng),
                                  .top_p = 0.05 + 0.95 * distill_rng_uniform(&rng),
                                  .top_k = distill_rng_below(&rng, V + 3),
                                  .min_p = seed % 3 == 0 ? 0.2 * distill_rng_uniform(&rng) : 0};
        distill_sampler *sampler = create(V);
        bool seen[64] = {false};
        fill(V, 2, seed);
        size_t kept = define(p, order, V, &rules), found = 0;
        for (int i = 0; i < 4000; i++)
            seen[draw(sampler, V, &rules, i / 4000.0).id] = true;
        for (size_t i = 0; i < V; i++) {
            found += seen[i];
            assert_true(p[i] > 0 || !seen[i]);
            assert_true(p[i] < 5e-4 || seen[i]);
        }
        assert_true(found <= kept);
        distill_sampler_free(sampler);
    }
}

/// With thousands of tokens kept, the token drawn is still the one at which the cumulative
/// probability, from the best token on, exceeds u.
static void flat_distributions_draw_as_if_sorted(void **state)
{
    static double p[MOST];
    static int order[MOST], place[MOST];
    const distill_sampling rules[] = {
        {.temperature = 0.6, .top_p = 0.95},
        {.temperature = 1, .top_p = 0.9999},
        {.temperature = 1, .top_p = 1, .min_p = 0.05},
        {.temperature = 2, .top_p = 0.9, .min_p = 0.3},
        {.temperature = 1, .top_p = 0.95, .top_k = 1500},
        {.temperature = 0.05, .top_p = 0.999},
        {.temperature = 50, .top_p = 0.5},
    };
    distill_sampler *sampler = create(MOST);
    (void)state;
    for (size_t i = 0; i < 2 * sizeof rules / sizeof *rules; i++) {
        const distill_sampling *rule = &rules[i / 2];
        fill(MOST, i % 2 ? 0 : 0.5, 300 + i); // in every second case all are equal
        size_t kept = define(p, order, MOST, rule);
        double running = 0;
        for (size_t n = 0; n < MOST; n++)
            place[order[n]] = (int)n;
        for (size_t n = 0, step = 0; step < 500; step++) {
            double u = ((double)step + 0.371) / 500;
            for (; n + 1 < kept && running + p[order[n]] <= u; n++)
                running += p[order[n]];
            int got = place[draw(sampler, MOST, rule, u).id];
            assert_in_range(got, 0, kept - 1);
            double after = running + p[order[n]]; // near a border the draw may differ by rounding
            if (got != (int)n && fmin(fabs(running - u), fabs(after - u)) > 1e-6)
                fail_msg("rule %zu, u %.3f: rank %d instead of %zu", i, u, got, n);
        }
    }
    distill_sampler_free(sampler);
}

static void equal_logits_are_ranked_by_id(void **state)
{
    distill_sampler *sampler = create(MOST);
    const distill_sampling greedy = {.temperature = 0, .top_p = 1};
    const distill_sampling two = {.temperature = 1, .top_p = 1, .top_k = 2};
    (void)state;
    for (size_t i = 0; i < MOST; i++)
        logits[i] = i % 10 == 7 ? 3.0f : 1.0f;
    assert_int_equal(draw(sampler, MOST, &greedy, 0.99).id, 7);
    assert_int_equal(draw(sampler, MOST, &two, 0.0).id, 7);
    assert_int_equal(draw(sampler, MOST, &two, 0.999).id, 17);
    logits[4999] = 3.5f;
    assert_int_equal(draw(sampler, MOST, &greedy, 0.5).id, 4999);
    distill_sampler_free(sampler);
}

static void log_probabilities_are_those_of_the_whole_distribution(void **state)
{
    enum { K = 12 };
    int32_t ids[K];
    float logprobs[K];
    double sum = 0;
    distill_sampler *sampler = create(MOST);
    const distill_sampler_top top = {ids, logprobs, K};
    const distill_sampling rules = {.temperature = 0.5, .top_p = 0.5, .logprobs = K};
    (void)state;
    fill(MOST, 4, 77);
    for (size_t i = 0; i < MOST; i++)
        sum += exp((double)logits[i]);
    memcpy(held, logits, sizeof held);
    distill_draw d = distill_sampler_draw(sampler, &top, held, &NO_MASK, &rules, 0.3);
    assert_true(fabs((double)d.logprob - ((double)logits[d.id] - log(sum))) < 2e-6);
    for (size_t i = 0; i < K; i++) {
        size_t above = 0;
        for (size_t j = 0; j < MOST; j++)
            above += logits[j] > logits[ids[i]];
        assert_int_equal(above, i);
        assert_true(fabs((double)logprobs[i] - ((double)logits[ids[i]] - log(sum))) < 2e-6);
    }
    distill_sampler_free(sampler);
}

static void excluded_tokens_are_neither_drawn_nor_listed(void **state)
{
    static const int32_t holes[] = {3, 4, 5};
    const distill_sampler_mask mask = {.allowed = 10, .excluded = holes, .excluded_count = 3};
    const distill_sampling every[] = {{.temperature = 0, .top_p = 1},
                                      {.temperature = 5, .top_p = 1},
                                      {.temperature = 5, .top_p = 0.99},
                                      {.temperature = 5, .top_p = 1, .top_k = 9}};
    int32_t ids[7];
    float logprobs[7];
    const distill_sampler_top top = {ids, logprobs, 7};
    distill_sampler *sampler = create(20);
    (void)state;
    for (size_t i = 0; i < 20; i++)
        logits[i] = i >= 10 || (i >= 3 && i <= 5) ? 9.0f : (float)i * 0.1f;
    for (size_t r = 0; r < 4; r++)
        for (int i = 0; i < 500; i++) {
            memcpy(held, logits, sizeof held);
            distill_draw d = distill_sampler_draw(sampler, &top, held, &mask, &every[r], i / 500.0);
            assert_true(d.id >= 0 && d.id < 10 && (d.id < 3 || d.id > 5));
            assert_true(d.logprob < -5); // the excluded rows have the probability
            for (size_t k = 0; k < 7; k++)
                assert_true(ids[k] < 10 && (ids[k] < 3 || ids[k] > 5));
        }
    distill_sampler_free(sampler);
}

static void logits_that_are_not_finite_are_reported(void **state)
{
    distill_sampler *sampler = create(20);
    const distill_sampling rules = {.temperature = 1, .top_p = 0.9};
    (void)state;
    fill(20, 1, 1);
    logits[7] = NAN;
    assert_int_equal(draw(sampler, 20, &rules, 0.5).id, -1);
    logits[7] = INFINITY;
    assert_int_equal(draw(sampler, 20, &rules, 0.5).id, -1);
    logits[7] = -INFINITY;
    assert_in_range(draw(sampler, 20, &rules, 0.5).id, 0, 19);
    for (size_t i = 0; i < 20; i++)
        logits[i] = -INFINITY;
    assert_int_equal(draw(sampler, 20, &rules, 0.5).id, -1);
    distill_sampler_free(sampler);
}

static void extreme_temperatures_still_draw(void **state)
{
    distill_sampler *sampler = create(MOST);
    (void)state;
    fill(MOST, 5, 3);
    size_t best = 0;
    for (size_t i = 0; i < MOST; i++)
        best = logits[i] > logits[best] ? i : best;
    for (double t = 1e-300; t < 1e-2; t *= 1e20) {
        distill_sampling rules = {.temperature = t, .top_p = 0.95};
        assert_int_equal(draw(sampler, MOST, &rules, 0.999).id, (int)best);
    }
    distill_sampling cold = {.temperature = 1e-3, .top_p = 1};
    assert_int_equal(draw(sampler, MOST, &cold, 0.999999).id, (int)best);
    distill_sampling hot = {.temperature = 100, .top_p = 0.9};
    assert_in_range(draw(sampler, MOST, &hot, 0.999).id, 0, MOST - 1);
    distill_sampler_free(sampler);
}

static void settings_out_of_range_are_refused_by_name(void **state)
{
    (void)state;
    distill_sampling rules = {.temperature = -1, .top_p = 1};
    assert_fails(distill_sampling_check(&rules, 10), DISTILL_USAGE, "temperature");
    rules = (distill_sampling){.temperature = (double)NAN, .top_p = 1};
    assert_fails(distill_sampling_check(&rules, 10), DISTILL_USAGE, "temperature");
    rules = (distill_sampling){.temperature = 1, .top_p = 0};
    assert_fails(distill_sampling_check(&rules, 10), DISTILL_USAGE, "top-p");
    rules = (distill_sampling){.temperature = 1, .top_p = 1, .min_p = 2};
    assert_fails(distill_sampling_check(&rules, 10), DISTILL_USAGE, "min-p");
    rules = (distill_sampling){.temperature = 1, .top_p = 1, .logprobs = 11};
    assert_fails(distill_sampling_check(&rules, 10), DISTILL_USAGE, "logprobs");
    const char *const empty[] = {""};
    rules = (distill_sampling){.temperature = 1, .top_p = 1, .stop = empty, .stop_count = 1};
    assert_fails(distill_sampling_check(&rules, 10), DISTILL_USAGE, "stop");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_follow_the_distribution_after_the_filters),
        cmocka_unit_test(the_kept_set_is_exact),
        cmocka_unit_test(flat_distributions_draw_as_if_sorted),
        cmocka_unit_test(equal_logits_are_ranked_by_id),
        cmocka_unit_test(log_probabilities_are_those_of_the_whole_distribution),
        cmocka_unit_test(excluded_tokens_are_neither_drawn_nor_listed),
        cmocka_unit_test(logits_that_are_not_finite_are_reported),
        cmocka_unit_test(extreme_temperatures_still_draw),
        cmocka_unit_test(settings_out_of_range_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
