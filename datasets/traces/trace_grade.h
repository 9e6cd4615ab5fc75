// datasets/traces/trace_grade.h - grades a trace: its fields as a case of the grader, the grade as
// a verdict of the trace.
//
//     TRY(trace_grade(&g, GRADE_AUTO, &record));
//     record.reason = trace_reason_of_grade(g.reason);
#ifndef DATASETS_TRACES_TRACE_GRADE_H
#define DATASETS_TRACES_TRACE_GRADE_H

#include "datasets/traces/record.h"
#include "datasets/verify/grade.h"

/// Borrowed from the trace.
grade_case trace_grade_case(const trace_record *trace);
distill_status trace_grade(grade *out, grade_rule rule,
                           const trace_record *trace) DISTILL_MUST_CHECK;
/// TRACE_KEPT for a right reply and for one that was not graded.
trace_reason trace_reason_of_grade(grade_reason reason);
/// The reverse, of a trace with a verdict: what is kept is right, or unknown where `correct` says
/// so; where the reason is a rule of the filter, `correct` decides.
grade_reason grade_reason_of_trace(const trace_record *trace);

#endif
