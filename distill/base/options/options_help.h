// distill/base/options/options_help.h - private to distill/base/options: --help and --version.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_HELP_H
#define DISTILL_BASE_OPTIONS_OPTIONS_HELP_H

#include "distill/base/options/option_table.h"

#include <stdio.h>

/// If `word` is --help, -h, --help=FORMAT or --version, prints the text to stdout. *printed says
/// whether it did.
/// Errors  USAGE for an unknown format.
distill_status options_print_about(bool *printed, const distill_program *program,
                                   const char *word) DISTILL_MUST_CHECK;

/// The help as plain text, 100 columns wide.
void options_print_help(const distill_program *program, FILE *to);

#endif
