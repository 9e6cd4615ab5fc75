// student/data_key.h - what a --data argument names, and a key for the content of all of them.
#ifndef STUDENT_DATA_KEY_H
#define STUDENT_DATA_KEY_H

#include "distill/base/options/options.h"
#include "distill/base/sha256.h"
#include "student/training_reading.h"

/// Splits PATH[:WEIGHT]: the weight follows the last colon, if that is a number and no file has the
/// whole name. builtin:TASK:COUNT has a colon of its own. `path` is cleared first; without a weight,
/// it is 1.
/// Errors  USAGE for a weight that is not above 0.
distill_status data_spec_split(distill_text *path, double *weight,
                               const char *spec) DISTILL_MUST_CHECK;
/// SHA-256 of everything that the documents depend on: of a folder of shards its manifest (which has
/// the sums of the shards), of a file its content (a pipe has a new key each time), of a built-in task
/// its name; and tokenizer, chat template and settings of `reading`.
/// Errors  IO.
distill_status data_key(char key[DISTILL_SHA256_HEX], const distill_string_list *specs,
                        const training_reading *reading) DISTILL_MUST_CHECK;

#endif
