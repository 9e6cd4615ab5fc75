// distill/tools/tools.h - subcommands of `distill` that use only distill/, one file each.
//
// Subcommands that use traces or the verifier are declared in datasets/tools/dataset_tools.h; the
// table of all subcommands is in datasets/tools/distill_main.c.
#ifndef DISTILL_TOOLS_TOOLS_H
#define DISTILL_TOOLS_TOOLS_H

#include "distill/base/options/options.h"

extern const distill_program TOOL_RENDER;
extern const distill_program TOOL_RUN;
extern const distill_program TOOL_SCORE;
extern const distill_program TOOL_TOKENIZE;
extern const distill_program TOOL_TRAIN_TOKENIZER;

#endif
