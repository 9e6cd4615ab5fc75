// datasets/filter/rules/encoding_fault.h - text that no reader can have meant.
#ifndef DATASETS_FILTER_RULES_ENCODING_FAULT_H
#define DATASETS_FILTER_RULES_ENCODING_FAULT_H

#include "distill/base/text.h"

/// NULL if the text is clean; else "broken UTF-8", "U+FFFD" (what was broken before) or "control
/// character": U+0000 to U+001F other than tab and line ends, U+007F to U+009F.
const char *encoding_fault(distill_span text);

#endif
