// distill/base/options/options.h - options declared once, in a table of rows.
//
//     typedef enum gen_mode { GEN_FAST, GEN_EXACT } gen_mode;
//     typedef struct gen_options {
//         distill_common_options common;              // always first
//         const char *teacher;
//         double temperature;
//         gen_mode mode;
//     } gen_options;
//     static const gen_options GEN_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS, .temperature = 0.6};
//     #define AT(field) offsetof(gen_options, field)
//     static const distill_option GEN_ROWS[] = {
//         {.section = "Sampling"},
//         {.name = "temperature", .letter = 't', .type = DISTILL_OPT_REAL, .offset = AT(temperature),
//          .low = 0, .high = 2, .help = "softmax temperature; 0 is greedy"},
//         {.name = "mode", .type = DISTILL_OPT_CHOICE, .offset = AT(mode), .choices = "fast|exact"},
//         DISTILL_COMMON_ROWS,
//     };
//
// From the rows and the defaults follow: the command line, --config FILE.json, the settings kept in
// outputs, --help, docs/options.md (--help=markdown), manual pages (--help=man), and completions
// for bash and zsh (--help=bash, --help=zsh).
//
// On the command line: --name VALUE, --name=VALUE, -t VALUE; --name and --no-name for flags; "-"
// and "_" in names are the same. In --config any long name is a key; the command line takes
// precedence. The words of a choice are those of `choices`, in the order of the enum's values,
// which begin at 0.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_H
#define DISTILL_BASE_OPTIONS_OPTIONS_H

#include "distill/base/json/json_writer.h"
#include "distill/base/options/option_table.h"
#include "distill/base/options/version.h"

/// Fills `options` (of program->size bytes) from defaults, --config and argv.
/// --help, --help=FORMAT and --version print on stdout and end the process with status 0.
/// Owns    strings and lists point into argv or into memory that lives as long as the process:
///         nothing is to be freed.
/// Errors  USAGE.
distill_status distill_options_parse(void *options, const distill_program *program, int argc,
                                     char **argv) DISTILL_MUST_CHECK;

/// USAGE if the string option `value` was not given.
distill_status distill_options_require(const char *value, const char *name) DISTILL_MUST_CHECK;

/// Adds the settings to the open object of `w`, a member for each option with its name as key.
/// Common options other than the seed are left out: they do not change the output.
void distill_options_add(distill_json_writer *w, const distill_program *program,
                         const void *options);
/// Appends the settings as a JSON object of just these members.
distill_status distill_options_write(distill_text *out, const distill_program *program,
                                     const void *options) DISTILL_MUST_CHECK;

/// Opens the log and sets the threads as the common options say; installs the signal handlers.
distill_status distill_program_start(const distill_common_options *common) DISTILL_MUST_CHECK;

/// Prints "PROGRAM: error: MESSAGE" if `status` is a failure, closes the log and gives the exit
/// status: 0 done, 1 failed, 2 bad usage, 130 interrupted.
int distill_exit(const distill_program *program, distill_status status) DISTILL_MUST_CHECK;

#endif
