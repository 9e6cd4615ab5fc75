// distill/base/options/options_rows.h - private to distill/base/options: what the parser, the help,
// the manual and the completions share about the rows of a program.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_ROWS_H
#define DISTILL_BASE_OPTIONS_OPTIONS_ROWS_H

#include "distill/base/options/option_table.h"

/// Takes the next part off the list *rest ("a|b|c", "a,b"), which ends at a NUL; *rest becomes NULL
/// after the last part. *rest may be NULL: then the part is empty.
distill_span options_next_part(const char **rest, char separator);

/// What stands for the value in the help: "N", "a|b|c"; "" for a flag.
const char *options_placeholder(const distill_option *row);

/// The default as the command line would hold it, line feeds as "\n"; "" if there is none.
void options_default(char *buffer, size_t capacity, const distill_program *program,
                     const distill_option *row);

enum { OPTIONS_NAME_BYTES = 64 };
/// Name of the program as a file name: "distill-run" for "distill run".
void options_file_name(char name[OPTIONS_NAME_BYTES], const distill_program *program);

/// What programs promise about their exit status: a sentence.
extern const char OPTIONS_EXIT_STATUS[];

#endif
