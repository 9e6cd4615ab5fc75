// datasets/verify/code/python_source.c - follows strings, comments, brackets and indentation.
//
// A line is prose if two names stand side by side: in Python one of them is always a keyword.
#include "datasets/verify/code/python_source.h"

#include <ctype.h>
#include <string.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

bool python_next_line(distill_span *line, distill_span *rest)
{
    if (rest->length == 0)
        return false;
    const char *end = memchr(rest->bytes, '\n', rest->length);
    *line = (distill_span){rest->bytes, end != NULL ? (size_t)(end - rest->bytes) : rest->length};
    size_t taken = end != NULL ? line->length + 1 : line->length;
    *rest = (distill_span){rest->bytes + taken, rest->length - taken};
    return true;
}

static bool starts_with(distill_span text, const char *head)
{
    size_t length = strlen(head);
    return text.length >= length && memcmp(text.bytes, head, length) == 0;
}

static bool is_triple(distill_span line, size_t at, char quote)
{
    return at + 2 < line.length && line.bytes[at] == quote && line.bytes[at + 1] == quote &&
           line.bytes[at + 2] == quote;
}

/// The place after a string that begins at `at`; in *state whether it goes on in the next line.
static size_t skip_string(python_state *state, distill_span line, size_t at)
{
    char quote = line.bytes[at];
    bool triple = is_triple(line, at, quote);
    state->quote = triple ? quote : '\0';
    for (at += triple ? 3 : 1; at < line.length; at++) {
        if (line.bytes[at] == '\\') {
            at++;
        } else if (triple ? is_triple(line, at, quote) : line.bytes[at] == quote) {
            state->quote = '\0';
            return at + (triple ? 3 : 1);
        }
    }
    return line.length;
}

/// The place at which code goes on after a string of three quotes that an earlier line began.
static size_t close_string(python_state *state, distill_span line)
{
    for (size_t at = 0; at < line.length; at++) {
        if (line.bytes[at] == '\\') {
            at++;
        } else if (is_triple(line, at, state->quote)) {
            state->quote = '\0';
            return at + 3;
        }
    }
    return line.length;
}

void python_scan_line(python_state *state, distill_span line)
{
    size_t at = state->quote != '\0' ? close_string(state, line) : 0;
    state->backslash = false;
    while (at < line.length && line.bytes[at] != '#') {
        char c = line.bytes[at];
        if (c == '\'' || c == '"') {
            at = skip_string(state, line, at);
            continue;
        }
        if (strchr("([{", c) != NULL && c != '\0')
            state->depth++;
        if (strchr(")]}", c) != NULL && c != '\0' && state->depth > 0)
            state->depth--;
        state->backslash = c == '\\' && at + 1 == line.length;
        at++;
    }
}

bool python_is_open(const python_state *state)
{
    return state->depth > 0 || state->quote != '\0' || state->backslash;
}

distill_span python_indent(distill_span line)
{
    size_t length = 0;
    while (length < line.length && (line.bytes[length] == ' ' || line.bytes[length] == '\t'))
        length++;
    return (distill_span){line.bytes, length};
}

bool python_is_blank(distill_span line)
{
    return distill_span_trim(line).length == 0;
}

// --- prose ---------------------------------------------------------------------------------------

static distill_span next_word(distill_span text)
{
    size_t length = 0;
    while (length < text.length && is_word(text.bytes[length]))
        length++;
    return (distill_span){text.bytes, length};
}

static bool is_keyword(distill_span word)
{
    static const char *const KEYWORDS[] = {
        "and",      "as",   "assert", "async",  "await", "break",  "case",  "class",
        "continue", "def",  "del",    "elif",   "else",  "except", "for",   "from",
        "global",   "if",   "import", "in",     "is",    "lambda", "match", "not",
        "or",       "pass", "raise",  "return", "while", "with",   "yield", "nonlocal",
        "try",      "None", "True",   "False",  "type",  "finally"};
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof *KEYWORDS; i++)
        if (distill_span_is(word, KEYWORDS[i]))
            return true;
    return false;
}

/// r, b, f, u before a quote.
static bool is_string_prefix(distill_span word)
{
    for (size_t i = 0; i < word.length; i++)
        if (strchr("rRbBfFuU", word.bytes[i]) == NULL)
            return false;
    return word.length <= 2;
}

/// Two names without an operator between them, a word with an apostrophe, or one that ends the line
/// with a full stop or colon.
static bool words_are_prose(distill_span line)
{
    python_state state = {0};
    bool name_before = false;
    size_t at = 0;
    while (at < line.length && line.bytes[at] != '#') {
        char c = line.bytes[at];
        distill_span word = next_word((distill_span){line.bytes + at, line.length - at});
        size_t end = at + word.length;
        if (word.length > 0) {
            bool keyword = is_keyword(word);
            char next = end < line.length ? line.bytes[end] : '\0';
            if (next == '\'' || next == '"') {
                if (!keyword && !is_string_prefix(word))
                    return true;
            } else if (name_before && !keyword) {
                return true;
            } else if (!keyword && end + 1 == line.length && (next == '.' || next == ':') &&
                       state.depth == 0 && at == 0) {
                return true;
            }
            name_before = !keyword;
            at = end;
        } else if (c == '\'' || c == '"') {
            at = skip_string(&state, line, at);
            name_before = false;
        } else {
            name_before = name_before && (c == ' ' || c == '\t');
            at++;
        }
    }
    return at == line.length && state.quote == '\0' && line.length > 1 &&
           line.bytes[line.length - 1] == '.' &&
           isalpha((unsigned char)line.bytes[line.length - 2]);
}

bool python_is_prose(distill_span line)
{
    static const char *const HEADS[] = {"- ", "* ", "**", "> ", "```", "~~~", "<|", "\\", "$", "?"};
    line = distill_span_trim(line);
    if (line.length == 0 || *line.bytes == '#')
        return false;
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++)
        if (starts_with(line, HEADS[i]))
            return true;
    return (unsigned char)*line.bytes >= 0x80 || words_are_prose(line);
}

// --- statements ----------------------------------------------------------------------------------

/// A line that belongs to the `if` or `try` before it.
static bool is_branch(distill_span line)
{
    static const char *const BRANCHES[] = {"else", "elif", "except", "finally"};
    distill_span word = next_word(distill_span_trim(line));
    for (size_t i = 0; i < sizeof BRANCHES / sizeof *BRANCHES; i++)
        if (distill_span_is(word, BRANCHES[i]))
            return true;
    return false;
}

bool python_next_statement(distill_span *statement, distill_span *rest)
{
    python_state state = {0};
    distill_span line, before;
    const char *begin = NULL;
    size_t indent = 0;
    bool decorated = false;
    while (before = *rest, python_next_line(&line, rest)) {
        bool blank = python_is_blank(line);
        if (begin == NULL && blank)
            continue;
        if (begin == NULL) {
            begin = line.bytes;
            indent = python_indent(line).length;
            decorated = distill_span_trim(line).bytes[0] == '@';
        } else if (!blank && !python_is_open(&state) && python_indent(line).length <= indent &&
                   !decorated && !is_branch(line)) {
            *rest = before;
            break;
        } else if (!blank && !python_is_open(&state)) {
            decorated = decorated && distill_span_trim(line).bytes[0] == '@';
        }
        if (!blank || python_is_open(&state))
            python_scan_line(&state, line);
    }
    if (begin == NULL)
        return false;
    *statement = (distill_span){begin, (size_t)(rest->bytes - begin)};
    return true;
}

/// A statement without its decorators and the word async.
static distill_span head_of(distill_span statement)
{
    distill_span line, rest = statement, text = distill_span_trim(statement);
    while (text.length > 0 && *text.bytes == '@' && python_next_line(&line, &rest))
        text = distill_span_trim(rest);
    if (starts_with(text, "async "))
        text = distill_span_trim((distill_span){text.bytes + 6, text.length - 6});
    return text;
}

bool python_is_definition(distill_span statement)
{
    distill_span head = head_of(statement), word = next_word(head);
    return distill_span_is(word, "def") || distill_span_is(word, "class") ||
           distill_span_is(word, "import") ||
           (distill_span_is(word, "from") &&
            distill_span_find(head, distill_span_of(" import"), 0) != SIZE_MAX);
}

/// The name before the "=" of an assignment, also `NAME: type = value`; empty if it is none.
static distill_span assigned_name(distill_span head, size_t *equals)
{
    distill_span word = next_word(head), none = {head.bytes, 0};
    *equals = distill_span_find(head, distill_span_of("="), 0);
    if (word.length == 0 || is_keyword(word) || *equals == SIZE_MAX || *equals < word.length)
        return none;
    distill_span between = {head.bytes + word.length, *equals - word.length};
    between = distill_span_trim(between);
    bool twice = *equals + 1 < head.length && head.bytes[*equals + 1] == '=';
    return !twice && (between.length == 0 || *between.bytes == ':') ? word : none;
}

bool python_is_constant(distill_span statement)
{
    size_t equals;
    distill_span head = head_of(statement);
    if (assigned_name(head, &equals).length == 0)
        return false;
    for (size_t i = equals + 1; i < head.length; i++)
        if (head.bytes[i] == '(' && is_word(head.bytes[i - 1]))
            return false;
    return true;
}

/// The `i`th name of a list of imports: `a.b, c as d`.
static bool imported_name(distill_span *name, distill_span list, size_t i)
{
    for (;; i--) {
        size_t comma = distill_span_find(list, distill_span_of(","), 0);
        distill_span item = {list.bytes, comma != SIZE_MAX ? comma : list.length};
        size_t as = distill_span_find(item, distill_span_of(" as "), 0);
        if (as != SIZE_MAX)
            item = (distill_span){item.bytes + as + 4, item.length - as - 4};
        item = distill_span_trim(item);
        while (item.length > 0 && !is_word(*item.bytes)) // the bracket of a long list
            item = distill_span_trim((distill_span){item.bytes + 1, item.length - 1});
        *name = next_word(item);
        if (i == 0)
            return name->length > 0;
        if (comma == SIZE_MAX)
            return false;
        list = (distill_span){list.bytes + comma + 1, list.length - comma - 1};
    }
}

bool python_defined_name(distill_span *name, distill_span statement, size_t i)
{
    distill_span head = head_of(statement), word = next_word(head);
    size_t equals, import = distill_span_find(head, distill_span_of("import "), 0);
    bool from = distill_span_is(word, "from");
    if ((from || distill_span_is(word, "import")) && import != SIZE_MAX)
        return imported_name(name,
                             (distill_span){head.bytes + import + 7, head.length - import - 7}, i);
    if (distill_span_is(word, "def") || distill_span_is(word, "class")) {
        distill_span rest = {head.bytes + word.length, head.length - word.length};
        *name = next_word(distill_span_trim(rest));
    } else {
        *name = assigned_name(head, &equals);
    }
    return i == 0 && name->length > 0;
}

bool python_defines(distill_span code, distill_span name)
{
    distill_span statement, rest = code, found;
    while (python_next_statement(&statement, &rest))
        for (size_t i = 0; python_defined_name(&found, statement, i); i++)
            if (distill_span_equal(found, name))
                return true;
    return false;
}

bool python_uses(distill_span code, distill_span name, bool called)
{
    for (size_t at = 0; (at = distill_span_find(code, name, at)) != SIZE_MAX; at++) {
        size_t end = at + name.length;
        if (at > 0 && (is_word(code.bytes[at - 1]) || code.bytes[at - 1] == '.'))
            continue;
        if (end < code.length && is_word(code.bytes[end]))
            continue;
        while (called && end < code.length && code.bytes[end] == ' ')
            end++;
        if (!called || (end < code.length && code.bytes[end] == '('))
            return true;
    }
    return false;
}

// --- the body of a function ----------------------------------------------------------------------

static bool is_function_head(distill_span line)
{
    return starts_with(distill_span_trim(line), "def ") ||
           starts_with(distill_span_trim(line), "async def ");
}

distill_status python_body_indent(distill_text *out, distill_span code)
{
    distill_status status = DISTILL_OK;
    python_state state = {0};
    distill_span line, rest = code, head = {"", 0}, body = {"", 0};
    bool in_head = false, seen = true;
    while (python_next_line(&line, &rest)) {
        bool open = python_is_open(&state);
        if (!open && is_function_head(line)) {
            head = python_indent(line);
            seen = false;
        } else if (!open && !seen && !in_head && !python_is_blank(line)) {
            body = python_indent(line);
            seen = distill_span_trim(line).bytes[0] != '#';
        }
        python_scan_line(&state, line);
        in_head = !seen && python_is_open(&state) && body.length == 0;
    }
    distill_text_clear(out);
    if (seen && body.length > head.length)
        return distill_text_add_span(out, body);
    TRY(distill_text_add_span(out, head));
    TRY(distill_text_add(out, "    "));
done:
    return status;
}
