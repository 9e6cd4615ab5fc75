// datasets/evaluate/statistics.c - pass@k as a running product; the percentile bootstrap on all
// threads.
#include "datasets/evaluate/statistics.h"

#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/base/threads.h"

#include <math.h>
#include <stdlib.h>

double statistics_problem_pass_at_k(problem_tally tally, size_t k)
{
    size_t n = tally.samples, c = tally.right;
    if (n == 0 || c == 0 || k == 0)
        return 0;
    if (k > n)
        k = n;
    if (n - c < k)
        return 1;
    if (k == 1)
        return (double)c / (double)n;
    double none_right = 1; // C(n-c, k) / C(n, k) as a product, which does not overflow
    for (size_t i = n - c + 1; i <= n; i++)
        none_right *= 1 - (double)k / (double)i;
    return 1 - none_right;
}

double statistics_pass_at_k(const problem_tally *tallies, size_t problems, size_t k)
{
    double sum = 0;
    for (size_t i = 0; i < problems; i++)
        sum += statistics_problem_pass_at_k(tallies[i], k);
    return problems > 0 ? sum / (double)problems : 0;
}

typedef struct bootstrap_job {
    double *means; // [BOOTSTRAP_REPLICATES]
    const double *values;
    size_t problems;
    uint64_t seed;
} bootstrap_job;

/// The random numbers of a replicate are addressed by its number, so that the number of threads
/// does not change them.
static void draw_replicates(void *context, size_t begin, size_t end, int worker)
{
    bootstrap_job *job = context;
    (void)worker;
    for (size_t replicate = begin; replicate < end; replicate++) {
        distill_rng rng = distill_rng_start(job->seed, replicate);
        double sum = 0;
        for (size_t i = 0; i < job->problems; i++)
            sum += job->values[distill_rng_below(&rng, job->problems)];
        job->means[replicate] = sum / (double)job->problems;
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/// Quantile by linear interpolation between order statistics (type 7 of Hyndman & Fan 1996).
static double quantile(const double *sorted, size_t count, double share)
{
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;
    size_t above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
}

distill_status statistics_bootstrap(statistics_interval *out, const double *values, size_t problems,
                                    uint64_t seed)
{
    distill_status status = DISTILL_OK;
    bootstrap_job job = {.values = values, .problems = problems, .seed = seed};
    *out = (statistics_interval){0, 0};
    if (problems == 0)
        return status;
    TRY(DISTILL_NEW(&job.means, BOOTSTRAP_REPLICATES));
    distill_parallel_for(draw_replicates, &job, BOOTSTRAP_REPLICATES, 64);
    qsort(job.means, BOOTSTRAP_REPLICATES, sizeof *job.means, by_value);
    out->low = quantile(job.means, BOOTSTRAP_REPLICATES, 0.025);
    out->high = quantile(job.means, BOOTSTRAP_REPLICATES, 0.975);
done:
    distill_free(job.means);
    return status;
}

distill_status statistics_paired(statistics_difference *out, const double *a, const double *b,
                                 size_t problems, uint64_t seed)
{
    distill_status status = DISTILL_OK;
    double *differences = NULL;
    *out = (statistics_difference){.problems = problems};
    TRY(DISTILL_NEW(&differences, problems > 0 ? problems : 1));
    for (size_t i = 0; i < problems; i++) {
        differences[i] = b[i] - a[i];
        out->mean += differences[i] / (double)problems;
    }
    TRY(statistics_bootstrap(&out->ci95, differences, problems, seed));
    // sums of rounded shares: an exact 0 may come out as 1e-17
    out->distinguishable = out->ci95.low > 1e-9 || out->ci95.high < -1e-9;
done:
    distill_free(differences);
    return status;
}
