// distill/base/options/options_manual.h - private to distill/base/options: --help=man.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_MANUAL_H
#define DISTILL_BASE_OPTIONS_OPTIONS_MANUAL_H

#include "distill/base/options/option_table.h"

/// Prints the manual page of section 1 in the man(7) macros of roff.
void options_print_manual(const distill_program *program);

#endif
