// distill/text/jinja/jinja_operator.c - operators with Python's semantics; integers have 64 bits,
// and a result that needs more is an error.
#include "distill/text/jinja/jinja_interpreter.h"
#include "distill/text/jinja/values/jinja_print.h"

#include <math.h>
#include <string.h>

static const char *const OPERATOR_TEXTS[] = {[JINJA_ADD] = "+",
                                             [JINJA_SUBTRACT] = "-",
                                             [JINJA_MULTIPLY] = "*",
                                             [JINJA_DIVIDE] = "/",
                                             [JINJA_FLOOR_DIVIDE] = "//",
                                             [JINJA_MODULO] = "%",
                                             [JINJA_POWER] = "** or pow()"};

static distill_status unsupported(const jinja_run *run, jinja_operator operation, jinja_value a,
                                  jinja_value b)
{
    if (a.kind == JINJA_UNDEFINED || b.kind == JINJA_UNDEFINED)
        return jinja_fail_undefined(run, a.kind == JINJA_UNDEFINED ? a : b);
    return jinja_fail(run, "unsupported operand type(s) for %s: '%s' and '%s'",
                      OPERATOR_TEXTS[operation], jinja_type_name(a), jinja_type_name(b));
}

// ----------------------------------------------------------------------------------------- numbers

static distill_status integer_power(int64_t *out, jinja_run *run, int64_t base, int64_t exponent)
{
    int64_t result = 1;
    for (; exponent > 0; exponent /= 2) {
        if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result))
            return jinja_fail(run, "the result is too large");
        if (exponent > 1 && __builtin_mul_overflow(base, base, &base))
            return jinja_fail(run, "the result is too large");
    }
    *out = result;
    return DISTILL_OK;
}

static int64_t floor_divide(int64_t x, int64_t y)
{
    int64_t quotient = x / y;
    return quotient - ((x % y != 0) && ((x < 0) != (y < 0)));
}

static distill_status operate_reals(jinja_value *out, jinja_run *run, jinja_operator operation,
                                    double x, double y)
{
    double result = 0;
    if (y == 0 &&
        (operation == JINJA_DIVIDE || operation == JINJA_FLOOR_DIVIDE || operation == JINJA_MODULO))
        return jinja_fail(run, "float division by zero");
    if (x == 0 && y < 0 && operation == JINJA_POWER)
        return jinja_fail(run, "0.0 cannot be raised to a negative power");
    if (operation == JINJA_ADD)
        result = x + y;
    else if (operation == JINJA_SUBTRACT)
        result = x - y;
    else if (operation == JINJA_MULTIPLY)
        result = x * y;
    else if (operation == JINJA_DIVIDE)
        result = x / y;
    else if (operation == JINJA_FLOOR_DIVIDE)
        result = floor(x / y);
    else if (operation == JINJA_MODULO)
        result = fmod(x, y) + (fmod(x, y) != 0 && (fmod(x, y) < 0) != (y < 0) ? y : 0);
    else
        result = pow(x, y);
    *out = jinja_float(result);
    return DISTILL_OK;
}

static distill_status operate_integers(jinja_value *out, jinja_run *run, jinja_operator operation,
                                       int64_t x, int64_t y)
{
    distill_status status = DISTILL_OK;
    int64_t result = 0;
    bool overflow = false;
    bool divides =
        operation == JINJA_DIVIDE || operation == JINJA_FLOOR_DIVIDE || operation == JINJA_MODULO;
    if (divides && y == 0)
        TRY(jinja_fail(run, "division by zero"));
    if (operation == JINJA_DIVIDE || (operation == JINJA_POWER && y < 0)) {
        return operate_reals(out, run, operation, (double)x, (double)y);
    }
    if (operation == JINJA_ADD)
        overflow = __builtin_add_overflow(x, y, &result);
    else if (operation == JINJA_SUBTRACT)
        overflow = __builtin_sub_overflow(x, y, &result);
    else if (operation == JINJA_MULTIPLY)
        overflow = __builtin_mul_overflow(x, y, &result);
    else if (operation == JINJA_POWER)
        TRY(integer_power(&result, run, x, y));
    else if (y == -1) // INT64_MIN / -1 overflows
        overflow = operation == JINJA_FLOOR_DIVIDE && __builtin_sub_overflow(0, x, &result);
    else
        result = operation == JINJA_FLOOR_DIVIDE ? floor_divide(x, y) : x - floor_divide(x, y) * y;
    if (overflow)
        TRY(jinja_fail(run, "the result is too large"));
    *out = jinja_int(result);
done:
    return status;
}

static distill_status operate_numbers(jinja_value *out, jinja_run *run, jinja_operator operation,
                                      jinja_value a, jinja_value b)
{
    int64_t x, y;
    if (jinja_as_integer(&x, a) && jinja_as_integer(&y, b))
        return operate_integers(out, run, operation, x, y);
    return operate_reals(out, run, operation, jinja_as_real(a), jinja_as_real(b));
}

// --------------------------------------------------------------------------------------- sequences

/// A copy with HTML's special characters escaped, unless it is already marked as escaped.
static distill_status as_markup(jinja_value *out, jinja_run *run, jinja_value string)
{
    distill_status status = DISTILL_OK;
    const jinja_arguments args = {.at = &string, .count = 1};
    if (string.is_markup) {
        *out = string;
        return DISTILL_OK;
    }
    TRY(jinja_builtin_call(out, run, jinja_filter_find(distill_span_of("escape")), &args));
done:
    return status;
}

static distill_status add_strings(jinja_value *out, jinja_run *run, jinja_value a, jinja_value b)
{
    distill_status status = DISTILL_OK;
    bool is_markup = a.is_markup || b.is_markup;
    if (is_markup) {
        TRY(as_markup(&a, run, a));
        TRY(as_markup(&b, run, b));
    }
    TRY(jinja_concat(out, run, a, b));
    out->is_markup = is_markup;
done:
    return status;
}

static distill_status add_lists(jinja_value *out, jinja_run *run, jinja_value a, jinja_value b)
{
    distill_status status = DISTILL_OK;
    const jinja_list *x = a.as.list, *y = b.as.list;
    TRY(jinja_list_new(out, run, x->count + y->count));
    if (x->count > 0)
        memcpy(out->as.list->items, x->items, x->count * sizeof *x->items);
    if (y->count > 0)
        memcpy(out->as.list->items + x->count, y->items, y->count * sizeof *y->items);
    out->form = a.form;
done:
    return status;
}

static bool is_plain_list(jinja_value value)
{
    return value.kind == JINJA_LIST && value.form <= JINJA_FORM_TUPLE;
}

static distill_status repeat(jinja_value *out, jinja_run *run, jinja_value sequence, int64_t times)
{
    distill_status status = DISTILL_OK;
    bool is_string = jinja_is_string(sequence);
    size_t length = is_string ? sequence.length : sequence.as.list->count;
    size_t count = times < 0 ? 0 : (size_t)times;
    if (length == 0)
        count = 0;
    if (length > 0 && count > JINJA_MAX_MEMORY / length)
        TRY(distill_fail(DISTILL_LIMIT, "line %u: the repeated text or list is too long",
                         run->place.line));
    if (is_string) {
        jinja_builder b = {.run = run};
        for (size_t i = 0; i < count; i++) {
            TRY(jinja_step(run));
            TRY(jinja_builder_add(&b, sequence));
        }
        TRY(jinja_builder_finish(out, &b));
        goto done;
    }
    jinja_value list;
    TRY(jinja_list_new(&list, run, count * length));
    for (size_t i = 0; i < count; i++)
        memcpy(list.as.list->items + i * length, sequence.as.list->items,
               length * sizeof(jinja_value));
    list.form = sequence.form;
    *out = list;
done:
    return status;
}

static distill_status operate_sequences(jinja_value *out, jinja_run *run, jinja_operator operation,
                                        jinja_value a, jinja_value b)
{
    int64_t times;
    bool a_repeats = jinja_is_string(a) || is_plain_list(a);
    bool b_repeats = jinja_is_string(b) || is_plain_list(b);
    if (operation == JINJA_ADD && jinja_is_string(a) && jinja_is_string(b))
        return add_strings(out, run, a, b);
    if (operation == JINJA_ADD && is_plain_list(a) && is_plain_list(b) && a.form == b.form)
        return add_lists(out, run, a, b);
    if (operation == JINJA_MULTIPLY && a_repeats && jinja_as_integer(&times, b))
        return repeat(out, run, a, times);
    if (operation == JINJA_MULTIPLY && b_repeats && jinja_as_integer(&times, a))
        return repeat(out, run, b, times);
    if (operation == JINJA_MODULO && jinja_is_string(a)) {
        bool is_tuple = b.kind == JINJA_LIST && b.form == JINJA_FORM_TUPLE;
        return jinja_percent_format(out, run, a, is_tuple ? b.as.list->items : &b,
                                    is_tuple ? b.as.list->count : 1);
    }
    if (operation == JINJA_ADD && (jinja_is_string(a) || is_plain_list(a)) &&
        b.kind != JINJA_UNDEFINED)
        return jinja_fail(run, "can only concatenate %s (not \"%s\") to %s", jinja_type_name(a),
                          jinja_type_name(b), jinja_type_name(a));
    return unsupported(run, operation, a, b);
}

// ------------------------------------------------------------------------------------- comparisons

static distill_status contains(bool *out, jinja_run *run, jinja_value item, jinja_value container)
{
    distill_status status = DISTILL_OK;
    jinja_value items;
    *out = false;
    if (container.kind == JINJA_STRING) {
        if (item.kind == JINJA_UNDEFINED)
            return jinja_fail_undefined(run, item);
        if (item.kind != JINJA_STRING)
            return jinja_fail(run, "'in <string>' requires string as left operand, not %s",
                              jinja_type_name(item));
        *out = item.length <= container.length &&
               distill_span_find(jinja_span(container), jinja_span(item), 0) != SIZE_MAX;
        return jinja_charge_bytes(run, container.length);
    }
    if (container.kind == JINJA_DICT) {
        if ((item.kind == JINJA_LIST && item.form != JINJA_FORM_TUPLE) || item.kind == JINJA_DICT)
            return jinja_fail(run, "unhashable type: '%s'", jinja_type_name(item));
        *out = jinja_dict_get(container.as.dict, item) != NULL;
        return DISTILL_OK;
    }
    if (container.kind != JINJA_LIST && container.kind != JINJA_UNDEFINED)
        return jinja_fail(run, "argument of type '%s' is not iterable", jinja_type_name(container));
    TRY(jinja_iterate(&items, run, container));
    TRY(jinja_charge(run, items.as.list->count / 4));
    for (size_t i = 0; i < items.as.list->count && !*out; i++)
        TRY(jinja_equal(out, run, item, items.as.list->items[i]));
done:
    return status;
}

static distill_status compare(jinja_value *out, jinja_run *run, jinja_operator operation,
                              jinja_value a, jinja_value b)
{
    distill_status status = DISTILL_OK;
    bool holds = false;
    int sign = 0;
    if (operation == JINJA_EQUAL || operation == JINJA_NOT_EQUAL) {
        TRY(jinja_equal(&holds, run, a, b));
        holds = holds == (operation == JINJA_EQUAL);
    } else if (operation == JINJA_IN || operation == JINJA_NOT_IN) {
        TRY(contains(&holds, run, a, b));
        holds = holds == (operation == JINJA_IN);
    } else {
        TRY(jinja_compare(&sign, run, a, b));
        holds = operation == JINJA_LESS         ? sign < 0
                : operation == JINJA_LESS_EQUAL ? sign <= 0
                : operation == JINJA_GREATER    ? sign > 0
                                                : sign >= 0;
    }
    *out = jinja_bool(holds);
done:
    return status;
}

distill_status jinja_operate(jinja_value *out, jinja_run *run, jinja_operator operation,
                             jinja_value a, jinja_value b)
{
    if (operation >= JINJA_EQUAL)
        return compare(out, run, operation, a, b);
    if (jinja_is_number(a) && jinja_is_number(b))
        return operate_numbers(out, run, operation, a, b);
    return operate_sequences(out, run, operation, a, b);
}
