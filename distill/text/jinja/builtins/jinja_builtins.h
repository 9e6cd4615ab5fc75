// distill/text/jinja/builtins/jinja_builtins.h - filters, tests, methods and functions.
//
// Private to distill/text. Each file of this folder has one table; jinja_builtins.c looks names up.
#ifndef DISTILL_TEXT_JINJA_BUILTINS_JINJA_BUILTINS_H
#define DISTILL_TEXT_JINJA_BUILTINS_JINJA_BUILTINS_H

#include "distill/text/jinja/values/jinja_run.h"

typedef struct jinja_named {
    distill_span name;
    jinja_value value;
} jinja_named;

/// The arguments of a call. The subject of a filter, test or method is the first one.
typedef struct jinja_arguments {
    const jinja_value *at;
    size_t count;
    const jinja_named *named;
    size_t named_count;
} jinja_arguments;

typedef distill_status (*jinja_function)(jinja_value *out, jinja_run *run,
                                         const jinja_arguments *args);

typedef struct jinja_builtin {
    const char *name;
    jinja_function call; // NULL: a method that changes its subject, which is not allowed
    // Names of the parameters, separated by blanks; the function gets one argument for each, which
    // is JINJA_ABSENT if it is not given. NULL: the function gets the arguments as they are.
    const char *parameters;
    size_t required; // parameters that must be given
} jinja_builtin;

/// A method with its subject, as a value.
typedef struct jinja_method {
    const jinja_builtin *builtin;
    jinja_value subject;
} jinja_method;

enum { JINJA_MAX_PARAMETERS = 8 };

// NULL if there is none of this name.
const jinja_builtin *jinja_filter_find(distill_span name);
const jinja_builtin *jinja_test_find(distill_span name);
const jinja_builtin *jinja_function_find(distill_span name);
const jinja_builtin *jinja_method_find(jinja_value subject, distill_span name);

/// Calls a builtin: assigns the arguments to its parameters.
/// Errors  arguments that do not fit, and those of the function.
distill_status jinja_builtin_call(jinja_value *out, jinja_run *run, const jinja_builtin *builtin,
                                  const jinja_arguments *args) DISTILL_MUST_CHECK;

// ----------------------------------------------------------------- tables, ending with a NULL name

extern const jinja_builtin JINJA_TEXT_FILTERS[], JINJA_LIST_FILTERS[], JINJA_SELECT_FILTERS[],
    JINJA_NUMBER_FILTERS[], JINJA_TESTS[], JINJA_STRING_METHODS[], JINJA_LIST_METHODS[],
    JINJA_TUPLE_METHODS[], JINJA_DICT_METHODS[], JINJA_LOOP_METHODS[], JINJA_FUNCTIONS[];

// --------------------------------------------------------------------------- help for the functions

/// Checks an argument's type. Errors  "upper: expected a string, found a list".
distill_status jinja_need_string(jinja_run *run, jinja_value value) DISTILL_MUST_CHECK;
distill_status jinja_need_integer(int64_t *out, jinja_run *run,
                                  jinja_value value) DISTILL_MUST_CHECK;
/// Like jinja_need_integer, with a value for an argument that is not given.
distill_status jinja_integer_or(int64_t *out, jinja_run *run, jinja_value value,
                                int64_t otherwise) DISTILL_MUST_CHECK;

/// `format` % values, as Python's str.
distill_status jinja_percent_format(jinja_value *out, jinja_run *run, jinja_value format,
                                    const jinja_value *values, size_t count) DISTILL_MUST_CHECK;
/// The method str.format.
distill_status string_format(jinja_value *out, jinja_run *run,
                             const jinja_arguments *args) DISTILL_MUST_CHECK;

#endif
