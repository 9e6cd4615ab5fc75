// student/training_report.h - OUTPUT/report.html: summary, curves and settings of a run.
#ifndef STUDENT_TRAINING_REPORT_H
#define STUDENT_TRAINING_REPORT_H

#include "distill/base/text.h"

typedef struct training_report {
    const char *output;           // directory with metrics.jsonl
    size_t documents, parameters; // of the data, of the model
    distill_span settings;        // JSON of all options
} training_report;

/// Reads OUTPUT/metrics.jsonl and writes the page.
distill_status training_report_write(const training_report *report) DISTILL_MUST_CHECK;

#endif
