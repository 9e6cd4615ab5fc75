// datasets/filter/rules/refusal.h - does the reply decline to answer?
#ifndef DATASETS_FILTER_RULES_REFUSAL_H
#define DATASETS_FILTER_RULES_REFUSAL_H

#include "distill/base/text.h"

/// True if the answer (what follows the last </think>) is short or begins so, holds no \boxed{}, and
/// says that its author cannot or will not help ("I'm sorry, but I can't assist with that", "As an
/// AI language model, I …", and the like in German, French, Spanish, Russian, Chinese and Japanese).
/// "We cannot conclude" and "sorry, that step was wrong" are no refusals.
bool refusal_found(distill_span reply);

#endif
