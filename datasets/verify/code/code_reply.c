// datasets/verify/code/code_reply.c - finds fenced code blocks and ranks them.
//
// Fences are those of CommonMark: at least three backticks or tildes; a block ends with a fence of
// the same character and at least the same length, or with the text, because the closing fence is
// often the stop string.
#include "datasets/verify/code/code_reply.h"

#include "distill/text/chat/think.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

code_language code_language_of(distill_span name)
{
    static const struct {
        const char *name;
        code_language language;
    } NAMES[] = {
        {"python", CODE_PYTHON}, {"py", CODE_PYTHON},   {"python3", CODE_PYTHON},
        {"py3", CODE_PYTHON},    {"pypy", CODE_PYTHON}, {"pypy3", CODE_PYTHON},
        {"cpp", CODE_CPP},       {"c++", CODE_CPP},     {"cc", CODE_CPP},
        {"cxx", CODE_CPP},       {"c++17", CODE_CPP},   {"cpp17", CODE_CPP},
        {"c++14", CODE_CPP},     {"c++20", CODE_CPP},   {"c", CODE_C},
        {"c11", CODE_C},         {"c99", CODE_C},
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (name.length == strlen(NAMES[i].name) &&
            strncasecmp(name.bytes, NAMES[i].name, name.length) == 0)
            return NAMES[i].language;
    return CODE_UNKNOWN_LANGUAGE;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/// The code contains `keyword`, white space and `name` as whole words.
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

/// A line begins with an assignment to the name: name = lambda …
static bool is_assigned(distill_span code, distill_span name)
{
    for (size_t at = 0; (at = distill_span_find(code, name, at)) != SIZE_MAX; at++) {
        size_t end = at + name.length;
        if (at > 0 && code.bytes[at - 1] != '\n')
            continue;
        while (end < code.length && code.bytes[end] == ' ')
            end++;
        if (end + 1 < code.length && code.bytes[end] == '=' && code.bytes[end + 1] != '=')
            return true;
    }
    return false;
}

bool code_defines(distill_span code, distill_span name)
{
    return name.length > 0 &&
           (follows(code, distill_span_of("def"), name) ||
            follows(code, distill_span_of("class"), name) || is_assigned(code, name));
}

/// Guesses the language from typical lines of the code.
static code_language guess(distill_span code)
{
    bool c = distill_span_find(code, distill_span_of("#include"), 0) != SIZE_MAX;
    bool cpp = distill_span_find(code, distill_span_of("std::"), 0) != SIZE_MAX ||
               distill_span_find(code, distill_span_of("using namespace"), 0) != SIZE_MAX ||
               distill_span_find(code, distill_span_of("#include <bits/"), 0) != SIZE_MAX ||
               distill_span_find(code, distill_span_of("#include <iostream>"), 0) != SIZE_MAX;
    return cpp || c ? CODE_CPP : CODE_PYTHON;
}

bool code_next_line(distill_span *line, distill_span *rest)
{
    if (rest->length == 0)
        return false;
    const char *end = memchr(rest->bytes, '\n', rest->length);
    *line = (distill_span){rest->bytes, end != NULL ? (size_t)(end - rest->bytes) : rest->length};
    size_t taken = end != NULL ? line->length + 1 : line->length;
    *rest = (distill_span){rest->bytes + taken, rest->length - taken};
    return true;
}

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
    while (length < text.length && (is_word(text.bytes[length]) || text.bytes[length] == '+'))
        length++;
    return (distill_span){text.bytes, length};
}

/// The rank of a block: 4 and 3 if it defines the requested function, 2 and 1 otherwise, the higher
/// one if it is marked with a known language; 0 if it is empty or of another language.
static int rank_of(distill_span code, distill_span info, distill_span entry)
{
    if (distill_span_trim(code).length == 0)
        return 0;
    bool known = code_language_of(first_word(info)) != CODE_UNKNOWN_LANGUAGE;
    if (!known && info.length > 0)
        return 0;
    if (code_defines(code, entry))
        return known ? 4 : 3;
    return known ? 2 : 1;
}

/// Takes the block if its rank is at least that of the best one before it.
static void take_block(code_reply *out, int *best, distill_span code, distill_span info,
                       distill_span entry)
{
    int rank = rank_of(code, info, entry);
    if (rank == 0 || rank < *best)
        return;
    *best = rank;
    out->code = code;
    out->fenced = true;
    out->language = code_language_of(first_word(info));
    out->guessed = out->language == CODE_UNKNOWN_LANGUAGE;
    if (out->guessed)
        out->language = guess(code);
}

static bool looks_like_code(distill_span text)
{
    static const char *const SIGNS[] = {"#include", "int main", "print(", "input(",
                                        "stdin",    "import ",  "def "};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (distill_span_find(text, distill_span_of(SIGNS[i]), 0) != SIZE_MAX)
            return true;
    return false;
}

void code_reply_find(code_reply *out, distill_span response, distill_span entry)
{
    *out = (code_reply){.code = {"", 0}, .language = CODE_UNKNOWN_LANGUAGE};
    if (response.length == 0 || distill_think_is_unfinished(response))
        return;
    distill_span text = distill_think_answer(response);
    distill_span line, rest = text, info = {0}, other;
    const char *begin = NULL;
    char mark = '\0', found = '\0';
    size_t opened = 0;
    int best = 0;
    while (code_next_line(&line, &rest)) {
        size_t length = fence_length(line, &found, &other);
        if (opened == 0 && length > 0) {
            opened = length;
            mark = found;
            info = other;
            begin = rest.bytes;
        } else if (opened > 0 && length >= opened && found == mark && other.length == 0) {
            take_block(out, &best, (distill_span){begin, (size_t)(line.bytes - begin)}, info,
                       entry);
            opened = 0;
        }
    }
    if (opened > 0)
        take_block(out, &best, (distill_span){begin, (size_t)(text.bytes + text.length - begin)},
                   info, entry);
    if (best == 0 && opened == 0 && distill_span_trim(text).length > 0 &&
        (entry.length > 0 || looks_like_code(text))) {
        out->code = text;
        out->language = guess(text);
        out->guessed = true;
    }
}
