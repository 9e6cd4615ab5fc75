// bench/suites/suite_code.c - turns a line of a published file into a question and its tests, which
// are kept as published.
#include "bench/suites/suite_code.h"

#include "datasets/verify/code/code_tests.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/lines.h"
#include "distill/base/log.h"

#include <string.h>

enum { MOST_LINE_BYTES = 1 << 30 };

/// A layout: the field that holds a problem's id, and how its question is written.
typedef struct code_layout {
    const char *id;
    /// Sets *skip if the problem is to be left out.
    distill_status (*write)(distill_text *question, bool *skip, const distill_json *doc,
                            const suite_options *options);
} code_layout;

static distill_span text_of(const distill_json *doc, const char *key)
{
    distill_span text = distill_json_string(doc, distill_json_present(distill_json_root(doc), key));
    return text.bytes != NULL ? text : (distill_span){"", 0};
}

static distill_status need_text(distill_span *out, const distill_json *doc, const char *key)
{
    return distill_json_get_string(out, doc, distill_json_root(doc), key);
}

// --- questions ----------------------------------------------------------------------------------

static distill_status write_humaneval(distill_text *question, bool *skip, const distill_json *doc,
                                      const suite_options *options)
{
    distill_status status = DISTILL_OK;
    distill_span prompt, entry, test;
    (void)options;
    *skip = false;
    TRY(need_text(&prompt, doc, "prompt"));
    TRY(need_text(&entry, doc, "entry_point"));
    TRY(need_text(&test, doc, "test"));
    TRY(distill_text_add(question, "Complete this Python function.\n\n```python\n"));
    TRY(distill_text_add_span(question, prompt));
    TRY(distill_text_add(question, "```\n\nReply with the whole function, and the imports that it "
                                   "needs, in one block that begins with ```python."));
done:
    return status;
}

/// True if the day of the contest is within --since and --until. Days are compared as text.
static bool is_within(distill_span date, const suite_options *options)
{
    const char *since = options->since, *until = options->until;
    size_t length = date.length < 10 ? date.length : 10;
    if (since != NULL && strncmp(date.bytes, since, length) < 0)
        return false;
    return until == NULL || strncmp(date.bytes, until, length) <= 0;
}

static distill_status write_livecodebench(distill_text *question, bool *skip,
                                          const distill_json *doc, const suite_options *options)
{
    distill_status status = DISTILL_OK;
    distill_span content;
    distill_span starter = distill_span_trim(text_of(doc, "starter_code"));
    TRY(need_text(&content, doc, "question_content"));
    *skip = (options->since != NULL || options->until != NULL) &&
            (text_of(doc, "contest_date").length == 0 ||
             !is_within(text_of(doc, "contest_date"), options));
    TRY(distill_text_add_span(question, distill_span_trim(content)));
    if (starter.length > 0) {
        TRY(distill_text_add(question, "\n\nSolve it in Python, beginning with this code:\n\n"
                                       "```python\n"));
        TRY(distill_text_add_span(question, starter));
        TRY(distill_text_add(question, "\n```\n\nReply with the whole code in one block that "
                                       "begins with ```python."));
    } else {
        TRY(distill_text_add(question,
                             "\n\nSolve it with a Python program that reads from standard input "
                             "and prints to standard output. Reply with the whole program in one "
                             "block that begins with ```python."));
    }
done:
    return status;
}

static distill_status add_section(distill_text *out, const char *title, distill_span text)
{
    distill_status status = DISTILL_OK;
    text = distill_span_trim(text);
    if (text.length == 0)
        return status;
    TRY(distill_text_printf(out, "\n\n%s\n\n", title));
    TRY(distill_text_add_span(out, text));
done:
    return status;
}

static distill_status add_examples(distill_text *out, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *list = distill_json_present(distill_json_root(doc), "examples");
    for (const distill_json_node *node = distill_json_first(list); node != NULL;
         node = distill_json_next(node)) {
        distill_span input = distill_json_string(doc, distill_json_member(node, "input"));
        distill_span output = distill_json_string(doc, distill_json_member(node, "output"));
        TRY(add_section(out, "Example input", input));
        TRY(add_section(out, "Example output", output));
    }
done:
    return status;
}

static distill_status write_codeforces(distill_text *question, bool *skip, const distill_json *doc,
                                       const suite_options *options)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    distill_span description;
    double time_s, memory_mb;
    (void)options;
    *skip = text_of(doc, "interaction_format").length > 0;
    TRY(need_text(&description, doc, "description"));
    TRY(distill_json_get_number_or(&time_s, doc, root, "time_limit", 0, 3600, 0));
    TRY(distill_json_get_number_or(&memory_mb, doc, root, "memory_limit", 0, 1 << 20, 0));
    TRY(distill_text_add_span(question, text_of(doc, "title")));
    TRY(distill_text_add(question, "\n\n"));
    TRY(distill_text_add_span(question, distill_span_trim(description)));
    TRY(add_section(question, "Input", text_of(doc, "input_format")));
    TRY(add_section(question, "Output", text_of(doc, "output_format")));
    TRY(add_examples(question, doc));
    TRY(add_section(question, "Note", text_of(doc, "note")));
    if (time_s > 0 && memory_mb > 0)
        TRY(distill_text_printf(question, "\n\nTime limit: %g s. Memory limit: %g MB.", time_s,
                                memory_mb));
    TRY(distill_text_add(question,
                         "\n\nSolve it with a program in Python 3 or C++17 that reads from "
                         "standard input and prints to standard output. Reply with the whole "
                         "program in one block that begins with ```python or ```cpp."));
done:
    return status;
}

// --- files --------------------------------------------------------------------------------------

typedef struct code_file {
    prompt_set *problems;
    const code_layout *layout;
    const suite_options *options;
    distill_text question, tests, where;
    size_t left_out;
} code_file;

static distill_status add_line(code_file *f, distill_span line, size_t line_number)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    bool skip = false;
    distill_span id;
    distill_text_clear(&f->question);
    distill_text_clear(&f->tests);
    TRY(distill_json_parse(&doc, line.bytes, line.length, f->where.bytes));
    TRY(need_text(&id, doc, f->layout->id));
    TRY(f->layout->write(&f->question, &skip, doc, f->options));
    f->left_out += skip;
    if (skip)
        goto done;
    TRY(code_tests_of_line(&f->tests, NULL, doc));
    if (f->tests.length == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: problem \"%.*s\" has no tests", f->where.bytes,
                         (int)id.length, id.bytes));
    TRY(prompt_set_add(f->problems,
                       &(prompt_record){.id = id,
                                        .prompt = distill_text_span(&f->question),
                                        .domain = distill_span_of("code"),
                                        .language = distill_span_of("en"),
                                        .tests = distill_text_span(&f->tests)},
                       line_number));
done:
    distill_json_free(doc);
    return status;
}

static distill_status load(prompt_set *problems, const char *path, const suite_options *options,
                           const code_layout *layout)
{
    distill_status status = DISTILL_OK;
    distill_lines *lines = NULL;
    distill_span line;
    bool more = true;
    code_file f = {.problems = problems, .layout = layout, .options = options};
    TRY(distill_lines_open(&lines, path, MOST_LINE_BYTES));
    while (more && (options->limit == 0 || prompt_set_count(problems) < options->limit)) {
        TRY(distill_lines_next(lines, &line, &more));
        size_t number = distill_lines_number(lines);
        distill_text_clear(&f.where);
        TRY(distill_text_printf(&f.where, "%s:%zu", path, number));
        if (more && distill_span_trim(line).length > 0)
            TRY(add_line(&f, line, number));
    }
    if (f.left_out > 0)
        distill_note("%s: %zu problems are left out (interactive, or not between --since and "
                     "--until)",
                     path, f.left_out);
done:
    distill_lines_close(lines);
    distill_text_free(&f.question);
    distill_text_free(&f.tests);
    distill_text_free(&f.where);
    return status;
}

distill_status suite_code_load_humaneval(prompt_set *problems, const char *path,
                                         const suite_options *options)
{
    static const code_layout layout = {"task_id", write_humaneval};
    return load(problems, path, options, &layout);
}

distill_status suite_code_load_livecodebench(prompt_set *problems, const char *path,
                                             const suite_options *options)
{
    static const code_layout layout = {"question_id", write_livecodebench};
    return load(problems, path, options, &layout);
}

distill_status suite_code_load_codeforces(prompt_set *problems, const char *path,
                                          const suite_options *options)
{
    static const code_layout layout = {"id", write_codeforces};
    return load(problems, path, options, &layout);
}
