// datasets/verify/math/latex/latex_token.c - the lexer. Numbers are in latex_number.c.
#include "datasets/verify/math/latex/latex_lexer.h"

#include "datasets/verify/math/latex/latex_names.h"
#include "datasets/verify/math/unit.h"

#include <string.h>

token *lexer_push(lexer *x, token_kind kind, uint8_t value, size_t from)
{
    if (x->count > x->limit) {
        x->failed = true;
        x->count = x->limit;
    }
    token *t = &x->tokens[x->count++];
    *t = (token){.kind = (uint8_t)kind,
                 .value = value,
                 .space = x->space,
                 .places = -1,
                 .from = x->text.bytes + from,
                 .to = x->text.bytes + x->at};
    x->space = false;
    return t;
}

static const token *last_token(const lexer *x)
{
    return x->count > 0 ? &x->tokens[x->count - 1] : NULL;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static void skip_space(lexer *x)
{
    while (lexer_among(lexer_peek(x, 0), " \t\r\n~"))
        x->at++;
}

/// The argument of a command: what stands in braces (balanced), or one character.
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

static void lex_range(lexer *x, size_t end);

/// Reads `inside`, which is part of the text and ends before x->at, as if it stood there bare.
static void lex_inside(lexer *x, distill_span inside)
{
    if (x->nesting >= LEXER_NESTING) {
        x->failed = true;
        return;
    }
    size_t after = x->at;
    x->nesting++;
    x->at = (size_t)(inside.bytes - x->text.bytes);
    lex_range(x, x->at + inside.length);
    x->nesting--;
    x->at = after;
}

static bool is_plain_words(distill_span words)
{
    for (size_t i = 0; i < words.length; i++)
        if (strchr("0123456789$\\^_=<>", words.bytes[i]) != NULL)
            return false;
    return true;
}

/// "and", "or", a comma, or words.
static void push_phrase(lexer *x, distill_span words, size_t from, bool roman)
{
    words = distill_span_trim(words);
    if (words.length == 0)
        return;
    const latex_name *name = latex_word(words), *command = latex_command(words);
    if (name == NULL && command != NULL && command->kind == TOKEN_FUNCTION)
        name = command; // \operatorname{Re}
    token *t = name != NULL ? lexer_push(x, name->kind, name->value, from)
                            : lexer_push(x, TOKEN_WORDS, roman, from);
    t->text = words;
}

/// Length of the joining word or sign at the beginning of the text, 0 if there is none.
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

/// Words of a \text{}: mathematics, or phrases joined by "and", "or" and commas.
static void push_words(lexer *x, distill_span words, size_t from, bool roman)
{
    enum { LONGEST_LIST = 60 }; // a longer text is prose
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

static void lex_environment(lexer *x, token_kind kind, size_t from)
{
    distill_span name = read_argument(x);
    if (name.length > 0 && name.bytes[name.length - 1] == '*')
        name.length--;
    static const char *const LISTS[] = {"aligned", "align",    "cases",  "gathered",
                                        "split",   "equation", "gather", "alignat"};
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        if (distill_span_is(name, LISTS[i])) { // its rows are the elements of a list
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

/// The letter of a scale of temperature behind a sign of degrees is passed over.
static void skip_scale(lexer *x)
{
    size_t next = lexer_peek(x, 0) == ' ' ? 1 : 0;
    char c = lexer_peek(x, next);
    if ((c == 'C' || c == 'F') && !is_letter(lexer_peek(x, next + 1)))
        x->at += next + 1;
}

/// Dots behind a decimal say only that it goes on.
static bool is_cut_decimal(const lexer *x, const latex_name *name)
{
    const token *before = last_token(x);
    return before != NULL && before->kind == TOKEN_NUMBER && before->places > 0 &&
           strstr(name->name, "dots") != NULL;
}

static void push_style_letter(lexer *x, size_t from)
{
    distill_span inside = distill_span_trim(read_argument(x));
    if (inside.length == 1 && is_letter(*inside.bytes))
        lexer_push(x, TOKEN_SYMBOL, 0, from)->text = inside;
    else
        push_words(x, inside, from, false);
}

static void push_set_letter(lexer *x, size_t from)
{
    distill_span inside = distill_span_trim(read_argument(x));
    lexer_push(x, TOKEN_SET, inside.length == 1 ? (uint8_t)*inside.bytes : '?', from);
}

static void push_named(lexer *x, const latex_name *name, size_t from)
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
        push_style_letter(x, from);
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
        lexer_push(x, TOKEN_DEGREE, 0, from);
        skip_scale(x);
        break;
    default:
        t = lexer_push(x, name->kind, name->value, from);
        t->text = distill_span_of(name->text != NULL ? name->text : name->name);
    }
}

/// A backslash and a sign.
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

/// Two backslashes: the end of a row, or a command whose backslash was doubled.
static bool lex_row(lexer *x, size_t from)
{
    if (x->environments == 0) {
        size_t length = 0;
        while (is_letter(lexer_peek(x, 2 + length)))
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

static void lex_command(lexer *x)
{
    size_t from = x->at, length = 0;
    if (lexer_peek(x, 1) == '\\') {
        if (lex_row(x, from))
            return;
        x->at++;
    }
    while (is_letter(lexer_peek(x, 1 + length)))
        length++;
    if (length == 0) {
        lex_escaped_sign(x, from);
        return;
    }
    distill_span name = {x->text.bytes + x->at + 1, length};
    const latex_name *known = latex_command(name);
    if (known == NULL) { // \quadx is a space and x
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
    push_named(x, known, from);
}

/// "abc" and "AB" are products, "odd", "miles" and "cm" are words.
static bool is_product(distill_span run)
{
    static const char *const SHORT[] = {"no", "No",  "is", "of", "to", "in", "on",
                                        "by", "not", "st", "nd", "rd", "th"};
    bool capitals = true, increasing = true, vowel = false;
    if (unit_is_word(run))
        return false;
    for (size_t i = 0; i < sizeof SHORT / sizeof *SHORT; i++)
        if (distill_span_is(run, SHORT[i]))
            return false;
    for (size_t i = 0; i < run.length; i++) {
        capitals = capitals && is_capital(run.bytes[i]);
        increasing = increasing && (i == 0 || run.bytes[i - 1] < run.bytes[i]);
        vowel = vowel || strchr("aeiouyAEIOUY", run.bytes[i]) != NULL;
    }
    if (run.length <= 2)
        return true;
    bool title = is_capital(run.bytes[0]) && !is_capital(run.bytes[1]); // "Yes"
    return run.length <= 5 && !title && (capitals || increasing || !vowel);
}

/// "sinx" is sin x.
static size_t function_prefix(distill_span run)
{
    static const char *const NAMES[] = {"sin", "cos", "tan", "cot", "log", "ln"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t length = strlen(NAMES[i]);
        if (run.length == length + 1 && memcmp(run.bytes, NAMES[i], length) == 0)
            return length;
    }
    return 0;
}

static void push_symbol(lexer *x, distill_span name, size_t from)
{
    if (distill_span_is(name, "e"))
        lexer_push(x, TOKEN_CONSTANT, CONSTANT_E, from)->text = name;
    else if (distill_span_is(name, "i"))
        lexer_push(x, TOKEN_CONSTANT, CONSTANT_I, from)->text = name;
    else
        lexer_push(x, TOKEN_SYMBOL, 0, from)->text = name;
}

/// (-\infty, 2) U (3, 4): the letter as sign of the union.
static bool is_union_letter(const lexer *x)
{
    const token *before = last_token(x);
    size_t next = 0;
    while (lexer_peek(x, next) == ' ')
        next++;
    char c = lexer_peek(x, next);
    return before != NULL && before->kind == TOKEN_CLOSE && (c == '(' || c == '[' || c == '\\');
}

/// A run of letters that is one word: "miles", the unit of 20 m within \text{}, the PM of 2:30 PM.
static bool is_word(const lexer *x, distill_span run)
{
    const token *before = last_token(x);
    bool behind_number = before != NULL && before->kind == TOKEN_NUMBER;
    if (run.length == 1)
        return behind_number && x->units && lexer_among(*run.bytes, "mgshLlKNJWVA");
    bool clock = run.length == 2 && lexer_among(run.bytes[0], "aApP") &&
                 lexer_among(run.bytes[1], "mM") && behind_number && x->count >= 2 &&
                 before[-1].kind == TOKEN_COLON;
    return clock || !is_product(run);
}

/// The meaning of the run as a name; but "5 min" and "30 sec" have units.
static const latex_name *named_word(const lexer *x, distill_span run)
{
    const latex_name *name = latex_word(run);
    const token *before = last_token(x);
    bool measure = name != NULL && name->kind == TOKEN_FUNCTION && unit_is_word(run) &&
                   before != NULL && before->kind == TOKEN_NUMBER;
    return measure ? NULL : name;
}

static void lex_letters(lexer *x)
{
    size_t from = x->at, length = 0;
    while (is_letter(lexer_peek(x, length)) ||
           (length > 1 && lexer_peek(x, length) == '\'' && is_letter(lexer_peek(x, length + 1))))
        length++;
    distill_span run = {x->text.bytes + from, length};
    const latex_name *name = named_word(x, run);
    if (name == NULL) {
        run.length = function_prefix(run); // the letter behind it follows by itself
        if (run.length > 0)
            name = latex_word(run);
        else
            run.length = length;
    }
    if (name != NULL) {
        x->at += run.length;
        push_named(x, name, from);
        return;
    }
    if (is_word(x, run)) {
        x->at += length;
        lexer_push(x, TOKEN_WORDS, 0, from)->text = run;
        return;
    }
    for (size_t i = 0; i < length; i++) {
        x->at++;
        if (length == 1 && *run.bytes == 'U' && is_union_letter(x))
            lexer_push(x, TOKEN_SET_OP, SET_UNION, from);
        else
            push_symbol(x, (distill_span){run.bytes + i, 1}, from + i);
    }
}

/// The letter o as exponent of a number.
static bool letter_is_degree(const lexer *x, size_t behind)
{
    const token *before = last_token(x);
    return before != NULL && before->kind == TOKEN_NUMBER && !is_letter(lexer_peek(x, behind));
}

/// ^\circ, ^{\circ}, ^o behind a number: degrees.
static bool lex_degree(lexer *x)
{
    static const char *const NAMES[] = {"\\circ", "\\degree", "o"};
    size_t ahead = 1;
    while (lexer_among(lexer_peek(x, ahead), " {,"))
        ahead++;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t behind = ahead + strlen(NAMES[i]);
        bool braced = lexer_peek(x, ahead - 1) != '^';
        if (!lexer_starts(x, ahead, NAMES[i]) || (i == 2 && !letter_is_degree(x, behind)))
            continue;
        while (braced && lexer_peek(x, behind) == ' ')
            behind++;
        if (braced && lexer_peek(x, behind++) != '}')
            return false;
        size_t from = x->at;
        x->at += behind;
        lexer_push(x, TOKEN_DEGREE, 0, from);
        skip_scale(x);
        return true;
    }
    return false;
}

typedef struct sign_row {
    const char *sign;
    token_kind kind;
    uint8_t value;
} sign_row;

static const sign_row SIGNS[] = {
    // longer ones first
    {"<=>", TOKEN_RELATION, RELATION_OTHER},
    {"**", TOKEN_CARET, 0},
    {"<=", TOKEN_RELATION, RELATION_LESS_EQUAL},
    {"=<", TOKEN_RELATION, RELATION_LESS_EQUAL},
    {">=", TOKEN_RELATION, RELATION_GREATER_EQUAL},
    {"=>", TOKEN_RELATION, RELATION_OTHER},
    {"->", TOKEN_RELATION, RELATION_OTHER},
    {"!=", TOKEN_RELATION, RELATION_NOT_EQUAL},
    {"<>", TOKEN_RELATION, RELATION_NOT_EQUAL},
    {"==", TOKEN_RELATION, RELATION_EQUAL},
    {":=", TOKEN_RELATION, RELATION_EQUAL},
    {"+-", TOKEN_EITHER, 1},
    {"=", TOKEN_RELATION, RELATION_EQUAL},
    {"<", TOKEN_RELATION, RELATION_LESS},
    {">", TOKEN_RELATION, RELATION_GREATER},
    {"+", TOKEN_PLUS, 0},
    {"-", TOKEN_MINUS, 0},
    {"*", TOKEN_TIMES, 1},
    {"/", TOKEN_DIVIDE, 0},
    {"^", TOKEN_CARET, 0},
    {"_", TOKEN_UNDERSCORE, 0},
    {"!", TOKEN_FACTORIAL, 0},
    {"'", TOKEN_PRIME, 0},
    {"%", TOKEN_PERCENT, 0},
    {",", TOKEN_COMMA, 0},
    {";", TOKEN_SEMICOLON, 0},
    {":", TOKEN_COLON, 0},
    {"(", TOKEN_OPEN, '('},
    {"[", TOKEN_OPEN, '['},
    {")", TOKEN_CLOSE, ')'},
    {"]", TOKEN_CLOSE, ']'},
    {"{", TOKEN_OPEN_GROUP, 0},
    {"}", TOKEN_CLOSE_GROUP, 0},
    {"|", TOKEN_BAR, 0},
    {"&", TOKEN_ALIGN, 0},
};

static void lex_sign(lexer *x)
{
    size_t from = x->at;
    char c = lexer_peek(x, 0);
    if (c == '^' && lex_degree(x))
        return;
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
        const sign_row *row = &SIGNS[i];
        if (row->sign[0] != c)
            continue;
        size_t length = strlen(row->sign);
        if (x->text.length - x->at < length ||
            memcmp(x->text.bytes + x->at, row->sign, length) != 0)
            continue;
        x->at += length;
        if (row->kind == TOKEN_OPEN)
            x->brackets++;
        if (row->kind == TOKEN_CLOSE)
            x->brackets--;
        if (row->kind == TOKEN_ALIGN && x->environments == 0)
            x->space = true;
        else
            lexer_push(x, row->kind, row->value, from);
        return;
    }
    x->at++;
    if (lexer_among(c, " \t\r\n~$\"`#*"))
        x->space = true;
    else if (c != '.')
        lexer_push(x, TOKEN_UNSUPPORTED, 0, from);
    else if (x->at < x->text.length && !lexer_only_closers(x))
        lexer_push(x, TOKEN_UNSUPPORTED, 0, from);
}

static void lex_foreign_word(lexer *x)
{
    size_t from = x->at;
    while ((unsigned char)lexer_peek(x, 0) >= 0x80)
        x->at++;
    lexer_push(x, TOKEN_WORDS, 0, from)->text = (distill_span){x->text.bytes + from, x->at - from};
}

static void lex_range(lexer *x, size_t end)
{
    size_t length = x->text.length;
    x->text.length = end;
    while (x->at < end && !x->failed) {
        char c = x->text.bytes[x->at];
        if (lexer_number_starts(x))
            lexer_number(x);
        else if (c == '\\')
            lex_command(x);
        else if (is_letter(c))
            lex_letters(x);
        else if ((unsigned char)c >= 0x80)
            lex_foreign_word(x);
        else
            lex_sign(x);
    }
    x->text.length = length;
}

bool latex_tokens(token **out, size_t *count, scratch *m, distill_span text, unsigned options)
{
    lexer x = {.m = m, .options = options};
    if (text.length > ANSWER_BYTES || !lexer_to_ascii(&x.text, m, text))
        return false;
    size_t most = x.text.length + 2 < TOKEN_LIMIT ? x.text.length + 2 : TOKEN_LIMIT;
    x.limit = most - 1;
    x.tokens = scratch_take(m, most * sizeof(token));
    if (x.tokens == NULL)
        return false;
    lex_range(&x, x.text.length);
    if (x.failed)
        return false;
    *count = x.count;
    lexer_push(&x, TOKEN_END, 0, x.at);
    *out = x.tokens;
    return !x.failed;
}
