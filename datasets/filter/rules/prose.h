// datasets/filter/rules/prose.h - the words of a reply, without what every language writes the same.
#ifndef DATASETS_FILTER_RULES_PROSE_H
#define DATASETS_FILTER_RULES_PROSE_H

#include "distill/base/text.h"

/// Sets `out` (cleared first) to `text` without fenced and inline code, formulas ($ $, $$ $$, \( \),
/// \[ \]), names of LaTeX commands and think and answer tags; a space stands in their place.
distill_status prose_extract(distill_text *out, distill_span text) DISTILL_MUST_CHECK;

/// True if the text holds a fenced code block.
bool prose_has_code_block(distill_span text);

#endif
