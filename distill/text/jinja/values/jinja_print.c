// distill/text/jinja/values/jinja_print.c - str() and repr() of values.
#include "distill/text/jinja/values/jinja_print.h"

#include "distill/text/unicode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ----------------------------------------------------------------------------------------- numbers

/// The digits of the shortest decimal that is read back as `real`, and its exponent.
static void shortest(char digits[32], int *exponent, double real)
{
    char text[40];
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, real);
        if (strtod(text, NULL) == real)
            break;
    }
    char *mark = strchr(text, 'e');
    *exponent = mark != NULL ? atoi(mark + 1) : 0;
    size_t count = 0;
    for (const char *at = text; at != mark && *at != '\0' && count < 20; at++)
        if (*at >= '0' && *at <= '9')
            digits[count++] = *at;
    digits[count] = '\0';
}

distill_status jinja_print_float(jinja_builder *b, double real)
{
    char digits[32], text[64] = "";
    int exponent;
    if (isnan(real) || isinf(real))
        return jinja_builder_add_format(b, "%s", isnan(real) ? "nan" : real > 0 ? "inf" : "-inf");
    const char *sign = signbit(real) ? "-" : "";
    shortest(digits, &exponent, fabs(real));
    int count = (int)strlen(digits);
    if (exponent < -4 || exponent >= 16)
        return jinja_builder_add_format(b, "%s%c%s%se%c%02d", sign, digits[0], count > 1 ? "." : "",
                                        digits + 1, exponent < 0 ? '-' : '+', abs(exponent));
    if (exponent < 0)
        return jinja_builder_add_format(b, "%s0.%.*s%s", sign, -exponent - 1, "0000", digits);
    for (int i = 0; i <= exponent; i++)
        text[i] = i < count ? digits[i] : '0';
    return jinja_builder_add_format(b, "%s%s.%s", sign, text,
                                    count > exponent + 1 ? digits + exponent + 1 : "0");
}

// ----------------------------------------------------------------------------------------- strings

typedef struct repr_visit {
    jinja_builder *b;
    char quote;
} repr_visit;

static distill_status add_repr(void *context, distill_span part, bool is_input)
{
    distill_status status = DISTILL_OK;
    const repr_visit *visit = context;
    uint32_t code;
    for (size_t at = 0; at < part.length;) {
        char text[16] = "";
        distill_span add = {part.bytes + at, unicode_next(&code, part.bytes + at)};
        at += add.length;
        const char *plain = code < 128 ? strchr("\nn\rr\tt\\\\", (int)code) : NULL;
        if (code == (uint32_t)visit->quote)
            snprintf(text, sizeof text, "\\%c", visit->quote);
        else if (code != 0 && plain != NULL && code != 'n' && code != 'r' && code != 't')
            snprintf(text, sizeof text, "\\%c", plain[1]);
        else if (!unicode_is_printable(code))
            snprintf(text, sizeof text,
                     code < 0x100     ? "\\x%02x"
                     : code < 0x10000 ? "\\u%04x"
                                      : "\\U%08x",
                     code);
        if (text[0] != '\0')
            add = distill_span_of(text);
        TRY(jinja_builder_add_span(visit->b, add, is_input));
    }
done:
    return status;
}

static distill_status print_string_repr(jinja_builder *b, jinja_value string)
{
    distill_status status = DISTILL_OK;
    bool single = memchr(string.as.bytes, '\'', string.length) != NULL;
    bool both = single && memchr(string.as.bytes, '"', string.length) != NULL;
    repr_visit visit = {b, single && !both ? '"' : '\''};
    TRY(jinja_charge_bytes(b->run, string.length * 8));
    TRY(jinja_builder_add_format(b, "%s%c", string.is_markup ? "Markup(" : "", visit.quote));
    TRY(jinja_visit_parts(string, add_repr, &visit));
    TRY(jinja_builder_add_format(b, "%c%s", visit.quote, string.is_markup ? ")" : ""));
done:
    return status;
}

// -------------------------------------------------------------------------------------- containers

static distill_status print_dict(jinja_builder *b, const jinja_dict *dict)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_builder_add_format(b, "{"));
    for (size_t i = 0; i < dict->count; i++) {
        TRY(jinja_builder_add_format(b, i > 0 ? ", " : ""));
        TRY(jinja_print_repr(b, dict->entries[i].key));
        TRY(jinja_builder_add_format(b, ": "));
        TRY(jinja_print_repr(b, dict->entries[i].value));
    }
    TRY(jinja_builder_add_format(b, "}"));
done:
    return status;
}

static distill_status print_items(jinja_builder *b, const jinja_list *list, const char *open,
                                  const char *close)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_builder_add_format(b, "%s", open));
    for (size_t i = 0; i < list->count; i++) {
        TRY(jinja_builder_add_format(b, i > 0 ? ", " : ""));
        TRY(jinja_print_repr(b, list->items[i]));
    }
    TRY(jinja_builder_add_format(b, "%s", close));
done:
    return status;
}

/// As range() with its bounds; those of a range that was sliced may differ from Python's.
static distill_status print_range(jinja_builder *b, const jinja_list *list)
{
    long long first = 0, step = 1, end = 0;
    if (list->count > 0) {
        first = list->items[0].as.integer;
        end = list->items[list->count - 1].as.integer;
    }
    if (list->count > 1)
        step = list->items[1].as.integer - first;
    end += list->count > 0 ? step : 0;
    if (step != 1)
        return jinja_builder_add_format(b, "range(%lld, %lld, %lld)", first, end, step);
    return jinja_builder_add_format(b, "range(%lld, %lld)", first, end);
}

static distill_status print_list(jinja_builder *b, jinja_value value)
{
    const jinja_list *list = value.as.list;
    switch ((jinja_form)value.form) {
    case JINJA_FORM_TUPLE:
        return print_items(b, list, "(", list->count == 1 ? ",)" : ")");
    case JINJA_FORM_RANGE:
        return print_range(b, list);
    case JINJA_FORM_KEYS:
        return print_items(b, list, "dict_keys([", "])");
    case JINJA_FORM_VALUES:
        return print_items(b, list, "dict_values([", "])");
    case JINJA_FORM_ITEMS:
        return print_items(b, list, "dict_items([", "])");
    case JINJA_FORM_GENERATOR:
        return jinja_fail(b->run, "a generator cannot be printed; use the filter \"list\"");
    default:
        return print_items(b, list, "[", "]");
    }
}

static distill_status print_nested(jinja_builder *b, jinja_value value)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_enter(b->run));
    if (value.kind == JINJA_LIST) {
        TRY(print_list(b, value));
    } else if (value.kind == JINJA_DICT) {
        TRY(print_dict(b, value.as.dict));
    } else {
        TRY(jinja_builder_add_format(b, "<Namespace "));
        TRY(print_dict(b, value.as.dict));
        TRY(jinja_builder_add_format(b, ">"));
    }
    b->run->depth--;
done:
    return status;
}

static distill_status print(jinja_builder *b, jinja_value value, bool as_repr)
{
    switch ((jinja_kind)value.kind) {
    case JINJA_ABSENT:
    case JINJA_UNDEFINED:
        return jinja_builder_add_format(b, as_repr ? "Undefined" : "");
    case JINJA_NONE:
        return jinja_builder_add_format(b, "None");
    case JINJA_BOOL:
        return jinja_builder_add_format(b, value.as.truth ? "True" : "False");
    case JINJA_INT:
        return jinja_builder_add_format(b, "%lld", (long long)value.as.integer);
    case JINJA_FLOAT:
        return jinja_print_float(b, value.as.real);
    case JINJA_STRING:
        return as_repr ? print_string_repr(b, value) : jinja_builder_add(b, value);
    case JINJA_LIST:
    case JINJA_DICT:
    case JINJA_NAMESPACE:
        return print_nested(b, value);
    default:
        return jinja_fail(b->run, "a %s cannot be printed", jinja_type_name(value));
    }
}

distill_status jinja_print(jinja_builder *b, jinja_value value)
{
    return print(b, value, false);
}

distill_status jinja_print_repr(jinja_builder *b, jinja_value value)
{
    return print(b, value, true);
}

distill_status jinja_to_string(jinja_value *out, jinja_run *run, jinja_value value)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    *out = value;
    if (value.kind != JINJA_STRING) {
        TRY(jinja_print(&b, value));
        TRY(jinja_builder_finish(out, &b));
    }
done:
    return status;
}
