// distill/text/jinja/values/jinja_value.h - the values of a template program, as Python has them.
//
//     jinja_value text = jinja_string(distill_span_of("Hi"), JINJA_FROM_TEMPLATE);
//     jinja_value list;
//     TRY(jinja_list_new(&list, run, 2));
//     list.as.list->items[0] = text;
//
// Private to distill/text. A value is copied freely: strings, lists and dicts are immutable once
// they are built, and their memory is that of the run (or of the template, for constants).
//
// Origin of text: a string knows which of its bytes are from the input (messages, tools, ...) and
// which are from the template, because only the template may write special tokens. As strings are
// views of immutable memory, this is a property of addresses: `origin` lists the ranges of memory
// that hold input, and a slice of a string keeps the list.
#ifndef DISTILL_TEXT_JINJA_VALUES_JINJA_VALUE_H
#define DISTILL_TEXT_JINJA_VALUES_JINJA_VALUE_H

#include "distill/base/text.h"

typedef enum jinja_kind {
    JINJA_ABSENT,    // no value: an argument that is not given, a variable that is not set
    JINJA_UNDEFINED, // as.reason: what is undefined
    JINJA_NONE,
    JINJA_BOOL,
    JINJA_INT,
    JINJA_FLOAT,
    JINJA_STRING,
    JINJA_LIST,      // and other sequences: see jinja_form
    JINJA_DICT,      // insertion order
    JINJA_NAMESPACE, // as.dict, whose attributes can be set
    JINJA_MACRO,
    JINJA_FUNCTION, // a function of the environment
    JINJA_METHOD,   // a method with its subject
    JINJA_LOOP      // the variable `loop`
} jinja_kind;

/// Which of Python's types a JINJA_LIST stands for.
typedef enum jinja_form {
    JINJA_FORM_LIST,
    JINJA_FORM_TUPLE,
    JINJA_FORM_RANGE,
    JINJA_FORM_KEYS, // the views of a dict: iterable with a length, without an index
    JINJA_FORM_VALUES,
    JINJA_FORM_ITEMS,
    JINJA_FORM_GENERATOR // iterable only, such as the result of `map`
} jinja_form;

/// Ranges of memory that hold input: begin, end, begin, end, ... in order, disjoint.
typedef struct jinja_origin {
    const char *const *bounds;
    size_t count; // of ranges
} jinja_origin;

#define JINJA_FROM_TEMPLATE NULL
extern const jinja_origin JINJA_FROM_INPUT[1]; // every byte is input

typedef struct jinja_list jinja_list;
typedef struct jinja_dict jinja_dict;
struct jinja_run;

typedef struct jinja_value {
    uint8_t kind;    // jinja_kind
    uint8_t form;    // jinja_form of a JINJA_LIST
    bool is_markup;  // of a string: escaped HTML, as by the filter `safe`
    bool is_unsafe;  // of an undefined value: a method that changes its subject
    uint32_t length; // of a string, in bytes
    union {
        bool truth;
        int64_t integer;
        double real;
        const char *bytes;
        const char *reason;
        jinja_list *list;
        jinja_dict *dict;
        const struct jinja_macro *macro;
        const struct jinja_builtin *builtin;
        const struct jinja_method *method;
        struct jinja_loop *loop;
    } as;
    const jinja_origin *origin; // of a string
} jinja_value;

struct jinja_list {
    size_t count;
    jinja_value items[];
};

typedef struct jinja_entry {
    jinja_value key, value;
    uint64_t hash;
} jinja_entry;

struct jinja_dict {
    jinja_entry *entries;
    uint32_t count, capacity;
    uint32_t *index;      // 1 + position in entries, 0 = free; only beyond a few entries
    uint32_t index_slots; // a power of two
};

// -------------------------------------------------------------------------- making simple values

static inline jinja_value jinja_none(void)
{
    return (jinja_value){.kind = JINJA_NONE};
}

static inline jinja_value jinja_bool(bool truth)
{
    return (jinja_value){.kind = JINJA_BOOL, .as.truth = truth};
}

static inline jinja_value jinja_int(int64_t integer)
{
    return (jinja_value){.kind = JINJA_INT, .as.integer = integer};
}

static inline jinja_value jinja_float(double real)
{
    return (jinja_value){.kind = JINJA_FLOAT, .as.real = real};
}

/// `text` is at most UINT32_MAX bytes of valid UTF-8.
static inline jinja_value jinja_string(distill_span text, const jinja_origin *origin)
{
    return (jinja_value){.kind = JINJA_STRING,
                         .length = (uint32_t)text.length,
                         .as.bytes = text.bytes,
                         .origin = origin};
}

/// `reason` says what is undefined, for messages: "'x' is undefined".
static inline jinja_value jinja_undefined(const char *reason)
{
    return (jinja_value){.kind = JINJA_UNDEFINED, .as.reason = reason};
}

static inline bool jinja_is_string(jinja_value value)
{
    return value.kind == JINJA_STRING;
}

static inline distill_span jinja_span(jinja_value string)
{
    return (distill_span){string.as.bytes, string.length};
}

/// True for the literal `text`.
bool jinja_string_is(jinja_value value, const char *text);
/// True for bool, int and float.
bool jinja_is_number(jinja_value value);
/// The value of a bool or an int.
bool jinja_as_integer(int64_t *out, jinja_value value);
double jinja_as_real(jinja_value number);

// ------------------------------------------------------------------------------------ properties

/// Python's name of the type, for messages.
const char *jinja_type_name(jinja_value value);
/// Python's bool().
bool jinja_is_true(jinja_value value);
/// Python's ==. Errors  LIMIT for values that are nested too deeply.
distill_status jinja_equal(bool *out, struct jinja_run *run, jinja_value a,
                           jinja_value b) DISTILL_MUST_CHECK;
/// Sets *out to a number less than, equal to or greater than 0. Errors  types that have no order.
distill_status jinja_compare(int *out, struct jinja_run *run, jinja_value a,
                             jinja_value b) DISTILL_MUST_CHECK;

// --------------------------------------------------------------------------------- lists and dicts

/// A list with `count` items to be set.
distill_status jinja_list_new(jinja_value *out, struct jinja_run *run,
                              size_t count) DISTILL_MUST_CHECK;
/// The items of any iterable value as a list: characters of strings, keys of dicts. A list is
/// returned as it is.
/// Errors  the value is not iterable.
distill_status jinja_iterate(jinja_value *out, struct jinja_run *run,
                             jinja_value value) DISTILL_MUST_CHECK;

/// A list that grows; `list` is valid after each call.
typedef struct jinja_items {
    jinja_list *list;
    size_t capacity;
} jinja_items;
distill_status jinja_items_add(jinja_items *items, struct jinja_run *run,
                               jinja_value value) DISTILL_MUST_CHECK;
/// The list of these items in the given form.
distill_status jinja_items_value(jinja_value *out, struct jinja_run *run, const jinja_items *items,
                                 jinja_form form) DISTILL_MUST_CHECK;

distill_status jinja_dict_new(jinja_value *out, struct jinja_run *run) DISTILL_MUST_CHECK;
/// Sets a key; the first position of a key remains its position.
/// Errors  the key is a list or a dict.
distill_status jinja_dict_set(jinja_dict *dict, struct jinja_run *run, jinja_value key,
                              jinja_value value) DISTILL_MUST_CHECK;
/// NULL if the key is absent.
const jinja_value *jinja_dict_get(const jinja_dict *dict, jinja_value key);

#endif
