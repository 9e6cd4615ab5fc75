// datasets/verify/code/code_verdict.c - makes a program from a reply and runs the tests on it.
//
// Tests of a function come with the code that the reply continues (HumanEval's prompt: imports,
// helpers, the head of the function):
//   the reply defines the function    prefix, reply            the later definition counts
//   it does not                       prefix + reply           the reply is the body
// Models and templates often lose the white space at the beginning of a body, which is put back.
#include "datasets/verify/code/code_verdict.h"

#include "datasets/verify/code/code_check.h"

#include <string.h>

static size_t indent_of(distill_span line)
{
    size_t indent = 0;
    while (indent < line.length && line.bytes[indent] == ' ')
        indent++;
    return indent;
}

// --- the body of a function ----------------------------------------------------------------------

/// A base model continues after the body. A line that begins like this is no longer part of it.
static bool ends_body(distill_span line)
{
    static const char *const BEGINS[] = {"def ",  "class ",  "if ", "print(",  "@", "#",
                                         "from ", "import ", "```", "assert ", "<|"};
    for (size_t i = 0; i < sizeof BEGINS / sizeof *BEGINS; i++)
        if (line.length >= strlen(BEGINS[i]) &&
            memcmp(line.bytes, BEGINS[i], strlen(BEGINS[i])) == 0)
            return true;
    return false;
}

typedef enum body_indent { INDENT_NONE, INDENT_FIRST, INDENT_ALL } body_indent;

/// Which lines of a body have lost their indentation: none, the first (trimmed with the text), or
/// all.
static body_indent missing_indent(distill_span body)
{
    distill_span line, first = {0}, rest = body;
    size_t least = SIZE_MAX, second = SIZE_MAX;
    while (code_next_line(&line, &rest)) {
        if (distill_span_trim(line).length == 0)
            continue;
        if (first.bytes == NULL) {
            first = line;
            continue;
        }
        if (second == SIZE_MAX)
            second = indent_of(line);
        least = indent_of(line) < least ? indent_of(line) : least;
    }
    if (first.bytes == NULL || indent_of(first) > 0 || first.bytes[0] == '\t')
        return INDENT_NONE;
    distill_span end = distill_span_trim(first);
    bool opens = end.bytes[end.length - 1] == ':';
    if (least == 0 || (opens && second <= 4))
        return INDENT_ALL;
    return INDENT_FIRST;
}

/// Appends the body of a function. A `raw` reply, which is not in a block, is cut where the body
/// ends.
static distill_status add_body(distill_text *out, distill_span body, bool raw)
{
    distill_status status = DISTILL_OK;
    distill_span line, rest = body;
    body_indent missing = missing_indent(body);
    bool begun = false;
    while (code_next_line(&line, &rest)) {
        bool blank = distill_span_trim(line).length == 0;
        if (begun && raw && missing != INDENT_ALL && ends_body(line))
            break;
        if (!blank && (missing == INDENT_ALL || (missing == INDENT_FIRST && !begun)))
            TRY(distill_text_add(out, "    "));
        TRY(distill_text_add_span(out, line));
        TRY(distill_text_add(out, "\n"));
        begun = begun || !blank;
    }
done:
    return status;
}

// --- the program ---------------------------------------------------------------------------------

/// Appends a program without the indentation that all its lines share, as that of a block in a
/// list.
static distill_status add_whole(distill_text *out, distill_span code)
{
    distill_status status = DISTILL_OK;
    distill_span line, rest = code;
    size_t least = SIZE_MAX;
    while (code_next_line(&line, &rest))
        if (distill_span_trim(line).length > 0 && indent_of(line) < least)
            least = indent_of(line);
    for (rest = code; code_next_line(&line, &rest);) {
        size_t skip = line.length < least ? line.length : least;
        TRY(distill_text_add_span(out, (distill_span){line.bytes + skip, line.length - skip}));
        TRY(distill_text_add(out, "\n"));
    }
done:
    return status;
}

/// The code that a reply continues: that of the tests, or the block of the prompt that defines the
/// function.
static distill_span prefix_of(const code_tests *tests, distill_span prompt)
{
    code_reply found;
    distill_span entry = distill_text_span(&tests->entry);
    if (tests->prefix.length > 0)
        return distill_text_span(&tests->prefix);
    code_reply_find(&found, prompt, entry);
    return code_defines(found.code, entry) ? found.code : (distill_span){"", 0};
}

static distill_status write_program(distill_text *out, const code_tests *tests,
                                    const code_question *question, const code_reply *reply)
{
    distill_status status = DISTILL_OK;
    distill_span entry = distill_text_span(&tests->entry);
    bool continues =
        tests->kind == CODE_ASSERT && entry.length > 0 && !code_defines(reply->code, entry);
    if (tests->kind != CODE_ASSERT || !continues) {
        if (tests->kind == CODE_ASSERT && tests->prefix.length > 0) {
            TRY(distill_text_add_span(out, distill_text_span(&tests->prefix)));
            TRY(distill_text_add(out, "\n"));
        }
        TRY(add_whole(out, reply->code));
        goto done;
    }
    distill_span prefix = prefix_of(tests, question->prompt);
    TRY(distill_text_add_span(out, prefix));
    if (prefix.length > 0 && prefix.bytes[prefix.length - 1] != '\n')
        TRY(distill_text_add(out, "\n"));
    TRY(add_body(out, reply->code, !reply->fenced));
done:
    return status;
}

distill_status verdict_code(verdict *v, const code_question *question, distill_span response)
{
    distill_status status = DISTILL_OK;
    code_tests tests = {.kind = CODE_NO_TESTS};
    code_reply reply;
    distill_text program = {0};
    code_result result = {.outcome = VERDICT_UNKNOWN};
    distill_text_clear(&v->extracted);
    v->outcome = VERDICT_UNKNOWN;
    v->rule = "tests";
    v->found = true;
    v->found_by = "code block";
    TRY(code_tests_read(&tests, question->tests));
    code_reply_find(&reply, response, distill_text_span(&tests.entry));
    code_language given = code_language_of(question->language);
    if (given != CODE_UNKNOWN_LANGUAGE && reply.guessed)
        reply.language = given;
    if (tests.kind == CODE_ASSERT && reply.guessed)
        reply.language = CODE_PYTHON;
    if (tests.unusable[0] != '\0') {
        TRY(distill_text_add(&v->extracted, tests.unusable));
        goto done;
    }
    if (reply.code.length == 0) {
        v->found = false;
        v->found_by = "none";
        v->rule = "no answer";
        v->outcome = VERDICT_WRONG;
        goto done;
    }
    TRY(write_program(&program, &tests, question, &reply));
    TRY(code_check(&result, &tests, distill_text_span(&program), reply.language));
    v->outcome = result.outcome;
    TRY(distill_text_add_span(&v->extracted, distill_text_span(&result.evidence)));
done:
    code_tests_free(&tests);
    distill_text_free(&program);
    distill_text_free(&result.evidence);
    return status;
}
