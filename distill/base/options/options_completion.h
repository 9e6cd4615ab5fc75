// distill/base/options/options_completion.h - private to distill/base/options: --help=bash and
// --help=zsh.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_COMPLETION_H
#define DISTILL_BASE_OPTIONS_OPTIONS_COMPLETION_H

#include "distill/base/options/option_table.h"

/// Prints a script for bash that completes the program's options, their values and subcommands.
void options_print_bash(const distill_program *program);
/// The same for zsh, as a file of its function path (_NAME).
void options_print_zsh(const distill_program *program);

#endif
