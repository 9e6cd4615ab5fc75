// distill/base/options/options_completion.h - private to distill/base/options: --help=bash and
// --help=zsh.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_COMPLETION_H
#define DISTILL_BASE_OPTIONS_OPTIONS_COMPLETION_H

#include "distill/base/options/option_table.h"

/// Prints a bash script that completes the program's options, their values and subcommands.
void options_print_bash(const distill_program *program);
/// Prints the same for zsh, as a file (_NAME) for the function path.
void options_print_zsh(const distill_program *program);

#endif
