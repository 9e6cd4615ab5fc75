// distill/text/jinja/jinja.c - templates and renderings.
#include "distill/text/jinja/jinja.h"

#include "distill/base/hash_map.h"
#include "distill/base/memory.h"
#include "distill/text/jinja/jinja_interpreter.h"
#include "distill/text/jinja/syntax/jinja_parser.h"
#include "distill/text/unicode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SOURCE = 4 << 20, MAX_TREE = 256 << 20 };

// ------------------------------------------------------------------------------------------- names

static uint32_t *name_slot(const jinja_template *t, distill_span name)
{
    size_t slot = distill_hash_bytes(0, name) & (t->name_slots - 1);
    while (t->name_index[slot] != 0 && !distill_span_equal(t->names[t->name_index[slot] - 1], name))
        slot = (slot + 1) & (t->name_slots - 1);
    return &t->name_index[slot];
}

uint32_t jinja_name_find(const jinja_template *t, distill_span name)
{
    return *name_slot(t, name) - 1;
}

/// Doubles the tables of names.
static distill_status grow_names(jinja_template *t)
{
    distill_status status = DISTILL_OK;
    uint32_t capacity = t->name_capacity * 2 + 32, *index = NULL;
    distill_span *names = NULL;
    TRY(jinja_memory_take((void **)&names, &t->memory, capacity * sizeof *names));
    TRY(jinja_memory_take((void **)&index, &t->memory, 4 * (size_t)capacity * sizeof *index));
    if (t->name_count > 0)
        memcpy(names, t->names, t->name_count * sizeof *names);
    t->name_slots = 64;
    while (t->name_slots * 2 <= 4 * capacity)
        t->name_slots *= 2;
    memset(index, 0, t->name_slots * sizeof *index);
    t->names = names;
    t->name_index = index;
    t->name_capacity = capacity;
    for (uint32_t i = 0; i < t->name_count; i++)
        *name_slot(t, names[i]) = i + 1;
done:
    return status;
}

distill_status jinja_name_add(uint32_t *out, jinja_template *t, distill_span name)
{
    distill_status status = DISTILL_OK;
    if (t->name_count == t->name_capacity)
        TRY(grow_names(t));
    uint32_t *slot = name_slot(t, name);
    if (*slot == 0) {
        t->names[t->name_count++] = name;
        *slot = t->name_count;
    }
    *out = *slot - 1;
done:
    return status;
}

// --------------------------------------------------------------------------------------- templates

/// Makes the table of the functions that the template's names stand for.
static distill_status find_functions(jinja_template *t)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_memory_take((void **)&t->globals, &t->memory, t->name_count * sizeof *t->globals));
    for (uint32_t i = 0; i < t->name_count; i++) {
        const jinja_builtin *function = jinja_function_find(t->names[i]);
        t->globals[i] = (jinja_value){.kind = JINJA_ABSENT};
        if (function != NULL)
            t->globals[i] = (jinja_value){.kind = JINJA_FUNCTION, .as.builtin = function};
    }
done:
    return status;
}

distill_status jinja_compile(jinja_template **out, distill_span source)
{
    distill_status status = DISTILL_OK;
    jinja_template *t = NULL;
    if (source.length > MAX_SOURCE)
        TRY(distill_fail(DISTILL_LIMIT, "the template has more than %d MiB", MAX_SOURCE >> 20));
    TRY(DISTILL_NEW(&t, 1));
    t->memory.limit = MAX_TREE;
    TRY(grow_names(t));
    jinja_parser parser = {.t = t};
    TRY(jinja_parse(&parser, source));
    TRY(find_functions(t));
    *out = t;
    t = NULL;
done:
    jinja_free(t);
    return status;
}

void jinja_free(jinja_template *t)
{
    if (t == NULL)
        return;
    jinja_memory_free(&t->memory);
    distill_free(t);
}

bool jinja_has_generation(const jinja_template *t)
{
    return t->has_generation;
}

bool jinja_uses_name(const jinja_template *t, const char *name)
{
    return jinja_name_find(t, distill_span_of(name)) != UINT32_MAX;
}

// -------------------------------------------------------------------------------------- renderings

distill_status jinja_rendering_begin(jinja_rendering *r)
{
    distill_status status = DISTILL_OK;
    const jinja_template *t = r->program;
    r->run = (jinja_run){.memory.limit = JINJA_MAX_MEMORY, .program = t, .now = r->now};
    TRY(jinja_memory_take((void **)&r->run.globals, &r->run.memory,
                          t->name_count * sizeof *t->globals));
    memcpy(r->run.globals, t->globals, t->name_count * sizeof *t->globals);
done:
    return status;
}

distill_status jinja_rendering_set(jinja_rendering *r, const char *name, jinja_value value)
{
    uint32_t number = jinja_name_find(r->program, distill_span_of(name));
    if (number != UINT32_MAX)
        r->run.globals[number] = value;
    return DISTILL_OK;
}

distill_status jinja_rendering_run(jinja_rendering *r)
{
    distill_status status = DISTILL_OK;
    jinja_builder out = {.run = &r->run};
    struct jinja_generation generation = {.root = &out};
    r->run.out = &out;
    r->run.generation = &generation;
    TRY(jinja_execute(&r->run, r->program->body));
    r->text = (distill_span){out.bytes != NULL ? out.bytes : "", out.length};
    r->input = out.input;
    r->input_count = out.input_count;
    r->generation = generation.at;
    r->generation_count = generation.count;
done:
    r->run.out = NULL;
    r->run.generation = NULL;
    return status;
}

void jinja_rendering_end(jinja_rendering *r)
{
    jinja_memory_free(&r->run.memory);
}

// -------------------------------------------------------------------------------------------- JSON

distill_status jinja_from_text(jinja_value *out, jinja_run *run, distill_span text)
{
    distill_status status = DISTILL_OK;
    distill_text repaired = {0};
    char *copy = NULL;
    if (text.length > UINT32_MAX)
        TRY(distill_fail(DISTILL_LIMIT, "a text of the conversation is too long"));
    if (unicode_valid_prefix(text.bytes, text.length) < text.length) {
        TRY(unicode_repair(&repaired, text.bytes, text.length));
        TRY(jinja_memory_take_text(&copy, &run->memory, repaired.length));
        memcpy(copy, repaired.bytes, repaired.length);
        text = (distill_span){copy, repaired.length};
    }
    *out = jinja_string(text, JINJA_FROM_INPUT);
done:
    distill_text_free(&repaired);
    return status;
}

static jinja_value from_number(const distill_json_node *node)
{
    double real = distill_json_number(node);
    const char *digits = distill_json_digits(node);
    if (digits != NULL)
        return jinja_int(strtoll(digits, NULL, 10));
    if (distill_json_is_real(node) || real != floor(real) || fabs(real) > 9e15)
        return jinja_float(real);
    return jinja_int((int64_t)real);
}

static distill_status from_container(jinja_value *out, jinja_run *run, const distill_json *doc,
                                     const distill_json_node *node, bool is_object)
{
    distill_status status = DISTILL_OK;
    jinja_value value;
    size_t count = 0;
    TRY(is_object ? jinja_dict_new(out, run) : jinja_list_new(out, run, distill_json_count(node)));
    TRY(jinja_enter(run));
    for (const distill_json_node *item = distill_json_first(node); item != NULL;
         item = distill_json_next(item)) {
        TRY(jinja_from_json(&value, run, doc, item));
        if (!is_object) {
            out->as.list->items[count++] = value;
            continue;
        }
        jinja_value key;
        TRY(jinja_from_text(&key, run, distill_span_of(distill_json_key(item))));
        TRY(jinja_dict_set(out->as.dict, run, key, value));
    }
    run->depth--;
done:
    return status;
}

distill_status jinja_from_json(jinja_value *out, jinja_run *run, const distill_json *doc,
                               const distill_json_node *node)
{
    switch (distill_json_kind_of(node)) {
    case DISTILL_JSON_BOOL:
        *out = jinja_bool(distill_json_true(node));
        return DISTILL_OK;
    case DISTILL_JSON_NUMBER:
        *out = from_number(node);
        return DISTILL_OK;
    case DISTILL_JSON_STRING:
        return jinja_from_text(out, run, distill_json_string(doc, node));
    case DISTILL_JSON_ARRAY:
        return from_container(out, run, doc, node, false);
    case DISTILL_JSON_OBJECT:
        return from_container(out, run, doc, node, true);
    default:
        *out = jinja_none();
        return DISTILL_OK;
    }
}
