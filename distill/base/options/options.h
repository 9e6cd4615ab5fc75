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
//         {.name = "mode", .type = DISTILL_OPT_ENUM, .offset = AT(mode), .choices = "fast|exact"},
//         DISTILL_COMMON_ROWS,
//     };
//
// From the rows and the defaults follow: the command line, --config FILE.json, the settings kept in
// outputs, --help, docs/options.md (--help=markdown), manual pages (--help=man), and completions for
// bash and zsh (--help=bash, --help=zsh).
//
// On the command line: --name VALUE, --name=VALUE, -t VALUE; --name and --no-name for flags; "-" and
// "_" in names are the same. In --config any long name is a key; the command line takes precedence.
// The words of a choice are those of `choices`, in the order of the enum's values, which begin at 0.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_H
#define DISTILL_BASE_OPTIONS_OPTIONS_H

#include "distill/base/json/json_writer.h"
#include "distill/base/text.h"
#include "distill/base/version.h"

typedef enum distill_option_type {
    DISTILL_OPT_FLAG,   // bool
    DISTILL_OPT_INT,    // int
    DISTILL_OPT_SIZE,   // size_t
    DISTILL_OPT_SEED,   // uint64_t
    DISTILL_OPT_REAL,   // double
    DISTILL_OPT_STRING, // const char *; NULL = not given
    DISTILL_OPT_CHOICE, // const char *, one of `choices` ("a|b|c")
    DISTILL_OPT_ENUM,   // an enum of the size of int: the place of the word in `choices`
    DISTILL_OPT_LIST    // distill_string_list: repeatable, and several values may follow one name
} distill_option_type;

typedef struct distill_string_list {
    const char **at;
    size_t count;
} distill_string_list;

typedef struct distill_option {
    const char *name; // NULL: a heading, see `section`
    char letter;      // -t; 0 = none
    distill_option_type type;
    size_t offset;        // of the field in the options struct
    double low, high;     // inclusive bounds of numbers
    const char *unit;     // placeholder in the help: N, TEXT, DIR|builtin|URL; completions offer
                          // files for FILE and PATH, folders for DIR, and words in lower case
    const char *help;     // one sentence, without a full stop
    const char *aliases;  // other spellings, comma-separated
    const char *choices;  // words of a choice: "a|b|c"
    const char *section;  // heading, for a row without a name
    bool positional_list; // DISTILL_OPT_LIST: also takes the words that belong to no option
} distill_option;

typedef struct distill_program {
    const char *name;    // "distill-gen", "distill run"
    const char *summary; // one sentence
    const char *usage;   // "distill-gen --teacher DIR --prompts FILE --output DIR [options]"
    const char *epilog;  // notes and examples below the options; may be NULL
    const distill_option *options;
    size_t option_count;
    const void *defaults; // const image of the options struct
    size_t size;          // of the options struct
    // a subcommand: runs it; argv[0] is its word, the result is the exit status
    int (*main)(int argc, char **argv);
    // a program of subcommands (commands.h), which has no options of its own
    const struct distill_program *const *commands;
    size_t command_count;
} distill_program;

/// Fields that every program's options begin with.
typedef struct distill_common_options {
    int threads;
    uint64_t seed;
    bool quiet;
    const char *log_file;
    const char *config;
} distill_common_options;

#define DISTILL_COMMON_DEFAULTS                                                                    \
    {                                                                                              \
        .threads = 0, .seed = 0                                                                    \
    }
#define DISTILL_COMMON_AT(field) offsetof(distill_common_options, field)
#define DISTILL_COMMON_ROWS                                                                        \
    {.section = "Common"},                                                                         \
        {.name = "threads",                                                                        \
         .letter = 'j',                                                                            \
         .type = DISTILL_OPT_INT,                                                                  \
         .offset = DISTILL_COMMON_AT(threads),                                                     \
         .low = 0,                                                                                 \
         .high = 4096,                                                                             \
         .unit = "N",                                                                              \
         .help = "threads to use; 0 takes all cores"},                                             \
        {.name = "seed",                                                                           \
         .type = DISTILL_OPT_SEED,                                                                 \
         .offset = DISTILL_COMMON_AT(seed),                                                        \
         .unit = "N",                                                                              \
         .help = "seed of all random numbers"},                                                    \
        {.name = "config",                                                                         \
         .type = DISTILL_OPT_STRING,                                                               \
         .offset = DISTILL_COMMON_AT(config),                                                      \
         .unit = "FILE",                                                                           \
         .help =                                                                                   \
             "JSON file with any of these options as keys; the command line takes precedence"},    \
        {.name = "log-file",                                                                       \
         .type = DISTILL_OPT_STRING,                                                               \
         .offset = DISTILL_COMMON_AT(log_file),                                                    \
         .unit = "FILE",                                                                           \
         .help = "append events as JSON lines"},                                                   \
    {                                                                                              \
        .name = "quiet", .letter = 'q', .type = DISTILL_OPT_FLAG,                                  \
        .offset = DISTILL_COMMON_AT(quiet), .help = "print only results, warnings and errors"      \
    }

/// Fills `options` (of program->size bytes) from defaults, --config and argv.
/// --help, --help=FORMAT and --version print on stdout and end the process with status 0.
/// Owns    strings and lists point into argv or into memory that lives as long as the process:
///         nothing is to be freed.
/// Errors  USAGE.
distill_status distill_options_parse(void *options, const distill_program *program, int argc,
                                     char **argv) DISTILL_MUST_CHECK;

/// The word of `choices` ("a|b|c") at place `value`; borrowed from `choices`.
distill_span distill_choice_word(const char *choices, int value);

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
