// distill/base/options/options_help.h - private to base/options: the help page made from the rows.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_HELP_H
#define DISTILL_BASE_OPTIONS_OPTIONS_HELP_H

#include "distill/base/options/options.h"

/// Prints the help on stdout: plain text, or Markdown for docs/options.md.
void distill_options_help(const distill_program *program, bool markdown);

#endif
