// datasets/verify/code/code_tests.c - reads published layouts of tests, one function a layout.
//
// Values are recognised by their members, not by the name of a data set. Strings may hold JSON,
// which is read like the value itself, at most four levels deep. A test that cannot be read makes
// all tests unusable: passing the remaining ones would not show that a program is right.
#include "datasets/verify/code/code_tests.h"

#include "datasets/verify/code/compressed_tests.h"
#include "datasets/verify/code/python_source.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"

#include <stdio.h>
#include <string.h>

enum { MOST_DEPTH = 4, MOST_TESTS = 100000 };

typedef struct reading {
    code_tests *out;
    int depth;
} reading;

static distill_status read_value(reading *r, const distill_json *doc,
                                 const distill_json_node *node);

/// Makes the tests unusable; the first reason is kept.
static void refuse(code_tests *out, const char *why)
{
    if (out->unusable[0] == '\0')
        snprintf(out->unusable, sizeof out->unusable, "%s", why);
}

static bool is_text(const distill_json_node *node)
{
    return distill_json_kind_of(node) == DISTILL_JSON_STRING;
}

static bool is_array(const distill_json_node *node)
{
    return distill_json_kind_of(node) == DISTILL_JSON_ARRAY;
}

static distill_status add_test(code_test **test, code_tests *out)
{
    distill_status status = DISTILL_OK;
    if (out->count == out->capacity) {
        size_t capacity = out->capacity > 0 ? 2 * out->capacity : 8;
        TRY(distill_grow((void **)&out->at, out->count, capacity, sizeof *out->at));
        out->capacity = capacity;
    }
    *test = &out->at[out->count++];
done:
    return status;
}

/// All tests of a problem are of one kind.
static void set_kind(code_tests *out, code_test_kind kind)
{
    if (out->kind != CODE_NO_TESTS && out->kind != kind)
        refuse(out, "tests of two kinds");
    out->kind = kind;
}

// --- input and output ----------------------------------------------------------------------------

/// Appends a string, or a list of lines; other values as JSON.
static distill_status add_stream(distill_text *out, const distill_json *doc,
                                 const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    if (is_text(node))
        return distill_text_add_span(out, distill_json_string(doc, node));
    if (!is_array(node))
        return distill_json_write_node(out, doc, node);
    for (const distill_json_node *line = distill_json_first(node); line != NULL;
         line = distill_json_next(line)) {
        TRY(add_stream(out, doc, line));
        TRY(distill_text_add_char(out, '\n'));
    }
done:
    return status;
}

/// Appends the arguments of a LiveCodeBench test, which are JSON values on lines of their own, as a
/// JSON array.
static distill_status add_lines_as_array(distill_text *out, distill_span text)
{
    distill_json_writer w = {.out = out};
    distill_json_begin_array(&w, NULL);
    while (text.length > 0) {
        size_t end = distill_span_find(text, distill_span_of("\n"), 0);
        distill_span line = {text.bytes, end == SIZE_MAX ? text.length : end};
        size_t taken = end == SIZE_MAX ? text.length : end + 1;
        text = (distill_span){text.bytes + taken, text.length - taken};
        line = distill_span_trim(line);
        if (line.length > 0)
            distill_json_add_raw(&w, NULL, line);
    }
    distill_json_end_array(&w);
    return distill_json_finish(&w);
}

/// The arguments or the value of a call: JSON, or, if `nested`, JSON in a string (LiveCodeBench).
static distill_status add_call_part(distill_text *out, const distill_json *doc,
                                    const distill_json_node *node, bool nested, bool arguments)
{
    if (!nested || !is_text(node))
        return distill_json_write_node(out, doc, node);
    distill_span text = distill_json_string(doc, node);
    return arguments ? add_lines_as_array(out, text) : distill_text_add_span(out, text);
}

static distill_status add_pair(reading *r, const distill_json *doc, const distill_json_node *input,
                               const distill_json_node *output, bool call, bool nested)
{
    distill_status status = DISTILL_OK;
    code_test *test = NULL;
    if (r->out->count >= MOST_TESTS) {
        refuse(r->out, "more than 100,000 tests");
        return status;
    }
    TRY(add_test(&test, r->out));
    set_kind(r->out, call ? CODE_CALL : CODE_STREAM);
    if (call) {
        TRY(add_call_part(&test->input, doc, input, nested, true));
        TRY(add_call_part(&test->output, doc, output, nested, false));
    } else {
        TRY(add_stream(&test->input, doc, input));
        TRY(add_stream(&test->output, doc, output));
    }
done:
    return status;
}

static distill_status read_entry(reading *r, const distill_json *doc,
                                 const distill_json_node *node);

/// {"input": …, "output": …, "testtype": "stdin" or "functional", "metadata": {"func_name": …}}, or
/// {"type": "function_call", "fn_name": …, "input": […], "output": […]}
static distill_status read_pair(reading *r, const distill_json *doc, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *input = distill_json_member(node, "input");
    const distill_json_node *output = distill_json_member(node, "output");
    const distill_json_node *type = distill_json_present(node, "testtype");
    if (output == NULL)
        output = distill_json_member(node, "expected_output");
    if (output == NULL) {
        refuse(r->out, "a test without output");
        return DISTILL_OK;
    }
    if (type == NULL)
        type = distill_json_present(node, "type");
    distill_span kind = distill_json_string(doc, type);
    bool wrapped = distill_span_is(kind, "function_call");
    bool call = wrapped || distill_span_is(kind, "functional");
    TRY(read_entry(r, doc, node));
    r->out->wrapped = r->out->wrapped || wrapped;
    TRY(add_pair(r, doc, input, output, call, !wrapped));
done:
    return status;
}

/// {"inputs": […], "outputs": […]}
static distill_status read_columns(reading *r, const distill_json *doc,
                                   const distill_json_node *inputs,
                                   const distill_json_node *outputs, bool call)
{
    distill_status status = DISTILL_OK;
    if (!is_array(inputs) || !is_array(outputs) ||
        distill_json_count(inputs) != distill_json_count(outputs)) {
        refuse(r->out, "inputs and outputs are not lists of one length");
        return status;
    }
    const distill_json_node *output = distill_json_first(outputs);
    r->out->wrapped = true;
    for (const distill_json_node *input = distill_json_first(inputs); input != NULL;
         input = distill_json_next(input), output = distill_json_next(output))
        TRY(add_pair(r, doc, input, output, call, false));
done:
    return status;
}

// --- assertions ----------------------------------------------------------------------------------

static distill_status add_assert(reading *r, distill_span python)
{
    distill_status status = DISTILL_OK;
    code_test *test = NULL;
    TRY(add_test(&test, r->out));
    set_kind(r->out, CODE_ASSERT);
    TRY(distill_text_add_span(&test->input, python));
done:
    return status;
}

/// MBPP: imports and setup code run before the assertions, in the same scope.
static distill_status read_test_list(reading *r, const distill_json *doc,
                                     const distill_json_node *node, const distill_json_node *list)
{
    static const char *const BEFORE[] = {"test_imports", "test_setup_code"};
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++) {
        const distill_json_node *code = distill_json_present(node, BEFORE[i]);
        distill_text text = {0};
        if (code != NULL) {
            status = add_stream(&text, doc, code);
            if (status == DISTILL_OK && text.length > 0)
                status = add_assert(r, distill_text_span(&text));
            distill_text_free(&text);
            TRY(status);
        }
    }
    TRY(read_value(r, doc, list));
done:
    return status;
}

static distill_status set_text(distill_text *out, const distill_json *doc,
                               const distill_json_node *node)
{
    distill_text_clear(out);
    return is_text(node) ? distill_text_add_span(out, distill_json_string(doc, node)) : DISTILL_OK;
}

// --- whole problems ------------------------------------------------------------------------------

/// Takes the name of the function from a member of `node`; `Solution().name` is `name`. All tests of
/// a problem call the same function.
static distill_status set_entry(reading *r, const distill_json *doc, const distill_json_node *node)
{
    static const char *const ENTRIES[] = {"entry_point", "fn_name", "func_name"};
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < sizeof ENTRIES / sizeof *ENTRIES; i++) {
        const distill_json_node *entry = distill_json_present(node, ENTRIES[i]);
        distill_span name = entry != NULL ? distill_json_string(doc, entry) : (distill_span){"", 0};
        size_t point = distill_span_find_last(name, distill_span_of("."));
        if (point != SIZE_MAX)
            name = (distill_span){name.bytes + point + 1, name.length - point - 1};
        if (name.length == 0 || distill_span_equal(name, distill_text_span(&r->out->entry)))
            continue;
        if (r->out->kind == CODE_CALL && r->out->entry.length > 0)
            refuse(r->out, "tests of several functions");
        distill_text_clear(&r->out->entry);
        TRY(distill_text_add_span(&r->out->entry, name));
    }
done:
    return status;
}

/// The function's name of one test: its own member, or one of its metadata, which may be JSON in a
/// string.
static distill_status read_entry(reading *r, const distill_json *doc, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_json *inner = NULL;
    const distill_json_node *metadata = distill_json_present(node, "metadata");
    TRY(set_entry(r, doc, node));
    if (metadata != NULL && is_text(metadata)) {
        distill_span text = distill_json_string(doc, metadata);
        if (distill_json_parse(&inner, text.bytes, text.length, "metadata") == DISTILL_OK)
            TRY(set_entry(r, inner, distill_json_root(inner)));
    } else if (metadata != NULL) {
        TRY(set_entry(r, doc, metadata));
    }
done:
    distill_json_free(inner);
    return status;
}

/// Limits, checker and name of the function: members that may stand beside any tests.
static distill_status read_settings(reading *r, const distill_json *doc,
                                    const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    code_tests *out = r->out;
    TRY(set_entry(r, doc, node));
    TRY(set_text(&out->checker, doc, distill_json_present(node, "generated_checker")));
    const distill_json_node *time = distill_json_present(node, "time_limit");
    const distill_json_node *memory = distill_json_present(node, "memory_limit");
    const distill_json_node *mode = distill_json_present(node, "input_mode");
    double time_s = distill_json_number(time), memory_mb = distill_json_number(memory);
    if (time_s > 0 && time_s <= 3600)
        out->time_s = time_s;
    if (memory_mb > 0 && memory_mb <= 1 << 20)
        out->memory_mb = memory_mb;
    const distill_json_node *interaction = distill_json_present(node, "interaction_format");
    if (interaction != NULL && distill_json_string(doc, interaction).length > 0)
        refuse(out, "an interactive problem: its interactor is not run");
    if (mode != NULL && !distill_span_is(distill_json_string(doc, mode), "stdio"))
        refuse(out, "the program reads a file, not standard input");
done:
    return status;
}

/// LiveCodeBench: the name of the function is in `metadata`, which is JSON in a string.
static distill_status read_metadata(reading *r, const distill_json *doc,
                                    const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_json *inner = NULL;
    distill_span text = distill_json_string(doc, node);
    if (!is_text(node))
        return read_settings(r, doc, node);
    if (distill_json_parse(&inner, text.bytes, text.length, "metadata") == DISTILL_OK)
        TRY(read_settings(r, inner, distill_json_root(inner)));
done:
    distill_json_free(inner);
    return status;
}

/// The tests of a problem that has them in several members.
static distill_status read_parts(reading *r, const distill_json *doc, const distill_json_node *node)
{
    static const char *const PARTS[] = {"public_test_cases", "private_test_cases",
                                        "official_tests",    "tests",
                                        "test_cases",        "input_output"};
    distill_status status = DISTILL_OK;
    const distill_json_node *part;
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        if ((part = distill_json_present(node, PARTS[i])) != NULL)
            TRY(read_value(r, doc, part));
    }
    part = distill_json_present(node, "examples"); // official_tests include them
    if (part != NULL && r->out->kind == CODE_NO_TESTS)
        TRY(read_value(r, doc, part));
done:
    return status;
}

static distill_status read_object(reading *r, const distill_json *doc,
                                  const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *inputs = distill_json_present(node, "inputs");
    const distill_json_node *outputs = distill_json_present(node, "outputs");
    const distill_json_node *test = distill_json_present(node, "test");
    const distill_json_node *list = distill_json_present(node, "test_list");
    const distill_json_node *metadata = distill_json_present(node, "metadata");
    TRY(read_settings(r, doc, node));
    if (metadata != NULL)
        TRY(read_metadata(r, doc, metadata));
    if (inputs != NULL && outputs != NULL)
        TRY(read_columns(r, doc, inputs, outputs, r->out->entry.length > 0));
    else if (list != NULL)
        TRY(read_test_list(r, doc, node, list));
    else if (is_text(test))
        TRY(add_assert(r, distill_json_string(doc, test)));
    else if (distill_json_member(node, "input") != NULL)
        TRY(read_pair(r, doc, node));
    else
        TRY(read_parts(r, doc, node));
    if (is_text(test))
        TRY(set_text(&r->out->prefix, doc, distill_json_present(node, "prompt")));
done:
    return status;
}

static distill_status read_array(reading *r, const distill_json *doc, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    for (const distill_json_node *item = distill_json_first(node); item != NULL;
         item = distill_json_next(item)) {
        if (is_text(item))
            TRY(add_assert(r, distill_json_string(doc, item)));
        else if (distill_json_kind_of(item) == DISTILL_JSON_OBJECT)
            TRY(read_pair(r, doc, item));
        else
            refuse(r->out, "a test that is neither an object nor a text");
    }
done:
    return status;
}

/// A string: JSON, Python with assertions, or compressed JSON.
static distill_status read_text(reading *r, distill_span text)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text plain = {0};
    const char *fault = NULL;
    if (distill_json_parse(&doc, text.bytes, text.length, "tests") == DISTILL_OK) {
        TRY(read_value(r, doc, distill_json_root(doc)));
    } else if (distill_span_find(text, distill_span_of("assert"), 0) != SIZE_MAX) {
        TRY(add_assert(r, text));
    } else {
        TRY(compressed_tests_read(&plain, &fault, text));
        if (fault != NULL)
            refuse(r->out, fault);
        else
            TRY(read_text(r, distill_text_span(&plain)));
    }
done:
    distill_json_free(doc);
    distill_text_free(&plain);
    return status;
}

static distill_status read_value(reading *r, const distill_json *doc, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    if (++r->depth > MOST_DEPTH) {
        refuse(r->out, "tests nested too deeply");
    } else if (is_text(node)) {
        distill_span text = distill_span_trim(distill_json_string(doc, node));
        if (text.length > 0)
            status = read_text(r, text);
    } else if (is_array(node)) {
        status = read_array(r, doc, node);
    } else if (distill_json_kind_of(node) == DISTILL_JSON_OBJECT) {
        status = read_object(r, doc, node);
    } else {
        refuse(r->out, "tests that are neither a list, an object nor a text");
    }
    r->depth--;
    return status;
}

/// Where assertions come with code but without the name of the function, it is the last one of that
/// code.
static distill_status find_entry(code_tests *out)
{
    distill_status status = DISTILL_OK;
    distill_span statement, name, entry = {"", 0}, rest = distill_text_span(&out->prefix);
    if (out->kind != CODE_ASSERT || out->entry.length > 0)
        return DISTILL_OK;
    while (python_next_statement(&statement, &rest))
        if (distill_span_find(statement, distill_span_of("def "), 0) == 0 &&
            python_defined_name(&name, statement, 0))
            entry = name;
    TRY(distill_text_add_span(&out->entry, entry));
done:
    return status;
}

distill_status code_tests_read(code_tests *out, distill_span json)
{
    distill_status status = DISTILL_OK;
    reading r = {.out = out};
    *out = (code_tests){.kind = CODE_NO_TESTS};
    json = distill_span_trim(json);
    if (json.length > 0)
        TRY(read_text(&r, json));
    TRY(find_entry(out));
    if (out->count == 0)
        refuse(out, "no tests");
    if (out->kind == CODE_CALL && out->entry.length == 0)
        refuse(out, "tests that call a function without its name");
done:
    if (status != DISTILL_OK)
        code_tests_free(out);
    return status;
}

void code_tests_free(code_tests *tests)
{
    for (size_t i = 0; i < tests->count; i++) {
        distill_text_free(&tests->at[i].input);
        distill_text_free(&tests->at[i].output);
    }
    distill_free(tests->at);
    distill_text_free(&tests->entry);
    distill_text_free(&tests->prefix);
    distill_text_free(&tests->checker);
    *tests = (code_tests){.kind = CODE_NO_TESTS};
}

// --- lines of data sets -------------------------------------------------------------------------

distill_status code_tests_of_line(distill_text *out, json_rest *used, const distill_json *doc)
{
    // a line with one of TESTS has tests, and MORE are their settings
    static const char *const TESTS[] = {"test_list",      "test",         "public_test_cases",
                                        "official_tests", "input_output", "test_cases"};
    static const char *const MORE[] = {
        "entry_point", "prompt",     "test_setup_code", "test_imports",      "private_test_cases",
        "metadata",    "time_limit", "memory_limit",    "generated_checker", "interaction_format",
        "input_mode"};
    enum { TEST_NAMES = sizeof TESTS / sizeof *TESTS, MORE_NAMES = sizeof MORE / sizeof *MORE };
    distill_json_writer w = {.out = out};
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *tests = distill_json_present(root, "tests");
    json_rest_use(used, "tests");
    if (is_text(tests))
        return distill_text_add_span(out, distill_json_string(doc, tests));
    if (tests != NULL)
        return distill_json_write_node(out, doc, tests);
    bool any = false;
    for (size_t i = 0; i < TEST_NAMES + MORE_NAMES; i++) {
        const char *name = i < TEST_NAMES ? TESTS[i] : MORE[i - TEST_NAMES];
        const distill_json_node *node = distill_json_present(root, name);
        bool plain = strcmp(name, "test") == 0 || strcmp(name, "prompt") == 0;
        if (node == NULL || (plain && !is_text(node)))
            continue;
        if (i >= TEST_NAMES && !any)
            break;
        if (!any)
            distill_json_begin_object(&w, NULL);
        distill_json_add_node(&w, name, doc, node);
        json_rest_use(used, name);
        any = true;
    }
    if (!any)
        return DISTILL_OK;
    distill_json_end_object(&w);
    return distill_json_finish(&w);
}
