// datasets/verify/math/latex/latex_qualifier.c - the parser's part for words after an answer.
//
//     6 since t > 0          9, not 4         a remark: the answer ends before it
//     \frac{\pi}{4} + k\pi for all integers k the condition k \in \mathbb{Z}
//     all real numbers except 4               the set \mathbb{R} \setminus \{4\}
#include "datasets/verify/math/latex/parser_state.h"
#include "datasets/verify/math/words/word_answer.h"

#include <string.h>

/// `text` begins with the words `start`, ignoring case, and the last of them ends there.
static bool begins_with(distill_span text, const char *start)
{
    size_t length = strlen(start);
    return text.length >= length && strncasecmp(text.bytes, start, length) == 0 &&
           (text.length == length || text.bytes[length] == ' ' || text.bytes[length] == ',');
}

/// The words from token `first` on, as they stand in the text: several tokens in plain text, one in
/// \text{}.
static distill_span words_from(const token *first)
{
    const token *last = first;
    if (first->kind != TOKEN_WORDS)
        return (distill_span){"", 0};
    while (last[1].kind == TOKEN_WORDS)
        last++;
    return (distill_span){first->text.bytes,
                          (size_t)(last->text.bytes + last->text.length - first->text.bytes)};
}

static distill_span words_here(const parser *p)
{
    return words_from(&p->tokens[p->at]);
}

static bool begins_with_any(distill_span text, const char *const *starts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (begins_with(text, starts[i]))
            return true;
    return false;
}

bool parser_qualifies(const parser *p)
{
    static const char *const REMARKS[] = {
        "since",       "because",     "for all",          "for every", "for any",
        "for each",    "for integer", "for integers",     "where",     "when",
        "in all",      "in total",    "for some integer", "which",     "altogether",
        "as required", "as desired",  "overall"};
    if (p->at == 0 || parser_is(p, TOKEN_QUALIFIER))
        return p->at > 0;
    const token *t = &p->tokens[p->at];
    if (t->kind == TOKEN_OPEN && t[1].kind == TOKEN_WORDS) { // (as n \to \infty)
        distill_span first = t[1].text;
        return begins_with(first, "as") || begins_with(first, "given") ||
               begins_with(first, "if") ||
               begins_with_any(words_from(&t[1]), REMARKS, sizeof REMARKS / sizeof *REMARKS);
    }
    if (t->kind != TOKEN_WORDS)
        return false;
    if (distill_span_is(t->text, "for") && t[1].kind == TOKEN_SYMBOL &&
        t[2].kind == TOKEN_RELATION) // for x > 0
        return true;
    distill_span words = words_here(p);
    token_kind before = (token_kind)p->tokens[p->at - 1].kind;
    bool behind_comma = before == TOKEN_COMMA || before == TOKEN_AND || before == TOKEN_SEMICOLON;
    if (behind_comma && begins_with(words, "not"))
        return true;
    return begins_with_any(words, REMARKS, sizeof REMARKS / sizeof *REMARKS);
}

/// The relation k \in \mathbb{Z}, or with another set.
static expr *integer_condition(parser *p, distill_span name, uint8_t letter)
{
    expr *symbol = expr_leaf(p->m, EXPR_SYMBOL), *set = expr_leaf(p->m, EXPR_NAMED_SET);
    expr *e = symbol != NULL && set != NULL ? expr_binary(p->m, EXPR_RELATION, symbol, set) : NULL;
    uint8_t *relations = scratch_take(p->m, 1);
    if (e == NULL || relations == NULL)
        return NULL;
    symbol->text = name;
    set->op = letter;
    *relations = RELATION_IN;
    e->relations = relations;
    return e;
}

/// Tokens from `t` on are k \in \mathbb{Z}.
static bool is_membership(const token *t)
{
    return t[0].kind == TOKEN_SYMBOL && t[1].kind == TOKEN_RELATION && t[1].value == RELATION_IN &&
           t[2].kind == TOKEN_SET && (t[2].value == 'Z' || t[2].value == 'N' || t[2].value == 'R');
}

bool parser_bracketed_condition(const parser *p)
{
    const token *t = &p->tokens[p->at];
    return t[0].kind == TOKEN_OPEN && is_membership(&t[1]) && t[4].kind == TOKEN_CLOSE &&
           t[5].kind == TOKEN_END;
}

/// Takes a letter and what says that it is an integer, at the end of the text: "k is an integer", or
/// k \in \mathbb{Z}; if it `is_integer` already, the letter alone. NULL, and no token is taken, for other texts.
static expr *parse_integer_letter(parser *p, bool is_integer)
{
    static const char *const IS[] = {"is an integer", "is any integer", "is integer", "an integer",
                                     "are integers"};
    const token *t = parser_next(p);
    size_t before = p->at;
    if (t->kind != TOKEN_SYMBOL || t->text.length != 1)
        return NULL;
    p->at++;
    bool in = is_membership(t), is = begins_with_any(words_here(p), IS, sizeof IS / sizeof *IS);
    p->at += in ? 2 : 0;
    while (is && parser_is(p, TOKEN_WORDS))
        p->at++;
    if ((is_integer || in || is) && parser_is(p, TOKEN_END))
        return integer_condition(p, t->text, in ? t[2].value : 'Z');
    p->at = before;
    return NULL;
}

expr *parse_integer_condition(parser *p)
{
    static const char *const FOR[] = {"for all integers",
                                      "for all integer",
                                      "for any integer",
                                      "for every integer",
                                      "for each integer",
                                      "for some integer",
                                      "for integer",
                                      "for integers",
                                      "where",
                                      "for all",
                                      "for any",
                                      "for every",
                                      "with"};
    size_t before = p->at;
    if (parser_bracketed_condition(p)) {
        const token *t = parser_next(p);
        p->at += 5;
        return integer_condition(p, t[1].text, t[3].value);
    }
    if (parser_is(p, TOKEN_SYMBOL))
        return p->tokens[p->at + 1].kind == TOKEN_WORDS ? parse_integer_letter(p, false) : NULL;
    if (!parser_is(p, TOKEN_QUALIFIER) && !parser_is(p, TOKEN_WORDS))
        return NULL;
    distill_span words = words_here(p);
    if (!parser_is(p, TOKEN_QUALIFIER) && !begins_with_any(words, FOR, sizeof FOR / sizeof *FOR))
        return NULL;
    bool whole = memmem(words.bytes, words.length, "integer", 7) != NULL;
    while (parser_is(p, TOKEN_WORDS) || parser_is(p, TOKEN_QUALIFIER))
        p->at++;
    expr *condition = parse_integer_letter(p, whole);
    if (condition == NULL)
        p->at = before;
    return condition;
}

/// "all real numbers except" without its last word, in *set; false for other texts.
static bool names_exception(distill_span text, distill_span *set)
{
    static const char *const ENDS[] = {" except",     " except for", " excluding",   " but",
                                       " other than", " except x =", " not equal to"};
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        size_t length = strlen(ENDS[i]);
        *set = (distill_span){text.bytes, text.length > length ? text.length - length : 0};
        if (text.length > length && memcmp(text.bytes + text.length - length, ENDS[i], length) == 0)
            return word_set(*set) == 'R';
    }
    return false;
}

expr *parse_exceptions(parser *p, expr *words)
{
    distill_span set;
    size_t base = p->height;
    if (words->kind != EXPR_TEXT || !names_exception(distill_span_trim(words->text), &set) ||
        !(parser_factor_starts(p) || parser_is(p, TOKEN_MINUS) || parser_is(p, TOKEN_EITHER)))
        return words;
    do {
        if (parser_is(p, TOKEN_SYMBOL) && p->tokens[p->at + 1].kind == TOKEN_RELATION)
            p->at += 2; // x = 4
        if (!parser_push(p, parse_sum(p)))
            return NULL;
    } while (parser_take(p, TOKEN_COMMA) || parser_take(p, TOKEN_AND));
    expr *points = parser_finish(p, EXPR_SET, base), *line = expr_leaf(p->m, EXPR_NAMED_SET);
    expr *e = line != NULL ? expr_binary(p->m, EXPR_SET_OP, line, points) : NULL;
    if (e == NULL)
        return NULL;
    line->op = 'R';
    e->op = SET_DIFFERENCE;
    return e;
}
