// datasets/evaluate/sampling_time.h - a file with the time that sampling took, over all runs on the
// same samples.
//
//     {"tokens":81920,"seconds":12.5}
#ifndef DATASETS_EVALUATE_SAMPLING_TIME_H
#define DATASETS_EVALUATE_SAMPLING_TIME_H

#include "distill/base/status.h"

typedef struct sampling_time {
    double tokens, seconds;
} sampling_time;

/// For an absent or damaged file the time is 0, and the speed unknown.
distill_status sampling_time_read(sampling_time *time, const char *path) DISTILL_MUST_CHECK;
distill_status sampling_time_write(const sampling_time *time, const char *path) DISTILL_MUST_CHECK;

#endif
