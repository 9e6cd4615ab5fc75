// distill/text/jinja/builtins/value_tests.c - tests: `value is NAME`.
#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/jinja_interpreter.h"
#include "distill/text/jinja/values/jinja_print.h"
#include "distill/text/unicode.h"

#include <string.h>

/// Declares a test that depends on its subject `v` alone.
#define SIMPLE_TEST(name, expression)                                                              \
    static distill_status test_##name(jinja_value *out, jinja_run *run,                            \
                                      const jinja_arguments *args)                                 \
    {                                                                                              \
        const jinja_value v = args->at[0];                                                         \
        (void)run;                                                                                 \
        *out = jinja_bool(expression);                                                             \
        return DISTILL_OK;                                                                         \
    }

SIMPLE_TEST(defined, v.kind != JINJA_UNDEFINED)
SIMPLE_TEST(undefined, v.kind == JINJA_UNDEFINED)
SIMPLE_TEST(none, v.kind == JINJA_NONE)
SIMPLE_TEST(boolean, v.kind == JINJA_BOOL)
SIMPLE_TEST(true, v.kind == JINJA_BOOL && v.as.truth)
SIMPLE_TEST(false, v.kind == JINJA_BOOL && !v.as.truth)
SIMPLE_TEST(integer, v.kind == JINJA_INT)
SIMPLE_TEST(float, v.kind == JINJA_FLOAT)
SIMPLE_TEST(number, jinja_is_number(v))
SIMPLE_TEST(string, v.kind == JINJA_STRING)
SIMPLE_TEST(mapping, v.kind == JINJA_DICT)
SIMPLE_TEST(iterable, v.kind == JINJA_STRING || v.kind == JINJA_LIST || v.kind == JINJA_DICT ||
                          v.kind == JINJA_UNDEFINED || v.kind == JINJA_LOOP)
// what has a length and an index
SIMPLE_TEST(sequence, v.kind == JINJA_STRING || v.kind == JINJA_DICT ||
                          (v.kind == JINJA_LIST && v.form <= JINJA_FORM_RANGE) ||
                          v.kind == JINJA_UNDEFINED)
SIMPLE_TEST(callable, v.kind == JINJA_MACRO || v.kind == JINJA_FUNCTION || v.kind == JINJA_METHOD ||
                          v.kind == JINJA_UNDEFINED || v.kind == JINJA_LOOP)
SIMPLE_TEST(escaped, v.kind == JINJA_STRING && v.is_markup)

/// Python's str.isupper and str.islower of the printed value: at least one cased character, and
/// none of the other case.
static bool has_case(jinja_value value, bool upper)
{
    bool found = false;
    uint32_t code;
    for (size_t at = 0; at < value.length;) {
        at += unicode_next(&code, value.as.bytes + at);
        bool is_upper = unicode_to_lower(code) != code, is_lower = unicode_to_upper(code) != code;
        if (upper ? is_lower : is_upper)
            return false;
        found = found || (upper ? is_upper : is_lower);
    }
    return found;
}

static distill_status test_case(jinja_value *out, jinja_run *run, jinja_value value, bool upper)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_to_string(&value, run, value));
    TRY(jinja_charge_bytes(run, value.length * 4));
    *out = jinja_bool(has_case(value, upper));
done:
    return status;
}

static distill_status test_upper(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return test_case(out, run, args->at[0], true);
}

static distill_status test_lower(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return test_case(out, run, args->at[0], false);
}

SIMPLE_TEST(filter, v.kind == JINJA_STRING && jinja_filter_find(jinja_span(v)) != NULL)
SIMPLE_TEST(test, v.kind == JINJA_STRING && jinja_test_find(jinja_span(v)) != NULL)

static distill_status remainder_is(jinja_value *out, jinja_run *run, jinja_value value,
                                   jinja_value divisor, int64_t wanted)
{
    distill_status status = DISTILL_OK;
    bool equal;
    TRY(jinja_operate(out, run, JINJA_MODULO, value, divisor));
    TRY(jinja_equal(&equal, run, *out, jinja_int(wanted)));
    *out = jinja_bool(equal);
done:
    return status;
}

static distill_status test_odd(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return remainder_is(out, run, args->at[0], jinja_int(2), 1);
}

static distill_status test_even(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    return remainder_is(out, run, args->at[0], jinja_int(2), 0);
}

static distill_status test_divisibleby(jinja_value *out, jinja_run *run,
                                       const jinja_arguments *args)
{
    return remainder_is(out, run, args->at[0], args->at[1], 0);
}

/// Python's `is`, for the values that have one identity.
static distill_status test_sameas(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    bool same;
    jinja_value a = args->at[0], b = args->at[1];
    TRY(jinja_equal(&same, run, a, b));
    if (a.kind == JINJA_LIST || a.kind == JINJA_DICT)
        same = same && a.as.list == b.as.list;
    *out = jinja_bool(same && a.kind == b.kind);
done:
    return status;
}

#define OPERATOR_TEST(name, operation)                                                             \
    static distill_status test_##name(jinja_value *out, jinja_run *run,                            \
                                      const jinja_arguments *args)                                 \
    {                                                                                              \
        return jinja_operate(out, run, operation, args->at[0], args->at[1]);                       \
    }

OPERATOR_TEST(eq, JINJA_EQUAL)
OPERATOR_TEST(ne, JINJA_NOT_EQUAL)
OPERATOR_TEST(lt, JINJA_LESS)
OPERATOR_TEST(le, JINJA_LESS_EQUAL)
OPERATOR_TEST(gt, JINJA_GREATER)
OPERATOR_TEST(ge, JINJA_GREATER_EQUAL)
OPERATOR_TEST(in, JINJA_IN)

const jinja_builtin JINJA_TESTS[] = {{"defined", test_defined, "value", 1},
                                     {"undefined", test_undefined, "value", 1},
                                     {"none", test_none, "value", 1},
                                     {"boolean", test_boolean, "value", 1},
                                     {"true", test_true, "value", 1},
                                     {"false", test_false, "value", 1},
                                     {"integer", test_integer, "value", 1},
                                     {"float", test_float, "value", 1},
                                     {"number", test_number, "value", 1},
                                     {"string", test_string, "value", 1},
                                     {"mapping", test_mapping, "value", 1},
                                     {"iterable", test_iterable, "value", 1},
                                     {"sequence", test_sequence, "value", 1},
                                     {"callable", test_callable, "value", 1},
                                     {"escaped", test_escaped, "value", 1},
                                     {"upper", test_upper, "value", 1},
                                     {"lower", test_lower, "value", 1},
                                     {"filter", test_filter, "value", 1},
                                     {"test", test_test, "value", 1},
                                     {"odd", test_odd, "value", 1},
                                     {"even", test_even, "value", 1},
                                     {"divisibleby", test_divisibleby, "value num", 2},
                                     {"sameas", test_sameas, "value other", 2},
                                     {"eq", test_eq, "a b", 2},
                                     {"equalto", test_eq, "a b", 2},
                                     {"==", test_eq, "a b", 2},
                                     {"ne", test_ne, "a b", 2},
                                     {"!=", test_ne, "a b", 2},
                                     {"lt", test_lt, "a b", 2},
                                     {"lessthan", test_lt, "a b", 2},
                                     {"<", test_lt, "a b", 2},
                                     {"le", test_le, "a b", 2},
                                     {"<=", test_le, "a b", 2},
                                     {"gt", test_gt, "a b", 2},
                                     {"greaterthan", test_gt, "a b", 2},
                                     {">", test_gt, "a b", 2},
                                     {"ge", test_ge, "a b", 2},
                                     {">=", test_ge, "a b", 2},
                                     {"in", test_in, "value seq", 2},
                                     {NULL, NULL, NULL, 0}};
