// distill/base/options/options_rows.h - private to distill/base/options: reading the rows of a
// program, for the parser, the help, the manual page and the completions.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_ROWS_H
#define DISTILL_BASE_OPTIONS_OPTIONS_ROWS_H

#include "distill/base/options/option_table.h"

/// Returns the next part of the list *rest ("a|b|c", "a,b") and moves *rest past it; *rest becomes
/// NULL after the last part. If *rest is NULL the part is empty.
distill_span options_next_part(const char **rest, char separator);

/// Placeholder of the value in the help: "N", "a|b|c"; "" for a flag.
const char *options_placeholder(const distill_option *row);

/// The default as written on the command line, with line feeds as "\n"; "" if there is none.
void options_default(char *buffer, size_t capacity, const distill_program *program,
                     const distill_option *row);

enum { OPTIONS_NAME_BYTES = 64 };
/// Name of the program as a file name: "distill-run" for "distill run".
void options_file_name(char name[OPTIONS_NAME_BYTES], const distill_program *program);

/// A sentence that explains the exit status of all programs.
extern const char OPTIONS_EXIT_STATUS[];

#endif
