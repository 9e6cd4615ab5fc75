// datasets/verify/code/code_reply.c - finds fenced code blocks and ranks them.
//
// Fences are those of CommonMark: at least three backticks or tildes; a block ends with a fence of
// the same character and at least the same length, or with the text, because the closing fence is
// often the stop string. Where the opening fence was the end of the prompt, the reply begins with
// code and has one fence too many: its first one closes that code.
#include "datasets/verify/code/code_reply.h"

#include "datasets/verify/code/python_source.h"
#include "distill/text/chat/think.h"

#include <ctype.h>
#include <string.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool has(distill_span code, const char *word)
{
    return distill_span_find(code, distill_span_of(word), 0) != SIZE_MAX;
}

// --- what a block defines ------------------------------------------------------------------------

/// `keyword`, white space and `name` stand in the code as whole words.
static bool follows(distill_span code, distill_span keyword, distill_span name)
{
    for (size_t at = 0; (at = distill_span_find(code, keyword, at)) != SIZE_MAX; at++) {
        size_t from = at + keyword.length, end;
        if (at > 0 && is_word(code.bytes[at - 1]))
            continue;
        while (from < code.length && (code.bytes[from] == ' ' || code.bytes[from] == '\t'))
            from++;
        end = from + name.length;
        if (from > at + keyword.length && end <= code.length &&
            memcmp(code.bytes + from, name.bytes, name.length) == 0 &&
            (end == code.length || !is_word(code.bytes[end])))
            return true;
    }
    return false;
}

/// A statement of the first level assigns to the name.
static bool is_assigned(distill_span code, distill_span name)
{
    distill_span statement, rest = code, found;
    while (python_next_statement(&statement, &rest))
        if (!python_is_definition(statement) && python_defined_name(&found, statement, 0) &&
            distill_span_equal(found, name))
            return true;
    return false;
}

bool code_defines(distill_span code, distill_span name)
{
    return name.length > 0 &&
           (follows(code, distill_span_of("def"), name) ||
            follows(code, distill_span_of("class"), name) || is_assigned(code, name));
}

bool code_tests_call(const code_tests *tests, distill_span name)
{
    if (tests->entry.length > 0)
        return distill_span_equal(name, distill_text_span(&tests->entry));
    for (size_t i = 0; tests->kind == CODE_ASSERT && i < tests->count; i++)
        if (python_uses(distill_text_span(&tests->at[i].input), name, true))
            return true;
    return false;
}

/// The block defines what the tests call.
static bool defines_tested(distill_span code, const code_tests *tests)
{
    distill_span statement, name, rest = code;
    if (tests->entry.length > 0)
        return code_defines(code, distill_text_span(&tests->entry));
    while (python_next_statement(&statement, &rest))
        if (python_defined_name(&name, statement, 0) && code_defines(statement, name) &&
            code_tests_call(tests, name) &&
            (python_is_definition(statement) || !python_uses(statement, name, true)))
            return true;
    return false;
}

/// The block calls what the tests call: an example, if another block defines it.
static bool is_example(distill_span code, const code_tests *tests)
{
    return tests->entry.length > 0 && python_uses(code, distill_text_span(&tests->entry), true);
}

/// A program that reads its input, where the tests have one.
static bool is_complete(const code_block *block, const code_tests *tests)
{
    static const char *const READS[] = {"input(", "stdin", "open(0", "fileinput", "os.read(0"};
    bool any_input = false;
    for (size_t i = 0; i < tests->count; i++)
        any_input = any_input || !python_is_blank(distill_text_span(&tests->at[i].input));
    if (!any_input)
        return true;
    if (block->language != CODE_PYTHON)
        return has(block->code, "main");
    for (size_t i = 0; i < sizeof READS / sizeof *READS; i++)
        if (has(block->code, READS[i]))
            return true;
    return false;
}

// --- fences --------------------------------------------------------------------------------------

/// Length of the run of ` or ~ that opens or closes a block; 0 if the line is not a fence. *info is
/// the text after it.
static size_t fence_length(distill_span line, char *mark, distill_span *info)
{
    distill_span text = distill_span_trim(line);
    size_t length = 0;
    if (text.length < 3 || (text.bytes[0] != '`' && text.bytes[0] != '~'))
        return 0;
    *mark = text.bytes[0];
    while (length < text.length && text.bytes[length] == *mark)
        length++;
    *info = distill_span_trim((distill_span){text.bytes + length, text.length - length});
    if (length < 3 || memchr(info->bytes, '`', info->length) != NULL)
        return 0; // inline code
    return length;
}

/// The language of an info string: python, {.python}, c++ …
static distill_span first_word(distill_span text)
{
    size_t length = 0;
    if (text.length > 0 && text.bytes[0] == '{') // {.python}
        text = (distill_span){text.bytes + 1, text.length - 1};
    if (text.length > 0 && text.bytes[0] == '.')
        text = (distill_span){text.bytes + 1, text.length - 1};
    while (length < text.length &&
           (is_word(text.bytes[length]) || strchr("+#-", text.bytes[length]) != NULL))
        length++;
    return (distill_span){text.bytes, length};
}

/// Adds a block that may be a program: one marked as such, or not marked.
static void add_block(code_reply *out, distill_span code, distill_span info)
{
    code_block block = {.code = code, .info = first_word(info), .guessed_name = ""};
    if (python_is_blank(code))
        return;
    block.language = code_language_of(block.info);
    if (block.language == CODE_UNKNOWN_LANGUAGE && has(info, ".py")) // a file name
        block.language = CODE_PYTHON;
    else if (block.language == CODE_UNKNOWN_LANGUAGE && has(info, ".cpp"))
        block.language = CODE_CPP;
    if (distill_span_is(block.info, "bash") || distill_span_is(block.info, "sh"))
        block.language = has(code, "read ") ? CODE_OTHER_LANGUAGE : CODE_UNKNOWN_LANGUAGE;
    block.marked = block.language != CODE_UNKNOWN_LANGUAGE;
    if (!block.marked && info.length > 0 && !distill_span_is(block.info, "code") &&
        !distill_span_is(block.info, "solution"))
        return;
    if (!block.marked)
        block.language = code_language_guess(&block.guessed_name, code);
    if (out->count == CODE_MOST_BLOCKS) {
        memmove(out->blocks, out->blocks + 1, (CODE_MOST_BLOCKS - 1) * sizeof *out->blocks);
        out->count--;
    }
    out->blocks[out->count++] = block;
}

/// The code before the first fence, if that fence closes a block which the prompt has opened.
static distill_span prefilled(distill_span text)
{
    distill_span line, rest = text, info, none = {text.bytes, 0}, before = none;
    char mark = '\0';
    size_t fences = 0;
    while (python_next_line(&line, &rest)) {
        if (fence_length(line, &mark, &info) == 0)
            continue;
        if (fences++ == 0 && info.length > 0)
            return none;
        if (fences == 1)
            before = (distill_span){text.bytes, (size_t)(line.bytes - text.bytes)};
    }
    if (fences % 2 == 0 || python_is_blank(before))
        return none;
    python_state state = {0};
    for (rest = before; python_next_line(&line, &rest); python_scan_line(&state, line))
        if (!python_is_open(&state) && python_is_prose(line) && !has(before, "#include"))
            return none;
    return before;
}

static void find_blocks(code_reply *out, distill_span text)
{
    distill_span line, rest = text, info = {0}, other, before = prefilled(text);
    const char *begin = NULL;
    char mark = '\0', found = '\0';
    size_t opened = 0;
    if (before.length > 0) {
        add_block(out, before, distill_span_of(""));
        rest = (distill_span){text.bytes + before.length, text.length - before.length};
        python_next_line(&line, &rest);
    }
    while (python_next_line(&line, &rest)) {
        size_t length = fence_length(line, &found, &other);
        if (opened == 0 && length > 0) {
            opened = length;
            mark = found;
            info = other;
            begin = rest.bytes;
        } else if (opened > 0 && length >= opened && found == mark && other.length == 0) {
            add_block(out, (distill_span){begin, (size_t)(line.bytes - begin)}, info);
            opened = 0;
        }
    }
    if (opened > 0)
        add_block(out, (distill_span){begin, (size_t)(text.bytes + text.length - begin)}, info);
}

// --- the program ---------------------------------------------------------------------------------

/// The higher, the more likely the block is the program.
static int rank_of(const code_block *block, const code_tests *tests)
{
    if (block->language == CODE_OTHER_LANGUAGE)
        return 1;
    bool wanted =
        tests->kind == CODE_STREAM ? is_complete(block, tests) : defines_tested(block->code, tests);
    bool example = !wanted && is_example(block->code, tests);
    return 4 + (wanted ? 2 : 0) - (example ? 2 : 0) + (block->marked ? 1 : 0);
}

static bool looks_like_code(distill_span text)
{
    static const char *const SIGNS[] = {"#include", "int main", "print(", "input(",
                                        "stdin",    "import ",  "def "};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (has(text, SIGNS[i]))
            return true;
    return false;
}

/// A line that a program may begin with, at the left margin.
static bool begins_code(distill_span line)
{
    distill_span word = {line.bytes, 0};
    if (python_is_prose(line) || line.length == 0)
        return false;
    while (word.length < line.length && is_word(line.bytes[word.length]))
        word.length++;
    return python_is_definition(line) || *line.bytes == '@' || has(line, "=") || has(line, "(") ||
           distill_span_is(word, "for") || distill_span_is(word, "while") ||
           distill_span_is(word, "if") || distill_span_is(word, "try");
}

/// A text without fences that is prose around a Python program: the program.
static distill_span without_prose(distill_span text)
{
    python_state state = {0};
    distill_span line, rest = text;
    const char *begin = NULL, *end = text.bytes;
    while (python_next_line(&line, &rest)) {
        bool open = python_is_open(&state);
        bool margin = !open && !python_is_blank(line) && python_indent(line).length == 0;
        if (begin == NULL && !(margin && begins_code(line)))
            continue;
        if (begin == NULL)
            begin = line.bytes;
        else if (margin && python_is_prose(line))
            break;
        python_scan_line(&state, line);
        end = rest.bytes;
    }
    return begin != NULL ? (distill_span){begin, (size_t)(end - begin)} : text;
}

/// A text in one pair of backticks, on one line: what is between them.
static distill_span without_ticks(distill_span text)
{
    distill_span line = distill_span_trim(text);
    if (line.length < 3 || *line.bytes != '`' || line.bytes[line.length - 1] != '`')
        return text;
    line = (distill_span){line.bytes + 1, line.length - 2};
    return memchr(line.bytes, '`', line.length) == NULL &&
                   memchr(line.bytes, '\n', line.length) == NULL
               ? line
               : text;
}

/// Takes the text as the program, where there is no block.
static void take_text(code_reply *out, distill_span text, const code_tests *tests)
{
    code_block block = {.code = text, .guessed_name = ""};
    if (python_is_blank(text) || (tests->entry.length == 0 && !looks_like_code(text)))
        return;
    block.language = code_language_guess(&block.guessed_name, text);
    if (block.language == CODE_OTHER_LANGUAGE && !has(text, "{"))
        block.language = CODE_PYTHON; // a sentence that begins with such a word
    if (block.language == CODE_CPP && !has(text, "#include"))
        return;
    if (block.language == CODE_CPP) {
        size_t begin = distill_span_find(text, distill_span_of("#include"), 0);
        size_t end = distill_span_find_last(text, distill_span_of("}"));
        end = end != SIZE_MAX && end > begin ? end + 1 : text.length;
        block.code = (distill_span){text.bytes + begin, end - begin};
    }
    if (block.language == CODE_PYTHON &&
        (tests->kind != CODE_ASSERT || tests->entry.length == 0 || defines_tested(text, tests)))
        block.code = without_prose(text);
    out->blocks[out->count++] = block;
}

/// What stands between the last <answer> and its closing tag, which may be missing; empty if there
/// is none.
static distill_span tagged(distill_span text)
{
    distill_span tag = distill_span_of(DISTILL_ANSWER_OPEN);
    size_t begin = distill_span_find_last(text, tag);
    if (begin == SIZE_MAX)
        return (distill_span){text.bytes, 0};
    begin += tag.length;
    size_t end = distill_span_find(text, distill_span_of(DISTILL_ANSWER_CLOSE), begin);
    return (distill_span){text.bytes + begin, (end != SIZE_MAX ? end : text.length) - begin};
}

/// Finds the blocks of `text` and chooses one.
static void choose_block(code_reply *out, distill_span text, const code_tests *tests)
{
    int best = 0;
    *out = (code_reply){.fenced = true};
    find_blocks(out, text);
    out->fenced = out->count > 0;
    if (out->count == 0)
        take_text(out, text, tests);
    out->chosen = out->count;
    for (size_t i = 0; i < out->count; i++) {
        int rank = rank_of(&out->blocks[i], tests);
        if (rank < best)
            continue;
        best = rank;
        out->chosen = i;
    }
}

void code_reply_find(code_reply *out, distill_span response, const code_tests *tests)
{
    *out = (code_reply){.fenced = true};
    if (response.length == 0 || distill_think_is_unfinished(response))
        return;
    distill_span text = distill_think_answer(response);
    choose_block(out, tagged(text), tests);
    if (out->chosen == out->count)
        choose_block(out, without_ticks(text), tests);
}

code_block code_reply_block(const code_reply *reply)
{
    if (reply->chosen < reply->count)
        return reply->blocks[reply->chosen];
    return (code_block){.code = {"", 0}, .guessed_name = ""};
}
