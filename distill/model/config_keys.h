// distill/model/config_keys.h - private to config.c: which keys of a config.json are supported.
//
// The rule for every top-level key of a config.json:
//   1. read by config.c                                -> its value decides
//   2. would change the arithmetic unless it is off    -> any other value is UNSUPPORTED, by name
//   3. known not to change it (a name in the list or one of the patterns) -> ignored
//   4. unknown: null, false, "", [] and {} mean that a feature is absent -> ignored;
//      anything else is UNSUPPORTED, naming the key: it might change the arithmetic.
#ifndef DISTILL_MODEL_CONFIG_KEYS_H
#define DISTILL_MODEL_CONFIG_KEYS_H

#include "distill/base/json/json_reader.h"

/// Applies the rule to every key of the root object.
/// Errors  UNSUPPORTED with the key, its value and what to do.
distill_status config_keys_check(const distill_json *doc,
                                 const distill_json_node *root) DISTILL_MUST_CHECK;

#endif
