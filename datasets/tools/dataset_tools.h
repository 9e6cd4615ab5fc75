// datasets/tools/dataset_tools.h - the subcommands of `distill` that need datasets/, one in each
// file.
#ifndef DATASETS_TOOLS_DATASET_TOOLS_H
#define DATASETS_TOOLS_DATASET_TOOLS_H

#include "distill/base/options/options.h"

extern const distill_program TOOL_DOCTOR;
extern const distill_program TOOL_EXPORT;
extern const distill_program TOOL_IMPORT;
extern const distill_program TOOL_PROBLEMS;
extern const distill_program TOOL_SHOW;
extern const distill_program TOOL_VERIFY;

#endif
