// datasets/filter/rules/encoding_fault.h - bytes that text does not contain.
#ifndef DATASETS_FILTER_RULES_ENCODING_FAULT_H
#define DATASETS_FILTER_RULES_ENCODING_FAULT_H

#include "distill/base/text.h"

/// NULL if the text is clean; else the first fault: "broken UTF-8", "U+FFFD" (a character that was
/// broken before) or "control character" (U+0000 to U+001F except tab and line ends, U+007F to
/// U+009F).
const char *encoding_fault(distill_span text);

#endif
