// datasets/verify/grade_counts.c - counts of verdicts as text and as JSON.
#include "datasets/verify/grade_counts.h"

static verdict_outcome outcome_of(grade_reason reason)
{
    if (reason == GRADE_RIGHT)
        return VERDICT_RIGHT;
    bool wrong = reason == GRADE_WRONG || reason == GRADE_NO_ANSWER || reason == GRADE_FAILED;
    return wrong ? VERDICT_WRONG : VERDICT_UNKNOWN;
}

uint64_t grade_counts_with(const grade_counts *counts, verdict_outcome outcome)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < GRADE_REASONS; i++)
        sum += outcome_of((grade_reason)i) == outcome ? counts->of[i] : 0;
    return sum;
}

/// Appends " (1 no_answer, 2 error)": the reasons of an outcome other than the outcome itself.
static distill_status add_reasons(distill_text *out, const grade_counts *counts,
                                  verdict_outcome outcome)
{
    distill_status status = DISTILL_OK;
    const char *before = " (";
    for (unsigned i = 0; i < GRADE_REASONS; i++) {
        if (counts->of[i] == 0 || i <= GRADE_WRONG || outcome_of((grade_reason)i) != outcome)
            continue;
        TRY(distill_text_printf(out, "%s%llu %s", before, (unsigned long long)counts->of[i],
                                grade_reason_name((grade_reason)i)));
        before = ", ";
    }
    if (*before == ',')
        TRY(distill_text_add_char(out, ')'));
done:
    return status;
}

distill_status grade_counts_write(distill_text *out, const grade_counts *counts)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "%llu right, %llu wrong",
                            (unsigned long long)grade_counts_with(counts, VERDICT_RIGHT),
                            (unsigned long long)grade_counts_with(counts, VERDICT_WRONG)));
    TRY(add_reasons(out, counts, VERDICT_WRONG));
    TRY(distill_text_printf(out, ", %llu unknown",
                            (unsigned long long)grade_counts_with(counts, VERDICT_UNKNOWN)));
    TRY(add_reasons(out, counts, VERDICT_UNKNOWN));
    TRY(distill_text_printf(out, "; %llu cut at the token limit",
                            (unsigned long long)counts->truncated));
done:
    return status;
}

void grade_counts_add(distill_json_writer *w, const grade_counts *counts)
{
    distill_json_begin_object(w, "verdicts");
    distill_json_add_uint(w, "right", grade_counts_with(counts, VERDICT_RIGHT));
    distill_json_add_uint(w, "wrong", grade_counts_with(counts, VERDICT_WRONG));
    distill_json_add_uint(w, "unknown", grade_counts_with(counts, VERDICT_UNKNOWN));
    distill_json_add_uint(w, "truncated", counts->truncated);
    distill_json_begin_object(w, "reasons");
    for (unsigned i = GRADE_WRONG + 1; i < GRADE_REASONS; i++)
        if (counts->of[i] > 0)
            distill_json_add_uint(w, grade_reason_name((grade_reason)i), counts->of[i]);
    distill_json_end_object(w);
    distill_json_end_object(w);
}
