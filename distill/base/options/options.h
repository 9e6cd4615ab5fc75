// distill/base/options/options.h - every option is declared once, in a row; parser, --help and --config
// follow.
//
//     typedef struct gen_options {
//         distill_common_options common;
//         const char *teacher;
//         double temperature;
//     } gen_options;
//     static const gen_options GEN_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS, .temperature = 0.6};
//     #define AT(field) offsetof(gen_options, field)
//     static const distill_option GEN_ROWS[] = {
//         {.section = "Sampling"},
//         {.name = "temperature", .letter = 't', .type = DISTILL_OPT_REAL, .offset = AT(temperature),
//          .low = 0, .high = 2, .help = "softmax temperature; 0 is greedy"},
//         DISTILL_COMMON_ROWS,
//     };
//
// A choice is an enum in the struct; its words stand in the row, in the order of the enum:
//
//     typedef enum export_format { EXPORT_JSONL, EXPORT_MESSAGES } export_format;
//     {.name = "to", .type = DISTILL_OPT_ENUM, .offset = AT(to), .choices = "jsonl|hf-messages"},
//
// On the command line: --name VALUE, --name=VALUE, -t VALUE; "-" and "_" in names are the same;
// --name and --no-name for flags. --config FILE.json: any long name as a key; the command line wins.
#ifndef DISTILL_BASE_OPTIONS_OPTIONS_H
#define DISTILL_BASE_OPTIONS_OPTIONS_H

#include "distill/base/json/json_writer.h"
#include "distill/base/text.h"

typedef enum distill_option_type {
    DISTILL_OPT_FLAG,   // bool
    DISTILL_OPT_INT,    // int
    DISTILL_OPT_SIZE,   // size_t
    DISTILL_OPT_SEED,   // uint64_t
    DISTILL_OPT_REAL,   // double
    DISTILL_OPT_STRING, // const char *; NULL = not given
    DISTILL_OPT_CHOICE, // const char *, one of `choices` ("a|b|c")
    DISTILL_OPT_ENUM,   // an enum of the size of int: the place of the word in `choices`, from 0
    DISTILL_OPT_LIST    // distill_string_list: repeatable, and several values may follow one flag
} distill_option_type;

typedef struct distill_string_list {
    const char **at;
    size_t count;
} distill_string_list;

typedef struct distill_option {
    const char *name; // NULL: a heading, see `section`
    char letter;
    distill_option_type type;
    size_t offset;
    double low, high;     // inclusive bounds of numbers
    const char *unit;     // placeholder in the help: N, DIR, FILE, TEXT
    const char *help;     // one sentence
    const char *aliases;  // comma-separated other spellings
    const char *choices;  // words of a choice ("a|b|c"), in the order of the enum
    const char *section;  // heading of the help, for a row without a name
    bool positional_list; // DISTILL_OPT_LIST: also takes the words that belong to no flag
} distill_option;

typedef struct distill_program {
    const char *name;    // "distill-gen"
    const char *summary; // one sentence
    const char *usage;   // "distill-gen --teacher DIR --prompts FILE --output DIR [options]"
    const char *epilog;  // examples under the help; may be NULL
    const distill_option *options;
    size_t option_count;
    const void *defaults; // const image of the options struct
    size_t size;
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
         .help = "JSON file with any of these options as keys; the command line wins"},            \
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
/// --help and --version print on stdout and exit with 0: the only calls here that end the process.
/// Errors  USAGE. Strings and lists point into argv or into memory that lives until the process ends: nothing to free.
distill_status distill_options_parse(void *options, const distill_program *program, int argc,
                                     char **argv) DISTILL_MUST_CHECK;

/// The word of `choices` ("a|b|c") at place `value`; borrowed from `choices`.
distill_span distill_choice_word(const char *choices, int value);

/// USAGE if the string option `value` was not given.
distill_status distill_options_require(const char *value, const char *name) DISTILL_MUST_CHECK;

/// Adds the settings to the open object of `w`, a member for each option with its name as key.
/// Common options other than the seed are left out.
void distill_options_add(distill_json_writer *w, const distill_program *program,
                         const void *options);
/// Appends the settings as a JSON object of just these members.
distill_status distill_options_write(distill_text *out, const distill_program *program,
                                     const void *options) DISTILL_MUST_CHECK;

/// Opens log and threads as the common options say and installs the signal handlers.
distill_status distill_program_start(const distill_common_options *common) DISTILL_MUST_CHECK;

/// Prints "PROGRAM: error: MESSAGE" if `status` is a failure, closes the log and gives the exit
/// status: 0 done, 1 failed, 2 bad usage, 130 interrupted.
int distill_exit(const distill_program *program, distill_status status) DISTILL_MUST_CHECK;

#define DISTILL_VERSION "0.1.0"

#endif
