// distill/tools/recipe.h - a recipe: named stages, each a command, run in order.
//
//     {"name": "demo",
//      "variables": {"work": "demo"},
//      "stages": [
//        {"name": "sample",
//         "command": ["distill-gen", "--teacher", "builtin", "--prompts", "builtin:word:100",
//                     "--output", "${work}/traces"]},
//        {"name": "text",
//         "command": ["distill", "export", "${work}/traces", "--to", "jsonl"],
//         "stdout": "${work}/traces.jsonl"}]}
//
// ${NAME} is replaced by the value of a variable, ${recipe_dir} by the folder of the recipe.
// "stdin" and "stdout" are files; "note" is a comment.
#ifndef DISTILL_TOOLS_RECIPE_H
#define DISTILL_TOOLS_RECIPE_H

#include "distill/base/sha256.h"
#include "distill/base/text.h"

typedef struct recipe_stage {
    char *name;
    char **argv; // [argc], followed by NULL
    size_t argc;
    char *input, *output;         // files for stdin and stdout; NULL = inherited
    char key[DISTILL_SHA256_HEX]; // hash of this stage and all stages before it
} recipe_stage;

typedef struct recipe {
    recipe_stage *stages;
    size_t count;
} recipe;

/// `settings` are strings "NAME=VALUE" that override the recipe's variables.
/// Errors  FORMAT with file, stage and key; USAGE for a setting of an unknown variable.
distill_status recipe_read(recipe *out, const char *path, const char *const *settings,
                           size_t setting_count) DISTILL_MUST_CHECK;
void recipe_free(recipe *r);

#endif
