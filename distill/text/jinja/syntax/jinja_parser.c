// distill/text/jinja/syntax/jinja_parser.c - statements, and what expressions share with them.
#include "distill/text/jinja/syntax/jinja_parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_BLOCKS = 100 }; // nested statements

// ----------------------------------------------------------------------------------------- tokens

static bool is_token(const jinja_parser *p, jinja_token_kind kind, const char *text)
{
    const jinja_token *token = jinja_current(p);
    return token->kind == kind && distill_span_is(token->text, text);
}

bool jinja_at_operator(const jinja_parser *p, const char *text)
{
    return is_token(p, JINJA_TOKEN_OPERATOR, text);
}

bool jinja_at_name(const jinja_parser *p, const char *name)
{
    return is_token(p, JINJA_TOKEN_NAME, name);
}

bool jinja_skip_operator(jinja_parser *p, const char *text)
{
    bool skips = jinja_at_operator(p, text);
    p->at += skips;
    return skips;
}

bool jinja_skip_name(jinja_parser *p, const char *name)
{
    bool skips = jinja_at_name(p, name);
    p->at += skips;
    return skips;
}

distill_status jinja_fail_here(const jinja_parser *p, const char *format, ...)
{
    char text[256];
    const jinja_token *token = jinja_current(p);
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    int length = (int)(token->text.length < 40 ? token->text.length : 40);
    return distill_fail(DISTILL_FORMAT, "line %u, column %u: %s, found %s%.*s%s", token->place.line,
                        token->place.column, text, length > 0 ? "\"" : "the end", length,
                        token->text.bytes, length > 0 ? "\"" : "");
}

distill_status jinja_expect_operator(jinja_parser *p, const char *text)
{
    return jinja_skip_operator(p, text) ? DISTILL_OK
                                        : jinja_fail_here(p, "\"%s\" is expected", text);
}

distill_status jinja_expect_name(distill_span *out, jinja_parser *p)
{
    const jinja_token *token = jinja_current(p);
    if (token->kind != JINJA_TOKEN_NAME)
        return jinja_fail_here(p, "a name is expected");
    *out = token->text;
    p->at++;
    return DISTILL_OK;
}

static distill_status expect_block_end(jinja_parser *p)
{
    if (jinja_current(p)->kind != JINJA_TOKEN_BLOCK_END)
        return jinja_fail_here(p, "the end of the block is expected");
    p->at++;
    return DISTILL_OK;
}

distill_status jinja_node_new(jinja_node **out, jinja_parser *p, jinja_node_kind kind)
{
    distill_status status = DISTILL_OK;
    jinja_node *node = NULL;
    TRY(jinja_memory_take((void **)&node, &p->t->memory, sizeof *node));
    *node = (jinja_node){.kind = (uint8_t)kind, .place = jinja_current(p)->place};
    *out = node;
done:
    return status;
}

// ------------------------------------------------------------------------------------- statements

static distill_status parse_statements(jinja_node **out, jinja_parser *p, const char *const *ends);

/// Parses the block end, the statements up to one of the words `ends`, and that word.
static distill_status parse_body(jinja_node **out, jinja_parser *p, const char *const *ends,
                                 distill_span *end)
{
    distill_status status = DISTILL_OK;
    const jinja_token *begin = jinja_current(p);
    (void)jinja_skip_operator(p, ":");
    TRY(expect_block_end(p));
    TRY(parse_statements(out, p, ends));
    if (jinja_current(p)->kind != JINJA_TOKEN_NAME)
        TRY(distill_fail(DISTILL_FORMAT, "line %u, column %u: the block is not closed by %s",
                         begin->place.line, begin->place.column, ends[0]));
    *end = jinja_current(p)->text;
    p->at++;
done:
    return status;
}

/// Parses a body with one possible end.
static distill_status parse_simple_body(jinja_node **out, jinja_parser *p, const char *end)
{
    distill_span word;
    return parse_body(out, p, (const char *const[]){end, NULL}, &word);
}

static distill_status parse_for(jinja_node *node, jinja_parser *p)
{
    static const char *const ends[] = {"endfor", "else", NULL};
    distill_status status = DISTILL_OK;
    distill_span end;
    node->kind = JINJA_FOR;
    TRY(jinja_parse_target(&node->a, p));
    if (!jinja_skip_name(p, "in"))
        TRY(jinja_fail_here(p, "\"in\" is expected"));
    TRY(jinja_parse_tuple(&node->b, p, false));
    if (jinja_skip_name(p, "if"))
        TRY(jinja_parse_expression(&node->c, p, true));
    if (jinja_at_name(p, "recursive"))
        TRY(jinja_fail_here(p, "recursive loops are not supported"));
    p->loops++;
    TRY(parse_body(&node->body, p, ends, &end));
    p->loops--;
    if (distill_span_is(end, "else"))
        TRY(parse_simple_body(&node->otherwise, p, "endfor"));
done:
    return status;
}

static distill_status parse_if(jinja_node *node, jinja_parser *p)
{
    static const char *const ends[] = {"endif", "elif", "else", NULL};
    distill_status status = DISTILL_OK;
    distill_span end;
    jinja_node *branch = node, **last = &node->list;
    node->kind = JINJA_IF;
    p->branches++;
    for (;;) {
        TRY(jinja_parse_tuple(&branch->a, p, false));
        TRY(parse_body(&branch->body, p, ends, &end));
        if (!distill_span_is(end, "elif"))
            break;
        TRY(jinja_node_new(&branch, p, JINJA_IF));
        *last = branch;
        last = &branch->next;
    }
    if (distill_span_is(end, "else"))
        TRY(parse_simple_body(&node->otherwise, p, "endif"));
    p->branches--;
done:
    return status;
}

static distill_status parse_set(jinja_node *node, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_parse_target(&node->a, p));
    if (jinja_skip_operator(p, "=")) {
        node->kind = JINJA_SET;
        TRY(jinja_parse_tuple(&node->b, p, true));
        goto done;
    }
    node->kind = JINJA_SET_BLOCK;
    TRY(jinja_parse_filters(&node->b, p, NULL, false));
    TRY(parse_simple_body(&node->body, p, "endset"));
done:
    return status;
}

static distill_status parse_with(jinja_node *node, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    jinja_node **end = &node->list;
    node->kind = JINJA_WITH;
    while (jinja_current(p)->kind != JINJA_TOKEN_BLOCK_END) {
        jinja_node *set = NULL;
        if (node->list != NULL)
            TRY(jinja_expect_operator(p, ","));
        TRY(jinja_node_new(&set, p, JINJA_SET));
        TRY(jinja_parse_target(&set->a, p));
        TRY(jinja_expect_operator(p, "="));
        TRY(jinja_parse_expression(&set->b, p, true));
        *end = set;
        end = &set->next;
    }
    TRY(parse_simple_body(&node->body, p, "endwith"));
done:
    return status;
}

/// Parses "(a, b=c)" of a macro into node->list.
static distill_status parse_signature(jinja_node *node, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    jinja_node **end = &node->list;
    TRY(jinja_expect_operator(p, "("));
    while (!jinja_at_operator(p, ")")) {
        jinja_node *parameter = NULL;
        if (node->list != NULL)
            TRY(jinja_expect_operator(p, ","));
        TRY(jinja_node_new(&parameter, p, JINJA_SET));
        TRY(jinja_expect_name(&parameter->text, p));
        TRY(jinja_name_add(&parameter->name, p->t, parameter->text));
        if (jinja_skip_operator(p, "="))
            TRY(jinja_parse_expression(&parameter->b, p, true));
        *end = parameter;
        end = &parameter->next;
    }
    p->at++;
done:
    return status;
}

/// The body of a macro, outside of the loops and branches around it.
static distill_status parse_macro_body(jinja_node *node, jinja_parser *p, const char *end)
{
    distill_status status = DISTILL_OK;
    uint32_t loops = p->loops;
    uint8_t specials = p->specials;
    p->loops = 0;
    p->specials = 0;
    TRY(parse_simple_body(&node->body, p, end));
    node->specials = p->specials;
    p->specials |= specials;
    p->loops = loops;
done:
    return status;
}

static distill_status parse_macro(jinja_node *node, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    node->kind = JINJA_DEFINE;
    TRY(jinja_expect_name(&node->text, p));
    TRY(jinja_name_add(&node->name, p->t, node->text));
    TRY(parse_signature(node, p));
    TRY(parse_macro_body(node, p, "endmacro"));
done:
    return status;
}

static distill_status parse_call_block(jinja_node *node, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    node->kind = JINJA_CALL_BLOCK;
    TRY(jinja_node_new(&node->b, p, JINJA_DEFINE));
    node->b->text = distill_span_of("caller");
    TRY(jinja_name_add(&node->b->name, p->t, node->b->text));
    if (jinja_at_operator(p, "("))
        TRY(parse_signature(node->b, p));
    TRY(jinja_parse_expression(&node->a, p, true));
    if (node->a->kind != JINJA_CALL)
        TRY(jinja_fail_here(p, "the call of a macro is expected"));
    TRY(parse_macro_body(node->b, p, "endcall"));
done:
    return status;
}

static distill_status parse_filter_block(jinja_node *node, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    node->kind = JINJA_FILTER_BLOCK;
    TRY(jinja_parse_filters(&node->a, p, NULL, true));
    TRY(parse_simple_body(&node->body, p, "endfilter"));
done:
    return status;
}

static distill_status parse_generation(jinja_node *node, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    uint32_t loops = p->loops;
    node->kind = JINJA_GENERATION;
    p->t->has_generation = true;
    p->loops = 0;
    TRY(parse_simple_body(&node->body, p, "endgeneration"));
    p->loops = loops;
done:
    return status;
}

static distill_status parse_break(jinja_node *node, jinja_parser *p)
{
    node->kind = JINJA_BREAK;
    return p->loops > 0 ? DISTILL_OK : jinja_fail_here(p, "\"break\" outside of a loop");
}

static distill_status parse_continue(jinja_node *node, jinja_parser *p)
{
    node->kind = JINJA_CONTINUE;
    return p->loops > 0 ? DISTILL_OK : jinja_fail_here(p, "\"continue\" outside of a loop");
}

static distill_status parse_statement(jinja_node **out, jinja_parser *p)
{
    static const struct {
        const char *word;
        distill_status (*parse)(jinja_node *node, jinja_parser *p);
    } statements[] = {
        {"for", parse_for},
        {"if", parse_if},
        {"set", parse_set},
        {"with", parse_with},
        {"macro", parse_macro},
        {"call", parse_call_block},
        {"filter", parse_filter_block},
        {"generation", parse_generation},
        {"break", parse_break},
        {"continue", parse_continue},
    };
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        if (!jinja_at_name(p, statements[i].word))
            continue;
        TRY(jinja_node_new(out, p, JINJA_BREAK));
        p->at++;
        TRY(statements[i].parse(*out, p));
        TRY(expect_block_end(p));
        return DISTILL_OK;
    }
    TRY(jinja_fail_here(p, "a known statement is expected"));
done:
    return status;
}

static distill_status parse_print(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_node_new(out, p, JINJA_PRINT));
    p->at++;
    TRY(jinja_parse_tuple(&(*out)->a, p, true));
    if (jinja_current(p)->kind != JINJA_TOKEN_PRINT_END)
        TRY(jinja_fail_here(p, "\"}}\" is expected"));
    p->at++;
done:
    return status;
}

/// True if the current token is one of the words `ends`.
static bool at_end(const jinja_parser *p, const char *const *ends)
{
    for (; *ends != NULL; ends++)
        if (jinja_at_name(p, *ends))
            return true;
    return false;
}

/// Parses up to the end of the template, or up to a block with one of the words `ends`, whose word
/// is then the current token.
static distill_status parse_statements(jinja_node **out, jinja_parser *p, const char *const *ends)
{
    distill_status status = DISTILL_OK;
    *out = NULL;
    if (++p->depth > MAX_BLOCKS)
        TRY(jinja_fail_here(p, "blocks are nested too deeply"));
    for (; jinja_current(p)->kind != JINJA_TOKEN_END; out = &(*out)->next) {
        const jinja_token *token = jinja_current(p);
        if (token->kind == JINJA_TOKEN_DATA) {
            TRY(jinja_node_new(out, p, JINJA_TEXT));
            (*out)->value = jinja_string(token->text, JINJA_FROM_TEMPLATE);
            p->at++;
        } else if (token->kind == JINJA_TOKEN_PRINT_BEGIN) {
            TRY(parse_print(out, p));
        } else {
            p->at++;
            if (ends != NULL && at_end(p, ends))
                break;
            TRY(parse_statement(out, p));
        }
    }
    p->depth--;
done:
    return status;
}

distill_status jinja_parse(jinja_parser *p, distill_span source)
{
    distill_status status = DISTILL_OK;
    p->lexer.memory = &p->t->memory;
    TRY(jinja_name_add(&p->t->loop, p->t, distill_span_of("loop")));
    TRY(jinja_name_add(&p->t->caller, p->t, distill_span_of("caller")));
    TRY(jinja_name_add(&p->t->varargs, p->t, distill_span_of("varargs")));
    TRY(jinja_name_add(&p->t->kwargs, p->t, distill_span_of("kwargs")));
    TRY(jinja_lexer_read(&p->lexer, source));
    TRY(parse_statements(&p->t->body, p, NULL));
    if (p->unknown != NULL)
        TRY(distill_fail(DISTILL_UNSUPPORTED, "line %u, column %u: unknown %s \"%.*s\"",
                         p->unknown->place.line, p->unknown->place.column,
                         p->unknown->kind == JINJA_FILTER ? "filter" : "test",
                         (int)p->unknown->text.length, p->unknown->text.bytes));
done:
    jinja_lexer_free(&p->lexer);
    return status;
}
