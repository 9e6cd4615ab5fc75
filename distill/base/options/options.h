// distill/base/options/options.h - command-line options, declared once in a table of rows.
//
//     typedef enum gen_mode { GEN_FAST, GEN_EXACT } gen_mode;
//     typedef struct gen_options {
//         distill_common_options common;              // always first
//         const char *teacher;
//         double temperature;
//         gen_mode mode;
//     } gen_options;
//     static const gen_options GEN_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS,
//                                              .temperature = 0.6};
//     #define AT(field) offsetof(gen_options, field)
//     static const distill_option GEN_ROWS[] = {
//         {.section = "Sampling"},
//         {.name = "temperature", .letter = 't', .type = DISTILL_OPT_REAL,
//          .offset = AT(temperature), .low = 0, .high = 2, .help = "softmax temperature"},
//         {.name = "mode", .type = DISTILL_OPT_CHOICE, .offset = AT(mode),
//          .choices = "fast|exact", .help = "how to sample"},
//         DISTILL_COMMON_ROWS,
//     };
//
// Rows and defaults determine the command line, --config FILE.json, the settings stored in outputs,
// --help, docs/options.md (--help=markdown), manual pages (--help=man), and completions for bash
// and zsh (--help=bash, --help=zsh).
//
// Command line: --name VALUE, --name=VALUE, -t VALUE; --name and --no-name for flags; "-" and "_"
// in names are equivalent. In --config each long name is a key; the command line takes precedence.
// The words of a choice are listed in `choices` in the order of the enum, whose values begin at 0.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_H
#define DISTILL_BASE_OPTIONS_OPTIONS_H

#include "distill/base/json/json_writer.h"
#include "distill/base/options/option_table.h"
#include "distill/base/options/version.h"

/// Fills `options` (of program->size bytes) from defaults, --config and argv.
/// --help, --help=FORMAT and --version print to stdout and exit the process with status 0.
/// Owns    strings and lists point into argv or into memory that is never freed: the caller frees
///         nothing.
/// Errors  USAGE.
distill_status distill_options_parse(void *options, const distill_program *program, int argc,
                                     char **argv) DISTILL_MUST_CHECK;

/// USAGE if the string option `value` was not given.
distill_status distill_options_require(const char *value, const char *name) DISTILL_MUST_CHECK;

/// Adds the settings to the open object of `w`, one member for each option, with its name as key.
/// Of the common options only the seed is included: the others do not change the output.
void distill_options_add(distill_json_writer *w, const distill_program *program,
                         const void *options);
/// Appends the settings as a JSON object with exactly these members.
distill_status distill_options_write(distill_text *out, const distill_program *program,
                                     const void *options) DISTILL_MUST_CHECK;

/// Opens the log, sets the number of threads, and installs the signal handlers.
distill_status distill_program_start(const distill_common_options *common) DISTILL_MUST_CHECK;

/// Prints "PROGRAM: error: MESSAGE" if `status` is a failure, closes the log and returns the exit
/// status: 0 done, 1 failed, 2 bad usage, 130 interrupted.
int distill_exit(const distill_program *program, distill_status status) DISTILL_MUST_CHECK;

#endif
