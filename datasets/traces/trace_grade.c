// datasets/traces/trace_grade.c - a trace as a case of the grader, and the grader's reasons as
// those of traces. Two tables, no policy: that is datasets/verify/grade.c.
#include "datasets/traces/trace_grade.h"

static reply_end end_of(trace_finish finish)
{
    switch (finish) {
    case TRACE_FINISH_LENGTH:
        return REPLY_CUT;
    case TRACE_FINISH_ERROR:
        return REPLY_FAILED;
    case TRACE_FINISH_STOP:
        break;
    }
    return REPLY_COMPLETE;
}

grade_case trace_grade_case(const trace_record *trace)
{
    return (grade_case){.domain = trace->domain,
                        .answer = trace->answer,
                        .tests = trace->tests,
                        .prompt = trace->prompt,
                        .language = trace->language,
                        .response = trace->response,
                        .end = end_of(trace->finish)};
}

distill_status trace_grade(grade *out, grade_rule rule, const trace_record *trace)
{
    const grade_case c = trace_grade_case(trace);
    return grade_reply(out, rule, &c);
}

grade_reason grade_reason_of_trace(const trace_record *trace)
{
    static const grade_reason REASONS[] = {GRADE_UNKNOWN, GRADE_NO_ANSWER,    GRADE_TRUNCATED,
                                           GRADE_FAILED,  GRADE_NO_REFERENCE, GRADE_BAD_REFERENCE};
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
        if (trace->reason == trace_reason_of_grade(REASONS[i]))
            return REASONS[i];
    return trace->correct == 1 ? GRADE_RIGHT : trace->correct == 0 ? GRADE_WRONG : GRADE_UNKNOWN;
}

trace_reason trace_reason_of_grade(grade_reason reason)
{
    static const trace_reason REASONS[] = {
        [GRADE_RIGHT] = TRACE_KEPT,
        [GRADE_WRONG] = TRACE_WRONG,
        [GRADE_UNKNOWN] = TRACE_UNKNOWN,
        [GRADE_NO_ANSWER] = TRACE_NO_ANSWER,
        [GRADE_TRUNCATED] = TRACE_TRUNCATED,
        [GRADE_FAILED] = TRACE_ERROR,
        [GRADE_NOT_GRADED] = TRACE_KEPT,
        [GRADE_NO_REFERENCE] = TRACE_NO_REFERENCE,
        [GRADE_BAD_REFERENCE] = TRACE_BAD_REFERENCE,
    };
    return REASONS[reason];
}
