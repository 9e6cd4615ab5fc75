// distill/text/jinja/builtins/number_filters.c - filters that make numbers.
#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/builtins/select_tools.h"
#include "distill/text/jinja/builtins/string_tools.h"
#include "distill/text/jinja/jinja_interpreter.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/// Copies the text without surrounding white space and "_" between digits; false if it is too long.
static bool number_text(char *out, size_t capacity, jinja_value string)
{
    distill_span text = jinja_strip_left(jinja_strip_right(jinja_span(string)));
    size_t length = 0;
    if (text.length + 1 > capacity)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        bool joins = text.bytes[i] == '_' && i > 0 && i + 1 < text.length &&
                     isalnum((unsigned char)text.bytes[i - 1]) &&
                     isalnum((unsigned char)text.bytes[i + 1]);
        if (!joins)
            out[length++] = text.bytes[i];
    }
    out[length] = '\0';
    return length > 0;
}

/// Python's float(text).
static bool parse_real(double *out, jinja_value string)
{
    char text[400], *end = NULL;
    if (!number_text(text, sizeof text, string) || strpbrk(text, "xX(") != NULL)
        return false;
    *out = strtod(text, &end);
    return *end == '\0';
}

/// Python's int(text, base).
static bool parse_integer(int64_t *out, jinja_value string, int base)
{
    char text[80], *end = NULL;
    if (!number_text(text, sizeof text, string) || isspace((unsigned char)text[0]))
        return false;
    size_t sign = text[0] == '-' || text[0] == '+' ? 1 : 0;
    char mark = (char)tolower((unsigned char)text[sign + (text[sign] == '0' ? 1 : 0)]);
    bool marked = text[sign] == '0' && ((base == 2 && mark == 'b') || (base == 8 && mark == 'o'));
    if (marked) // strtoll knows only 0x
        memmove(text + sign, text + sign + 2, strlen(text + sign + 2) + 1);
    if (base == 10 && !isdigit((unsigned char)text[sign]))
        return false;
    errno = 0;
    *out = strtoll(text, &end, base);
    return *end == '\0' && end != text && errno == 0;
}

/// Python's int() of a number; false if it cannot be represented.
static bool truncate_real(int64_t *out, double real)
{
    if (!(fabs(real) < 9.2e18))
        return false;
    *out = (int64_t)real;
    return true;
}

static distill_status filter_int(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value value = args->at[0];
    int64_t base, integer;
    double real;
    TRY(jinja_integer_or(&base, run, args->at[2], 10));
    if (value.kind == JINJA_UNDEFINED)
        TRY(jinja_fail_undefined(run, value));
    if (base < 2 || base > 36)
        TRY(jinja_fail(run, "int: %lld is not a base", (long long)base));
    if (value.kind == JINJA_STRING ? parse_integer(&integer, value, (int)base)
                                   : jinja_as_integer(&integer, value))
        *out = jinja_int(integer);
    else if (value.kind == JINJA_STRING
                 ? parse_real(&real, value) && truncate_real(&integer, real)
                 : value.kind == JINJA_FLOAT && truncate_real(&integer, value.as.real))
        *out = jinja_int(integer);
    else
        *out = args->at[1].kind == JINJA_ABSENT ? jinja_int(0) : args->at[1];
done:
    return status;
}

static distill_status filter_float(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    jinja_value value = args->at[0];
    double real;
    if (value.kind == JINJA_UNDEFINED)
        return jinja_fail_undefined(run, value);
    if (jinja_is_number(value))
        *out = jinja_float(jinja_as_real(value));
    else if (value.kind == JINJA_STRING && parse_real(&real, value))
        *out = jinja_float(real);
    else
        *out = args->at[1].kind == JINJA_ABSENT ? jinja_float(0) : args->at[1];
    return DISTILL_OK;
}

static distill_status filter_abs(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    jinja_value value = args->at[0];
    int64_t integer;
    if (value.kind == JINJA_UNDEFINED)
        return jinja_fail_undefined(run, value);
    if (!jinja_is_number(value))
        return jinja_fail(run, "bad operand type for abs(): '%s'", jinja_type_name(value));
    if (!jinja_as_integer(&integer, value))
        *out = jinja_float(fabs(value.as.real));
    else if (integer >= 0)
        *out = jinja_int(integer);
    else
        return jinja_operate(out, run, JINJA_SUBTRACT, jinja_int(0), value);
    return DISTILL_OK;
}

/// Rounds to the nearest multiple of 10^-precision, and halves to even, as Python does: the decimal
/// with so many digits that is nearest to the exact value.
static double round_common(double real, int64_t precision)
{
    char text[400];
    if (precision > 300 || precision < 0 || !isfinite(real))
        return precision < 0 && isfinite(real)
                   ? rint(real / pow(10, (double)-precision)) * pow(10, (double)-precision)
                   : real;
    snprintf(text, sizeof text, "%.*f", (int)precision, real);
    return fabs(real) < 1e22 ? strtod(text, NULL) : real;
}

static distill_status filter_round(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    int64_t precision, integer;
    jinja_value method = args->at[2];
    bool common = method.kind == JINJA_ABSENT || jinja_string_is(method, "common");
    TRY(jinja_integer_or(&precision, run, args->at[1], 0));
    if (!common && !jinja_string_is(method, "ceil") && !jinja_string_is(method, "floor"))
        TRY(jinja_fail(run, "method must be common, ceil or floor"));
    if (!jinja_is_number(args->at[0]))
        TRY(jinja_fail(run, "round: expected a number, found %s", jinja_type_name(args->at[0])));
    double real = jinja_as_real(args->at[0]);
    if (common && jinja_as_integer(&integer, args->at[0]) && precision >= 0)
        *out = jinja_int(integer); // Python's round(int, n) is an int
    else if (common)
        *out = jinja_float(round_common(real, precision));
    else {
        double scale = pow(10, (double)precision);
        *out = jinja_float(
            (jinja_string_is(method, "ceil") ? ceil(real * scale) : floor(real * scale)) / scale +
            0.0);
    }
done:
    return status;
}

static distill_status filter_sum(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value items = args->at[0];
    jinja_value sum = args->at[2].kind == JINJA_ABSENT ? jinja_int(0) : args->at[2];
    if (args->at[1].kind != JINJA_ABSENT && args->at[1].kind != JINJA_NONE)
        TRY(select_attributes(&items, run, items, args->at[1], (jinja_value){0}));
    TRY(jinja_iterate(&items, run, items));
    for (size_t i = 0; i < items.as.list->count; i++) {
        TRY(jinja_step(run));
        if (sum.kind == JINJA_STRING)
            TRY(jinja_fail(run, "sum() can't sum strings [use ''.join(seq) instead]"));
        TRY(jinja_operate(&sum, run, JINJA_ADD, sum, items.as.list->items[i]));
    }
    *out = sum;
done:
    return status;
}

const jinja_builtin JINJA_NUMBER_FILTERS[] = {{"int", filter_int, "value default base", 1},
                                              {"float", filter_float, "value default", 1},
                                              {"abs", filter_abs, "x", 1},
                                              {"round", filter_round, "value precision method", 1},
                                              {"sum", filter_sum, "iterable attribute start", 1},
                                              {NULL, NULL, NULL, 0}};
