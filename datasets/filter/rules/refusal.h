// datasets/filter/rules/refusal.h - recognises replies that decline to answer.
#ifndef DATASETS_FILTER_RULES_REFUSAL_H
#define DATASETS_FILTER_RULES_REFUSAL_H

#include "distill/base/text.h"

/// True if the answer (the text after the last </think>) has no \boxed{} and says in its first
/// sentences that its author cannot or will not help: "I'm sorry, but I can't assist with that",
/// "As an AI language model, I", and phrases in German, French, Spanish, Portuguese, Russian,
/// Chinese and Japanese. Of a long answer only the first 200 bytes are searched, of a short one
/// 400. "We cannot conclude" and "sorry, that step was wrong" are not refusals.
bool refusal_found(distill_span reply);

#endif
