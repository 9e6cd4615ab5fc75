// distill/base/options/option_table.h - types of a table of options and of a program's description.
// An example is in options.h.
#ifndef DISTILL_BASE_OPTIONS_OPTION_TABLE_H
#define DISTILL_BASE_OPTIONS_OPTION_TABLE_H

#include "distill/base/text.h"

typedef enum distill_option_type {
    DISTILL_OPT_FLAG,   // bool
    DISTILL_OPT_INT,    // int
    DISTILL_OPT_SIZE,   // size_t
    DISTILL_OPT_SEED,   // uint64_t
    DISTILL_OPT_REAL,   // double
    DISTILL_OPT_STRING, // const char *; NULL = not given
    DISTILL_OPT_CHOICE, // an enum of int's size: the index of the word in `choices`
    DISTILL_OPT_LIST    // distill_string_list: repeatable; a name may be followed by several values
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
    const char *unit;     // placeholder in the help: N, TEXT, DIR|builtin|URL. Shells complete
                          // FILE and PATH with files, DIR with folders, lower-case words as written
    const char *help;     // one sentence, without a full stop
    const char *aliases;  // other spellings, comma-separated
    const char *choices;  // words of a choice: "a|b|c"
    const char *section;  // heading, for a row without a name
    bool positional_list; // DISTILL_OPT_LIST: also takes the arguments that follow no option
} distill_option;

typedef struct distill_program {
    const char *name;    // "distill-gen", "distill run"
    const char *summary; // one sentence
    const char *usage;   // "distill-gen --teacher DIR --prompts FILE --output DIR [options]"
    const char *epilog;  // notes and examples after the options; may be NULL
    const distill_option *options;
    size_t option_count;
    const void *defaults; // options struct with the default values
    size_t size;          // of the options struct
    // of a subcommand: runs it with argv[0] = its name and returns the exit status
    int (*main)(int argc, char **argv);
    // of a program with subcommands (commands.h), which has no options of its own
    const struct distill_program *const *commands;
    size_t command_count;
} distill_program;

/// The first fields of every program's options.
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

/// The word at index `value` of `choices` ("a|b|c"); borrowed from `choices`.
distill_span distill_choice_word(const char *choices, int value);

#endif
