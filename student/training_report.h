// student/training_report.h - OUTPUT/report.html: the curves of a run, step by step.
#ifndef STUDENT_TRAINING_REPORT_H
#define STUDENT_TRAINING_REPORT_H

#include "student/training_run.h"

/// Reads OUTPUT/metrics.jsonl and writes the page.
distill_status training_report_write(const training_run *run) DISTILL_MUST_CHECK;

#endif
