// datasets/evaluate/evaluation.c - a trace store with verdicts, filled by sampling_run and the
// grader, and a file with the time that sampling took.
#include "datasets/evaluate/evaluation.h"

#include "datasets/evaluate/sampling_time.h"
#include "datasets/traces/trace_grade.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"

#include <string.h>

struct evaluation {
    char *dir;
    trace_store *store;
    grade grade; // of the reply graded last
};

distill_status evaluation_open(evaluation **out, const char *dir,
                               const trace_store_settings *settings)
{
    distill_status status = DISTILL_OK;
    evaluation *e = NULL;
    trace_store_settings with_verdicts = *settings;
    with_verdicts.verdict = true;
    *out = NULL;
    TRY(DISTILL_NEW(&e, 1));
    TRY(distill_copy_string(&e->dir, dir, strlen(dir)));
    TRY(trace_store_open(&e->store, dir, &with_verdicts));
    *out = e;
    e = NULL;
done:
    evaluation_close(e);
    return status;
}

bool evaluation_is_finished(const evaluation *e)
{
    return trace_store_is_finished(e->store);
}

void evaluation_close(evaluation *e)
{
    if (e == NULL)
        return;
    trace_store_close(e->store);
    grade_free(&e->grade);
    distill_free(e->dir);
    distill_free(e);
}

distill_status evaluation_grade(void *context, trace_record *record)
{
    distill_status status = DISTILL_OK;
    grade *g = context;
    TRY(trace_grade(g, GRADE_AUTO, record));
    record->has_verdict = true;
    record->correct = (int8_t)g->verdict.outcome;
    record->extracted = distill_text_span(&g->verdict.extracted);
    record->reason = trace_reason_of_grade(g->reason);
    record->tests = (distill_span){"", 0};
done:
    return status;
}

// --- sampling -----------------------------------------------------------------------------------

/// Adds this run's tokens and seconds to those of earlier runs.
static distill_status add_time(const char *dir, const sampling_result *result)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    sampling_time time;
    TRY(distill_text_printf(&path, "%s.json", dir));
    TRY(sampling_time_read(&time, path.bytes));
    time.tokens += (double)result->tokens;
    time.seconds += result->seconds;
    TRY(sampling_time_write(&time, path.bytes));
done:
    distill_text_free(&path);
    return status;
}

static void warn_of_failures(const evaluation *e, const char *what, const sampling_result *result)
{
    if (result->skipped > 0)
        distill_warn("%s: %llu problems do not fit in the model's context; they count as wrong",
                     what, (unsigned long long)result->skipped);
    if (result->errors > 0)
        distill_warn(
            "%s: %llu samples failed permanently; they count as wrong (the causes: distill "
            "show %s)",
            what, (unsigned long long)result->errors, e->dir);
}

distill_status evaluation_sample(evaluation *e, const sampling_job *job, evaluation_source source)
{
    distill_status status = DISTILL_OK;
    distill_text account = {0};
    sampling_result result = {0};
    sampling_job graded = *job;
    TRY(distill_text_printf(&account, "%s.usage.json", e->dir));
    graded.store = e->store;
    graded.judge = evaluation_grade;
    graded.judge_context = &e->grade;
    graded.spending_path = source == EVALUATION_SERVED ? account.bytes : NULL;
    status = sampling_run(&result, &graded);
    if (status != DISTILL_OK && status != DISTILL_INTERRUPTED)
        goto done;
    if (result.seconds > 0) {
        distill_status timed = add_time(e->dir, &result);
        status = status != DISTILL_OK ? status : timed;
    }
    TRY(status);
    warn_of_failures(e, job->what, &result);
    TRY(trace_store_finish(e->store));
done:
    distill_text_free(&account);
    return status;
}

distill_status evaluation_score(sample_score *out, const char *dir, const prompt_set *problems,
                                size_t n, uint64_t seed)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    sampling_time time;
    TRY(sample_score_read(out, dir, problems, n, seed));
    TRY(distill_text_printf(&path, "%s.json", dir));
    TRY(sampling_time_read(&time, path.bytes));
    out->tokens_per_s = time.seconds > 0 ? time.tokens / time.seconds : 0;
done:
    distill_text_free(&path);
    return status;
}
