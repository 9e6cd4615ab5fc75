// datasets/filter/rules/prose.h - the prose of a reply: its text without code, formulas and tags.
#ifndef DATASETS_FILTER_RULES_PROSE_H
#define DATASETS_FILTER_RULES_PROSE_H

#include "distill/base/text.h"

/// Sets `out` (cleared first) to `text` with a space in place of fenced and inline code, formulas
/// ($ $, $$ $$, \( \), \[ \]), names of LaTeX commands, and think and answer tags. A part that is
/// not closed is prose, except a fence, which ends with the text.
/// Errors  NO_MEMORY.
distill_status prose_extract(distill_text *out, distill_span text) DISTILL_MUST_CHECK;

/// True if the text contains a fenced code block (``` or ~~~ at the beginning of a line).
bool prose_has_code_block(distill_span text);

#endif
