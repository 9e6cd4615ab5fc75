// datasets/verify/code/code_program.c - joins blocks, and puts the body of a function in its place.
//
// Models and templates often lose or change the white space at the beginning of a body, so its
// lines are moved to the indentation of the prompt.
#include "datasets/verify/code/code_program.h"

#include "datasets/verify/code/python_source.h"

#include <string.h>

// --- the code before the reply -------------------------------------------------------------------

/// Code that a reply may continue: it defines the function, if its name is known.
static bool is_prefix(distill_span code, distill_span entry)
{
    return entry.length > 0 ? code_defines(code, entry) : !python_is_blank(code);
}

static bool ends_with_function(distill_span code)
{
    distill_span statement, last = {"", 0}, rest = code;
    while (python_next_statement(&statement, &rest))
        last = statement;
    return python_is_definition(last) &&
           distill_span_find(last, distill_span_of("def "), 0) != SIZE_MAX;
}

distill_status code_program_prefix(code_tests *tests, distill_span prompt)
{
    distill_status status = DISTILL_OK;
    distill_text indent = {0}, prefix = {0};
    distill_span entry = distill_text_span(&tests->entry), line;
    distill_span code = distill_text_span(&tests->prefix);
    code_reply found;
    for (int i = 0; i < 2; i++) { // the prefix of the tests, else the prompt
        distill_span rest = code;
        bool any = python_next_line(&line, &rest);
        if (any && is_prefix(code, entry) && !python_is_prose(line) &&
            distill_span_find(code, distill_span_of("```"), 0) == SIZE_MAX)
            break;
        code_reply_find(&found, code, tests);
        code = found.fenced ? code_reply_block(&found).code : (distill_span){"", 0};
        if (is_prefix(code, entry))
            break;
        code = i == 0 ? prompt : (distill_span){"", 0};
    }
    if (tests->kind == CODE_ASSERT && is_prefix(code, entry)) {
        TRY(distill_text_add_span(&prefix, code));
        TRY(distill_text_add_char(&prefix, '\n'));
        if (ends_with_function(code)) {
            TRY(python_body_indent(&indent, code));
            TRY(distill_text_printf(&prefix, "%spass\n", indent.bytes));
        }
    }
    distill_text_clear(&tests->prefix);
    TRY(distill_text_add_span(&tests->prefix, distill_text_span(&prefix)));
done:
    distill_text_free(&indent);
    distill_text_free(&prefix);
    return status;
}

// --- the body of a function ----------------------------------------------------------------------

/// How the lines of a body are moved.
typedef struct body_shift {
    distill_span first, others; // the indentation that they have
    distill_span target;
} body_shift;

/// Finds the indentation of the body: that of its first line, unless that line has lost it, which
/// the later lines show.
static body_shift find_shift(distill_span body)
{
    body_shift shift = {.first = {body.bytes, 0}, .others = {body.bytes, 0}};
    python_state state = {0};
    distill_span line, rest = body, second = {NULL, 0};
    bool any = false, opens = false;
    while (python_next_line(&line, &rest)) {
        bool open = python_is_open(&state);
        if (python_is_blank(line) || (!open && python_is_prose(line)))
            continue;
        python_scan_line(&state, line);
        if (!any) {
            any = true;
            shift.first = shift.others = python_indent(line);
            distill_span text = distill_span_trim(line);
            opens = text.bytes[text.length - 1] == ':';
        } else if (!open && second.bytes == NULL) {
            second = python_indent(line);
            if (!opens && second.length > 0)
                shift.others = second;
        } else if (!open && opens && shift.first.length == 0 &&
                   python_indent(line).length < second.length) {
            shift.others = python_indent(line);
            break;
        }
    }
    return shift;
}

static bool begins_with(distill_span line, distill_span head)
{
    return line.length >= head.length && memcmp(line.bytes, head.bytes, head.length) == 0;
}

/// A complete `return` or `raise`: what follows it at the same depth is never run.
static bool ends_function(distill_span line, const python_state *after)
{
    distill_span text = distill_span_trim(line);
    static const char *const ENDS[] = {"return", "raise"};
    for (size_t i = 0; i < 2; i++)
        if (begins_with(text, distill_span_of(ENDS[i])) &&
            (text.length == strlen(ENDS[i]) ||
             strchr(" ([{'\"", text.bytes[strlen(ENDS[i])]) != NULL))
            return !python_is_open(after);
    return false;
}

/// A line at which the text of a body ends: one that is indented less, or prose. Comments at the
/// left margin do not end it.
static bool ends_body(distill_span line, distill_span indent)
{
    return (!begins_with(line, indent) && *distill_span_trim(line).bytes != '#') ||
           python_is_prose(line);
}

static distill_status add_line(distill_text *out, distill_span line, distill_span indent,
                               distill_span target)
{
    distill_status status = DISTILL_OK;
    if (begins_with(line, indent)) {
        TRY(distill_text_add_span(out, target));
        line = (distill_span){line.bytes + indent.length, line.length - indent.length};
    }
    TRY(distill_text_add_span(out, line));
    TRY(distill_text_add_char(out, '\n'));
done:
    return status;
}

/// Appends the body of a function. A `raw` reply, which is not in a block, is cut where the body
/// ends, since prose may follow.
static distill_status add_body(distill_text *out, distill_span body, distill_span target, bool raw)
{
    distill_status status = DISTILL_OK;
    body_shift shift = find_shift(body);
    python_state state = {0};
    distill_span line, rest = body;
    bool generator = python_uses(body, distill_span_of("yield"), false), begun = false;
    while (python_next_line(&line, &rest)) {
        bool open = python_is_open(&state), blank = python_is_blank(line);
        distill_span indent = begun ? shift.others : shift.first;
        if (open) {
            TRY(distill_text_add_span(out, line));
            TRY(distill_text_add_char(out, '\n'));
        } else if (blank) {
            TRY(distill_text_add_char(out, '\n'));
        } else {
            if (raw && begun && ends_body(line, indent))
                break;
            if (raw && !begun && python_is_prose(line))
                continue;
            TRY(add_line(out, line, indent, target));
            begun = true;
        }
        python_scan_line(&state, line);
        if (raw && !generator && begun && !open && !blank &&
            python_indent(line).length == indent.length && ends_function(line, &state))
            break;
    }
done:
    return status;
}

/// Larger blocks are not joined: the search for names takes time that grows with the square.
static const size_t MOST_JOINED_BYTES = (size_t)32 << 10;

// --- whole programs ------------------------------------------------------------------------------

/// Appends code without the indentation that all its lines share, as that of a block in a list.
static distill_status add_whole(distill_text *out, distill_span code)
{
    distill_status status = DISTILL_OK;
    distill_span line, rest = code;
    size_t least = SIZE_MAX;
    while (python_next_line(&line, &rest))
        if (!python_is_blank(line) && python_indent(line).length < least)
            least = python_indent(line).length;
    for (rest = code; python_next_line(&line, &rest);) {
        size_t skip = line.length < least ? line.length : least;
        TRY(distill_text_add_span(out, (distill_span){line.bytes + skip, line.length - skip}));
        TRY(distill_text_add(out, "\n"));
    }
done:
    return status;
}

/// A statement that may be taken from another block: it defines something and runs nothing.
static bool can_be_taken(const code_reply *reply, size_t block, distill_span statement)
{
    return python_is_definition(statement) ||
           (reply->blocks[block].marked && block < reply->chosen && python_is_constant(statement));
}

static bool is_defined(const code_reply *reply, const bool *taken, distill_span name)
{
    for (size_t i = 0; i < reply->count; i++)
        if (taken[i] && (code_defines(reply->blocks[i].code, name) ||
                         python_defines(reply->blocks[i].code, name)))
            return true;
    return false;
}

/// A block that is taken uses the name, or the tests call it.
static bool is_used(const code_reply *reply, const bool *taken, const code_tests *tests,
                    distill_span name)
{
    if (tests->kind == CODE_ASSERT && code_tests_call(tests, name))
        return true;
    for (size_t i = 0; i < reply->count; i++)
        if (taken[i] && python_uses(reply->blocks[i].code, name, false))
            return true;
    return false;
}

/// The block defines something that is used and not defined yet.
static bool is_missed(const code_reply *reply, const bool *taken, const code_tests *tests,
                      size_t block)
{
    distill_span statement, name, rest = reply->blocks[block].code;
    while (python_next_statement(&statement, &rest)) {
        if (!can_be_taken(reply, block, statement))
            continue;
        for (size_t i = 0; python_defined_name(&name, statement, i); i++)
            if (is_used(reply, taken, tests, name) && !is_defined(reply, taken, name))
                return true;
    }
    return false;
}

static distill_status add_definitions(distill_text *out, const code_reply *reply, size_t block)
{
    distill_status status = DISTILL_OK;
    distill_span statement, rest = reply->blocks[block].code;
    while (python_next_statement(&statement, &rest))
        if (can_be_taken(reply, block, statement))
            TRY(add_whole(out, statement));
done:
    return status;
}

/// Appends the chosen block and the definitions of others that it needs, in the order of the reply;
/// those of a program that runs at once all come before it.
static distill_status add_blocks(distill_text *out, const code_tests *tests,
                                 const code_reply *reply)
{
    distill_status status = DISTILL_OK;
    bool taken[CODE_MOST_BLOCKS] = {false};
    bool changed = reply->blocks[reply->chosen].code.length <= MOST_JOINED_BYTES;
    taken[reply->chosen] = true;
    while (changed) {
        changed = false;
        for (size_t i = reply->count; i-- > 0;) {
            if (taken[i] || reply->blocks[i].language != CODE_PYTHON ||
                reply->blocks[i].code.length > MOST_JOINED_BYTES ||
                !is_missed(reply, taken, tests, i))
                continue;
            taken[i] = changed = true;
        }
    }
    bool runs = tests->kind == CODE_STREAM;
    for (size_t i = 0; i < reply->count; i++)
        if (taken[i] && (runs ? i != reply->chosen : i < reply->chosen))
            TRY(add_definitions(out, reply, i));
    TRY(add_whole(out, reply->blocks[reply->chosen].code));
    for (size_t i = reply->chosen + 1; !runs && i < reply->count; i++)
        if (taken[i])
            TRY(add_definitions(out, reply, i));
done:
    return status;
}

/// Appends a C or C++ program. One without #include goes on from earlier blocks without main.
static distill_status add_compiled(distill_text *out, const code_reply *reply)
{
    static const distill_span INCLUDE = {"#include", 8}, MAIN = {"main", 4};
    distill_status status = DISTILL_OK;
    code_block block = code_reply_block(reply);
    bool alone = distill_span_find(block.code, INCLUDE, 0) != SIZE_MAX;
    for (size_t i = 0; !alone && i < reply->chosen; i++) {
        const code_block *other = &reply->blocks[i];
        if ((other->language != CODE_CPP && other->language != CODE_C) ||
            distill_span_find(other->code, MAIN, 0) != SIZE_MAX)
            continue;
        TRY(distill_text_add_span(out, other->code));
        TRY(distill_text_add_char(out, '\n'));
    }
    TRY(distill_text_add_span(out, block.code));
done:
    return status;
}

distill_status code_program_write(distill_text *out, bool *continues, const code_tests *tests,
                                  const code_reply *reply)
{
    distill_status status = DISTILL_OK;
    distill_text indent = {0};
    distill_span entry = distill_text_span(&tests->entry),
                 prefix = distill_text_span(&tests->prefix);
    code_block block = code_reply_block(reply);
    *continues = prefix.length > 0 && entry.length > 0 && !code_defines(block.code, entry) &&
                 !python_defines(block.code, entry);
    if (*continues) {
        TRY(python_body_indent(&indent, prefix));
        TRY(distill_text_add_span(out, prefix));
        TRY(add_body(out, block.code, distill_text_span(&indent), !reply->fenced));
    } else if (block.language == CODE_PYTHON) {
        TRY(add_blocks(out, tests, reply));
    } else {
        TRY(add_compiled(out, reply));
    }
done:
    distill_text_free(&indent);
    return status;
}
