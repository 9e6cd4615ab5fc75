// datasets/verify/math/latex/latex_command.c - the lexer's part for commands: what begins with a
// backslash.
//
// Commands are looked up in the tables of latex_names.h. Styles and sizes disappear, the argument
// of \text is read as words or, if it has mathematics in it, as if it had no \text around it; an
// unknown command is a symbol.
#include "datasets/verify/ascii.h"
#include "datasets/verify/math/latex/latex_names.h"
#include "datasets/verify/math/latex/lexer_state.h"
#include "datasets/verify/math/words/unit.h"

#include <string.h>

static void skip_space(lexer *x)
{
    while (lexer_among(lexer_peek(x, 0), " \t\r\n~"))
        x->at++;
}

/// Reads the argument of a command: the content of balanced braces, or one character.
static distill_span read_argument(lexer *x)
{
    skip_space(x);
    size_t from = x->at;
    if (lexer_peek(x, 0) != '{') {
        if (x->at < x->text.length && lexer_peek(x, 0) != '\\')
            x->at++;
        return (distill_span){x->text.bytes + from, x->at - from};
    }
    int depth = 0;
    for (; x->at < x->text.length; x->at++) {
        char c = x->text.bytes[x->at];
        if (c == '\\')
            x->at++;
        else if (c == '{')
            depth++;
        else if (c == '}' && --depth == 0)
            break;
    }
    if (x->at > x->text.length)
        x->at = x->text.length;
    distill_span inside = {x->text.bytes + from + 1, x->at - from - 1};
    if (x->at < x->text.length)
        x->at++;
    return inside;
}

/// Reads `inside`, a part of the text that ends before x->at, as if it had no braces around it.
static void lex_inside(lexer *x, distill_span inside)
{
    if (x->nesting >= LEXER_NESTING) {
        x->failed = true;
        return;
    }
    size_t after = x->at;
    x->nesting++;
    x->at = (size_t)(inside.bytes - x->text.bytes);
    lexer_range(x, x->at + inside.length);
    x->nesting--;
    x->at = after;
}

/// The text has no digits, formulas or commands.
static bool is_plain_words(distill_span words)
{
    for (size_t i = 0; i < words.length; i++)
        if (strchr("0123456789$\\^_=<>", words.bytes[i]) != NULL)
            return false;
    return true;
}

/// One phrase of a \text{}: a name such as "and" or \operatorname{Re}, or words.
static void push_phrase(lexer *x, distill_span words, size_t from, bool roman)
{
    words = distill_span_trim(words);
    if (words.length == 0)
        return;
    const token *before = lexer_last(x);
    bool behind_value =
        before != NULL && (before->kind == TOKEN_NUMBER || before->kind == TOKEN_CLOSE_GROUP ||
                           before->kind == TOKEN_CLOSE);
    bool measured = behind_value && unit_is_word(words); // 5 min
    bool behind_sign =
        before != NULL && (before->kind == TOKEN_PLUS || before->kind == TOKEN_MINUS);
    const latex_name *name = measured ? NULL : latex_word(words), *command = latex_command(words);
    if (name == NULL && !measured && command != NULL && command->kind == TOKEN_FUNCTION)
        name = command; // \operatorname{Re}
    char letter = words.length == 1 && (roman || behind_value || behind_sign) ? *words.bytes : '\0';
    token *t;
    if (distill_span_is(words, "USD") && !behind_value) {
        lexer_push(x, TOKEN_CURRENCY, 0, from)->text = distill_span_of("dollars");
        return;
    }
    if ((letter == 'e' && roman) || letter == 'i') // \mathrm{e}, 3\text{i}
        t = lexer_push(x, TOKEN_CONSTANT, letter == 'e' ? CONSTANT_E : CONSTANT_I, from);
    else
        t = name != NULL ? lexer_push(x, name->kind, name->value, from)
                         : lexer_push(x, TOKEN_WORDS, 0, from);
    t->text = words;
}

/// Length of the joining word or sign with which the text begins; 0 if it begins with none.
static size_t joint_length(distill_span text, token_kind *kind)
{
    static const struct {
        const char *text;
        token_kind kind;
    } JOINTS[] = {{" and ", TOKEN_AND}, {" or ", TOKEN_OR}, {",", TOKEN_COMMA}};
    for (size_t i = 0; i < sizeof JOINTS / sizeof *JOINTS; i++) {
        size_t length = strlen(JOINTS[i].text);
        *kind = JOINTS[i].kind;
        if (text.length >= length && memcmp(text.bytes, JOINTS[i].text, length) == 0)
            return length;
    }
    return 0;
}

/// Reads a bracket that is opened here and closed after the words, as in \text{ (mod }5), and
/// returns the words after it.
static distill_span behind_opening(lexer *x, distill_span words, size_t from)
{
    distill_span trimmed = distill_span_trim(words);
    if (trimmed.length < 2 || *trimmed.bytes != '(' ||
        memchr(trimmed.bytes, ')', trimmed.length) != NULL)
        return words;
    x->brackets++;
    lexer_push(x, TOKEN_OPEN, '(', from);
    return (distill_span){trimmed.bytes + 1, trimmed.length - 1};
}

/// The inside of a \text{}: mathematics, or phrases joined by "and", "or" and commas.
static void push_words(lexer *x, distill_span words, size_t from, bool roman)
{
    enum { LONGEST_LIST = 60 }; // a longer text is prose
    if (distill_span_is(distill_span_trim(words), ":")) {
        lexer_push(x, TOKEN_COLON, 0, from);
        return;
    }
    words = behind_opening(x, words, from);
    distill_span rest = words, phrase = {words.bytes, 0};
    if (!is_plain_words(words)) {
        x->units = true;
        lex_inside(x, words);
        x->units = false;
        return;
    }
    while (rest.length > 0) {
        token_kind kind;
        size_t joint = words.length <= LONGEST_LIST ? joint_length(rest, &kind) : 0;
        if (joint > 0) {
            push_phrase(x, phrase, from, roman);
            lexer_push(x, kind, 0, from);
            phrase = (distill_span){rest.bytes + joint, 0};
        } else {
            joint = 1;
            phrase.length++;
        }
        rest.bytes += joint;
        rest.length -= joint;
    }
    push_phrase(x, phrase, from, roman);
}

/// \begin or \end. Environments that only align rows disappear; their rows are the elements of a
/// list.
static void lex_environment(lexer *x, token_kind kind, size_t from)
{
    distill_span name = read_argument(x);
    if (name.length > 0 && name.bytes[name.length - 1] == '*')
        name.length--;
    static const char *const LISTS[] = {"aligned", "align",    "cases",  "gathered",
                                        "split",   "equation", "gather", "alignat"};
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        if (distill_span_is(name, LISTS[i])) {
            x->space = true;
            return;
        }
    x->environments += kind == TOKEN_BEGIN ? 1 : -1;
    if (kind == TOKEN_BEGIN && distill_span_is(name, "array")) {
        skip_space(x);
        if (lexer_peek(x, 0) == '{')
            read_argument(x);
    }
    lexer_push(x, kind, 0, from)->text = name;
}

/// Dots after a decimal only say that it continues.
static bool is_cut_decimal(const lexer *x, const latex_name *name)
{
    const token *before = lexer_last(x);
    return before != NULL && before->kind == TOKEN_NUMBER && before->places > 0 &&
           strstr(name->name, "dots") != NULL;
}

/// The argument of \mathbf and the like: a letter, which is never a constant, or words.
static void push_style_letter(lexer *x, uint8_t style, size_t from)
{
    distill_span inside = distill_span_trim(read_argument(x));
    const token *before = lexer_last(x);
    bool in = before != NULL && before->kind == TOKEN_RELATION && before->value == RELATION_IN;
    if (in && inside.length == 1 && lexer_among(*inside.bytes, "RZNQC")) // k \in \mathbf{Z}
        lexer_push(x, TOKEN_SET, (uint8_t)*inside.bytes, from);
    else if (inside.length == 1 && ascii_is_letter(*inside.bytes))
        lexer_push(x, TOKEN_SYMBOL, style, from)->text = inside;
    else
        push_words(x, inside, from, false);
}

/// The argument of \mathbb.
static void push_set_letter(lexer *x, size_t from)
{
    distill_span inside = distill_span_trim(read_argument(x));
    lexer_push(x, TOKEN_SET, inside.length == 1 ? (uint8_t)*inside.bytes : '?', from);
}

/// f \circ g: the sign stands between two letters.
static bool is_composition(const lexer *x, const latex_name *name)
{
    const token *before = lexer_last(x);
    size_t next = 0;
    while (lexer_peek(x, next) == ' ')
        next++;
    return before != NULL && before->kind == TOKEN_SYMBOL && strcmp(name->name, "circ") == 0 &&
           (ascii_is_letter(lexer_peek(x, next)) || lexer_peek(x, next) == '\\');
}

void lexer_named(lexer *x, const latex_name *name, size_t from)
{
    token *t;
    switch (name->kind) {
    case TOKEN_SPACE:
        x->space = true;
        if (lexer_peek(x, 0) == '.' && // \left. and \right.
            (strcmp(name->name, "left") == 0 || strcmp(name->name, "right") == 0))
            x->at++;
        break;
    case TOKEN_STYLE_TEXT:
        push_words(x, read_argument(x), from, name->value != 0);
        break;
    case TOKEN_STYLE_LETTER:
        push_style_letter(x, name->value, from);
        break;
    case TOKEN_STYLE_SET:
        push_set_letter(x, from);
        break;
    case TOKEN_SKIP_ARGUMENT:
        read_argument(x);
        break;
    case TOKEN_BEGIN:
    case TOKEN_END_OF:
        lex_environment(x, name->kind, from);
        break;
    case TOKEN_UNSUPPORTED:
        if (!is_cut_decimal(x, name)) // 0.333\ldots
            lexer_push(x, TOKEN_UNSUPPORTED, 0, from);
        break;
    case TOKEN_DEGREE:
        if (is_composition(x, name)) {
            lexer_push(x, TOKEN_UNSUPPORTED, 0, from);
            break;
        }
        lexer_degree(x, from);
        break;
    default:
        t = lexer_push(x, name->kind, name->value, from);
        t->text = distill_span_of(name->text != NULL ? name->text : name->name);
    }
}

/// A backslash followed by a sign.
static void lex_escaped_sign(lexer *x, size_t from)
{
    char c = lexer_peek(x, 1);
    x->at += c != '\0' ? 2 : 1;
    switch (c) {
    case '{':
        x->brackets++;
        lexer_push(x, TOKEN_OPEN, '{', from);
        break;
    case '}':
        x->brackets--;
        lexer_push(x, TOKEN_CLOSE, '}', from);
        break;
    case '|':
        lexer_push(x, TOKEN_BAR, 0, from);
        break;
    case '%':
        lexer_push(x, TOKEN_PERCENT, 0, from);
        break;
    case '$':
        lexer_push(x, TOKEN_CURRENCY, 0, from)->text = distill_span_of("dollars");
        break;
    case '&':
        lexer_push(x, TOKEN_AND, 0, from);
        break;
    default: // \, \; \! \( \[ and the like
        x->space = true;
    }
}

/// Two backslashes: the end of a row. False if they are a doubled backslash before a command or
/// sign.
static bool lex_row(lexer *x, size_t from)
{
    if (x->environments == 0) {
        size_t length = 0;
        while (ascii_is_letter(lexer_peek(x, 2 + length)))
            length++;
        if (length > 1 && latex_command((distill_span){x->text.bytes + x->at + 2, length}) != NULL)
            return false;
        if (length == 0 && lexer_among(lexer_peek(x, 2), "()[]{},;!%$"))
            return false;
    }
    x->at += 2;
    skip_space(x);
    if (x->environments > 0 && lexer_peek(x, 0) == '[') // \\[2pt]
        while (x->at < x->text.length && x->text.bytes[x->at++] != ']')
            ;
    lexer_push(x, TOKEN_ROW, 0, from);
    return true;
}

void lexer_command(lexer *x)
{
    size_t from = x->at, length = 0;
    if (lexer_peek(x, 1) == '\\') {
        if (lex_row(x, from))
            return;
        x->at++;
    }
    while (ascii_is_letter(lexer_peek(x, 1 + length)))
        length++;
    if (length == 0) {
        lex_escaped_sign(x, from);
        return;
    }
    distill_span name = {x->text.bytes + x->at + 1, length};
    const latex_name *known = latex_command(name);
    if (known == NULL) { // \quadx is \quad and x; other unknown commands are symbols
        size_t quad = length > 5 && memcmp(name.bytes, "qquad", 5) == 0  ? 5
                      : length > 4 && memcmp(name.bytes, "quad", 4) == 0 ? 4
                                                                         : 0;
        x->at += 1 + (quad > 0 ? quad : length);
        x->space = x->space || quad > 0;
        if (quad == 0)
            lexer_push(x, TOKEN_SYMBOL, 0, from)->text = name;
        return;
    }
    x->at += 1 + length;
    lexer_named(x, known, from);
}
