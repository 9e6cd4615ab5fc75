// distill/text/jinja/builtins/string_format.c - "%" formatting and str.format.
//
// Both parse a field into a `format_spec` and then print one value with it. Supported are strings
// and numbers with fill, alignment, sign, width, grouping and precision; nested fields inside a
// specification are not.
#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/builtins/string_tools.h"
#include "distill/text/jinja/jinja_interpreter.h"
#include "distill/text/jinja/values/jinja_print.h"
#include "distill/text/unicode.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct format_spec {
    distill_span fill; // one character
    char align;        // '<', '>', '^', '='; '\0': by the type of the value
    char sign;         // '+', ' ' or '\0'
    bool alternate;
    char grouping;        // ',' or '_'
    int width, precision; // -1: not given
    char type;
} format_spec;

enum { MAX_WIDTH = 10000, NUMBER_SIZE = 512 };

static distill_status read_number(int *out, jinja_run *run, distill_span text, size_t *at)
{
    *out = -1;
    while (*at < text.length && isdigit((unsigned char)text.bytes[*at])) {
        *out = (*out < 0 ? 0 : *out) * 10 + (text.bytes[(*at)++] - '0');
        if (*out > MAX_WIDTH)
            return jinja_fail(run, "a width or precision is too large");
    }
    return DISTILL_OK;
}

// ------------------------------------------------------------------------------------------ numbers

static void write_integer(char out[NUMBER_SIZE], int64_t integer, const format_spec *spec)
{
    unsigned long long magnitude =
        integer < 0 ? 0ULL - (unsigned long long)integer : (unsigned long long)integer;
    const char *prefix = !spec->alternate    ? ""
                         : spec->type == 'x' ? "0x"
                         : spec->type == 'X' ? "0X"
                         : spec->type == 'o' ? "0o"
                         : spec->type == 'b' ? "0b"
                                             : "";
    char digits[72] = "";
    if (spec->type == 'b') {
        size_t count = 0;
        for (int bit = 63; bit >= 0; bit--)
            if (count > 0 || (magnitude >> bit & 1) != 0 || bit == 0)
                digits[count++] = (char)('0' + (magnitude >> bit & 1));
    } else {
        snprintf(digits, sizeof digits,
                 spec->type == 'x'   ? "%llx"
                 : spec->type == 'X' ? "%llX"
                 : spec->type == 'o' ? "%llo"
                                     : "%llu",
                 magnitude);
    }
    const char sign[2] = {integer < 0 ? '-' : spec->sign, '\0'};
    snprintf(out, NUMBER_SIZE, "%s%s%s", sign, prefix, digits);
}

static distill_status write_real(char out[NUMBER_SIZE], jinja_run *run, double real,
                                 const format_spec *spec)
{
    int precision = spec->precision < 0 ? 6 : spec->precision;
    const char sign[2] = {signbit(real) ? '-' : spec->sign, '\0'};
    double magnitude = fabs(real);
    char digits[NUMBER_SIZE - 4] = "";
    if (precision > 100 || (strchr("fF%", spec->type) != NULL && magnitude > 1e300))
        return jinja_fail(run, "the number is too long");
    if (isnan(real) || isinf(real))
        snprintf(digits, sizeof digits, "%s", isnan(real) ? "nan" : "inf");
    else if (spec->type == '%')
        snprintf(digits, sizeof digits, "%.*f%%", precision, magnitude * 100);
    else if (spec->type == 'e' || spec->type == 'E')
        snprintf(digits, sizeof digits, spec->type == 'e' ? "%.*e" : "%.*E", precision, magnitude);
    else if (spec->type == 'g' || spec->type == 'G')
        snprintf(digits, sizeof digits, spec->type == 'g' ? "%.*g" : "%.*G", precision, magnitude);
    else
        snprintf(digits, sizeof digits, "%.*f", precision, magnitude);
    snprintf(out, NUMBER_SIZE, "%s%s", sign, digits);
    return DISTILL_OK;
}

/// Inserts `mark` between each three digits of the whole part.
static void group_digits(char text[NUMBER_SIZE], char mark)
{
    char grouped[NUMBER_SIZE];
    size_t begin = strspn(text, "+- "), whole = strspn(text + begin, "0123456789"), length = begin;
    memcpy(grouped, text, begin);
    for (size_t i = 0; i < whole && length + 2 < sizeof grouped; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            grouped[length++] = mark;
        grouped[length++] = text[begin + i];
    }
    snprintf(grouped + length, sizeof grouped - length, "%s", text + begin + whole);
    memcpy(text, grouped, strlen(grouped) + 1);
}

/// The text of a number; false if the value is printed as a string.
static distill_status number_text(bool *is_number, char out[NUMBER_SIZE], jinja_run *run,
                                  jinja_value value, const format_spec *spec)
{
    distill_status status = DISTILL_OK;
    int64_t integer;
    bool as_integer = strchr("dixXobc", spec->type) != NULL && spec->type != '\0';
    bool as_real = strchr("eEfFgG%", spec->type) != NULL && spec->type != '\0';
    bool is_plain = spec->type == '\0' && value.kind == JINJA_INT;
    *is_number = as_integer || as_real || is_plain ||
                 (spec->type == '\0' && value.kind == JINJA_FLOAT &&
                  (spec->precision >= 0 || spec->grouping != '\0'));
    if (!*is_number)
        return DISTILL_OK;
    if (!jinja_is_number(value))
        TRY(jinja_fail(run, "%%%c format: a real number is required, not %s", spec->type,
                       jinja_type_name(value)));
    if (jinja_as_integer(&integer, value) && !as_real)
        write_integer(out, integer, spec);
    else if (as_integer)
        TRY(jinja_fail(run, "format '%c' of a float is not supported", spec->type));
    else
        TRY(write_real(out, run, jinja_as_real(value), spec));
    if (spec->grouping != '\0')
        group_digits(out, spec->grouping);
done:
    return status;
}

// --------------------------------------------------------------------------------------- one value

static distill_status add_padded(jinja_builder *b, jinja_value text, const format_spec *spec,
                                 char align)
{
    distill_status status = DISTILL_OK;
    jinja_value padded = text, sign = jinja_part(text, 0, 0);
    if (align == '=') { // the padding is between sign and digits
        size_t length = text.length > 0 && strchr("+- ", text.as.bytes[0]) != NULL ? 1 : 0;
        sign = jinja_part(text, 0, length);
        padded = jinja_part(text, length, text.length);
    }
    TRY(jinja_builder_add(b, sign));
    if (spec->width > 0)
        TRY(string_pad(&padded, b->run, padded, spec->width - (int64_t)sign.length, spec->fill,
                       align == '<'   ? STRING_RIGHT
                       : align == '^' ? STRING_BOTH
                                      : STRING_LEFT));
    TRY(jinja_builder_add(b, padded));
done:
    return status;
}

static distill_status add_field(jinja_builder *b, jinja_value value, const format_spec *spec)
{
    distill_status status = DISTILL_OK;
    char number[NUMBER_SIZE];
    bool is_number;
    TRY(number_text(&is_number, number, b->run, value, spec));
    char align = spec->align;
    if (is_number) {
        TRY(add_padded(b, jinja_string(distill_span_of(number), JINJA_FROM_TEMPLATE), spec,
                       align != '\0' ? align : '>'));
        goto done;
    }
    jinja_builder text = {.run = b->run};
    jinja_value printed;
    TRY(spec->type == 'r' ? jinja_print_repr(&text, value) : jinja_print(&text, value));
    TRY(jinja_builder_finish(&printed, &text));
    if (spec->precision >= 0)
        printed =
            jinja_part(printed, 0, jinja_text_offset(jinja_span(printed), (size_t)spec->precision));
    TRY(add_padded(b, printed, spec, align != '\0' ? align : jinja_is_number(value) ? '>' : '<'));
done:
    return status;
}

// ------------------------------------------------------------------------------------------ "%"

/// Reads the flags, width and precision after "%" and the key.
static distill_status read_percent_spec(format_spec *spec, jinja_run *run, distill_span text,
                                        size_t *at)
{
    distill_status status = DISTILL_OK;
    *spec = (format_spec){.fill = distill_span_of(" "), .align = '>', .precision = -1};
    for (; *at < text.length && strchr("-+ #0", text.bytes[*at]) != NULL; ++*at) {
        char flag = text.bytes[*at];
        if (flag == '-')
            spec->align = '<';
        else if (flag == '0' && spec->align != '<') {
            spec->align = '=';
            spec->fill = distill_span_of("0");
        } else if (flag == '#')
            spec->alternate = true;
        else if (flag != '0' && spec->sign != '+')
            spec->sign = flag;
    }
    TRY(read_number(&spec->width, run, text, at));
    if (*at < text.length && text.bytes[*at] == '.') {
        ++*at;
        TRY(read_number(&spec->precision, run, text, at));
        spec->precision = spec->precision < 0 ? 0 : spec->precision;
    }
    if (*at < text.length && strchr("hlL", text.bytes[*at]) != NULL)
        ++*at;
    if (*at == text.length)
        TRY(jinja_fail(run, "incomplete format"));
    spec->type = text.bytes[(*at)++];
    if (strchr("sradixXofFeEgGc%", spec->type) == NULL || spec->type == 'c' || spec->type == 'a')
        TRY(jinja_fail(run, "unsupported format character '%c'", spec->type));
    if (spec->align == '=' && strchr("sr", spec->type) != NULL) {
        spec->align = '>';
        spec->fill = distill_span_of(" ");
    }
done:
    return status;
}

/// The state of one "%" operation.
typedef struct percent_values {
    const jinja_value *values;
    size_t count, used;
    bool by_key;
} percent_values;

/// The value of the next field; reads the key "(name)" if there is one.
static distill_status next_value(jinja_value *out, jinja_run *run, percent_values *v,
                                 distill_span text, size_t *at, bool *has_key)
{
    *has_key = *at < text.length && text.bytes[*at] == '(';
    if (!*has_key)
        return DISTILL_OK;
    size_t end = distill_span_find(text, distill_span_of(")"), *at);
    if (end == SIZE_MAX)
        return jinja_fail(run, "incomplete format key");
    if (v->count != 1 || v->values[0].kind != JINJA_DICT)
        return jinja_fail(run, "format requires a mapping");
    distill_span key = {text.bytes + *at + 1, end - *at - 1};
    const jinja_value *found = jinja_dict_get(v->values[0].as.dict, jinja_string(key, NULL));
    if (found == NULL)
        return jinja_fail(run, "format: no value for the key '%.*s'", (int)key.length, key.bytes);
    *out = *found;
    *at = end + 1;
    v->by_key = true;
    return DISTILL_OK;
}

static distill_status add_percent_field(jinja_builder *b, jinja_value format, size_t *at,
                                        percent_values *v)
{
    distill_status status = DISTILL_OK;
    distill_span text = jinja_span(format);
    jinja_value value;
    format_spec spec;
    bool has_key;
    TRY(next_value(&value, b->run, v, text, at, &has_key));
    TRY(read_percent_spec(&spec, b->run, text, at));
    if (spec.type == '%') {
        TRY(jinja_builder_add_text(b, distill_span_of("%")));
        goto done;
    }
    if (!has_key && v->used == v->count)
        TRY(jinja_fail(b->run, "not enough arguments for format string"));
    if (!has_key)
        value = v->values[v->used++];
    if (value.kind == JINJA_FLOAT && strchr("di", spec.type) != NULL &&
        fabs(value.as.real) < 9.2e18)
        value = jinja_int((int64_t)value.as.real);
    TRY(add_field(b, value, &spec));
done:
    return status;
}

distill_status jinja_percent_format(jinja_value *out, jinja_run *run, jinja_value format,
                                    const jinja_value *values, size_t count)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    percent_values v = {values, count, 0, count == 1 && values[0].kind == JINJA_DICT};
    for (size_t at = 0; at < format.length;) {
        size_t mark = distill_span_find(jinja_span(format), distill_span_of("%"), at);
        size_t end = mark == SIZE_MAX ? format.length : mark;
        TRY(jinja_step(run));
        TRY(jinja_builder_add(&b, jinja_part(format, at, end)));
        at = end == format.length ? end : end + 1;
        if (mark != SIZE_MAX)
            TRY(add_percent_field(&b, format, &at, &v));
    }
    if (v.used < v.count && !v.by_key)
        TRY(jinja_fail(run, "not all arguments converted during string formatting"));
    TRY(jinja_builder_finish(out, &b));
done:
    return status;
}

// -------------------------------------------------------------------------------------- str.format

/// Reads "[[fill]align][sign][#][0][width][grouping][.precision][type]".
static distill_status read_format_spec(format_spec *spec, jinja_run *run, distill_span text)
{
    distill_status status = DISTILL_OK;
    uint32_t code;
    size_t at = 0, first = text.length > 0 ? unicode_next(&code, text.bytes) : 0;
    *spec = (format_spec){.fill = distill_span_of(" "), .precision = -1};
    if (first > 0 && first < text.length && strchr("<>^=", text.bytes[first]) != NULL) {
        spec->fill = (distill_span){text.bytes, first};
        spec->align = text.bytes[first];
        at = first + 1;
    } else if (first > 0 && strchr("<>^=", text.bytes[0]) != NULL) {
        spec->align = text.bytes[at++];
    }
    if (at < text.length && strchr("+- ", text.bytes[at]) != NULL)
        spec->sign = text.bytes[at] == '-' ? '\0' : text.bytes[at];
    at += at < text.length && strchr("+- ", text.bytes[at]) != NULL ? 1 : 0;
    spec->alternate = at < text.length && text.bytes[at] == '#';
    at += spec->alternate ? 1 : 0;
    if (at < text.length && text.bytes[at] == '0' && spec->align == '\0') {
        spec->align = '=';
        spec->fill = distill_span_of("0");
    }
    TRY(read_number(&spec->width, run, text, &at));
    if (at < text.length && (text.bytes[at] == ',' || text.bytes[at] == '_'))
        spec->grouping = text.bytes[at++];
    if (at < text.length && text.bytes[at] == '.') {
        at++;
        TRY(read_number(&spec->precision, run, text, &at));
    }
    if (at < text.length)
        spec->type = text.bytes[at++];
    if (at < text.length || (spec->type != '\0' && strchr("sdxXobeEfFgG%", spec->type) == NULL))
        TRY(jinja_fail(run, "invalid format specifier '%.*s'", (int)text.length, text.bytes));
    if (spec->type == 's')
        spec->type = '\0';
done:
    return status;
}

/// The value that "name.attribute[item]" or a number stands for.
static distill_status find_field(jinja_value *out, jinja_run *run, const jinja_arguments *args,
                                 distill_span name, size_t *automatic)
{
    distill_status status = DISTILL_OK;
    size_t length = 0;
    while (length < name.length && name.bytes[length] != '.' && name.bytes[length] != '[')
        length++;
    if (length < name.length)
        TRY(jinja_fail(run, "format: attributes and items of fields are not supported"));
    bool is_number = length > 0;
    size_t number = 0;
    for (size_t i = 0; i < length; i++) {
        is_number = is_number && isdigit((unsigned char)name.bytes[i]) && i < 9;
        number = is_number ? number * 10 + (size_t)(name.bytes[i] - '0') : number;
    }
    if (length == 0 || is_number) {
        number = length == 0 ? (*automatic)++ : number;
        if (number + 1 >= args->count)
            TRY(jinja_fail(run, "Replacement index %zu out of range for positional args tuple",
                           number));
        *out = args->at[number + 1];
        return DISTILL_OK;
    }
    for (size_t i = 0; i < args->named_count; i++)
        if (distill_span_equal(args->named[i].name, name)) {
            *out = args->named[i].value;
            return DISTILL_OK;
        }
    TRY(jinja_fail(run, "format: no value for the key '%.*s'", (int)name.length, name.bytes));
done:
    return status;
}

/// Adds the field with the text between "{" and "}".
static distill_status add_brace_field(jinja_builder *b, const jinja_arguments *args,
                                      distill_span field, size_t *automatic)
{
    distill_status status = DISTILL_OK;
    format_spec spec;
    jinja_value value;
    size_t colon = distill_span_find(field, distill_span_of(":"), 0);
    size_t mark = distill_span_find(field, distill_span_of("!"), 0);
    size_t end = colon == SIZE_MAX ? field.length : colon;
    bool converts = mark != SIZE_MAX && mark < end;
    size_t name_end = converts ? mark : end;
    distill_span rest = {field.bytes + end, field.length - end};
    if (rest.length > 0)
        rest = (distill_span){rest.bytes + 1, rest.length - 1};
    TRY(find_field(&value, b->run, args, (distill_span){field.bytes, name_end}, automatic));
    TRY(read_format_spec(&spec, b->run, rest));
    if (converts && (end != mark + 2 || strchr("rs", field.bytes[mark + 1]) == NULL))
        TRY(jinja_fail(b->run, "format: unknown conversion"));
    if (converts) {
        jinja_builder text = {.run = b->run};
        TRY(field.bytes[mark + 1] == 'r' ? jinja_print_repr(&text, value)
                                         : jinja_print(&text, value));
        TRY(jinja_builder_finish(&value, &text));
    }
    if (rest.length > 0 && value.kind != JINJA_STRING && !jinja_is_number(value))
        TRY(jinja_fail(b->run, "unsupported format string passed to %s.__format__",
                       jinja_type_name(value)));
    if (rest.length > 0 && value.kind == JINJA_BOOL)
        value = jinja_int(value.as.truth);
    TRY(add_field(b, value, &spec));
done:
    return status;
}

distill_status string_format(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    jinja_value format = args->at[0];
    distill_span text = jinja_span(format);
    size_t automatic = 0, plain = 0;
    for (size_t at = 0; at < text.length; at++) {
        char c = text.bytes[at];
        if (c != '{' && c != '}')
            continue;
        TRY(jinja_step(run));
        bool doubled = at + 1 < text.length && text.bytes[at + 1] == c;
        TRY(jinja_builder_add(&b, jinja_part(format, plain, at + (doubled ? 1 : 0))));
        size_t end = doubled ? at + 1 : distill_span_find(text, distill_span_of("}"), at);
        if (!doubled && (c == '}' || end == SIZE_MAX))
            TRY(jinja_fail(run, "Single '%c' encountered in format string", c));
        if (!doubled)
            TRY(add_brace_field(&b, args, (distill_span){text.bytes + at + 1, end - at - 1},
                                &automatic));
        at = end;
        plain = end + 1;
    }
    TRY(jinja_builder_add(&b, jinja_part(format, plain, text.length)));
    TRY(jinja_builder_finish(out, &b));
done:
    return status;
}
