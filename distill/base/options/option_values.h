// distill/base/options/option_values.h - private to distill/base/options: text to option values.
#ifndef DISTILL_BASE_OPTIONS_OPTION_VALUES_H
#define DISTILL_BASE_OPTIONS_OPTION_VALUES_H

#include "distill/base/options/option_table.h"
#include "distill/base/status.h"

/// Converts `value` to the type of the row and stores it in its field of `options`; a list gets a
/// further element. `value` must never be freed.
/// Errors  USAGE for text that is not a value of the row's type and bounds.
distill_status option_set(void *options, const distill_option *row,
                          const char *value) DISTILL_MUST_CHECK;

/// Like option_set for text that is freed later: stores a copy.
distill_status option_set_copy(void *options, const distill_option *row,
                               distill_span value) DISTILL_MUST_CHECK;

#endif
