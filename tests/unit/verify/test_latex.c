// tests/unit/verify/test_latex.c - the trees of answers, printed as nested lists, and the limits of
// the parser.
#include "datasets/verify/math/latex/latex_names.h"
#include "datasets/verify/math/latex/latex_parser.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static _Alignas(16) char block[SCRATCH_BYTES];

static const char *const KINDS[] = {
    "number", "based", "symbol", "constant", "+",      "*",     "neg",     "inv",
    "/",      "^",     "root",   "!",        "abs",    "fn",    "call",    "binom",
    "either", "deg",   "%",      "series",   "unit",   "ratio", "bracket", "list",
    "set",    "such",  "setop",  "named",    "matrix", "rel",   "mod",     "text"};

static void print(char *out, size_t size, const expr *e)
{
    size_t used = strlen(out);
    int64_t integer;
    if (e->kind == EXPR_NUMBER && exact_to_int(&integer, &e->value))
        snprintf(out + used, size - used, "%lld", (long long)integer);
    else if (e->kind == EXPR_NUMBER)
        snprintf(out + used, size - used, "%.6Lg", exact_to_real(&e->value));
    else if (e->kind == EXPR_SYMBOL || e->kind == EXPR_TEXT)
        snprintf(out + used, size - used, "%.*s", (int)e->text.length, e->text.bytes);
    else if (e->kind == EXPR_CONSTANT)
        snprintf(out + used, size - used, "#%d", e->op);
    else if (e->kind == EXPR_BRACKET)
        snprintf(out + used, size - used, "%c%c", e->open, e->close);
    else
        snprintf(out + used, size - used, "%s", KINDS[e->kind]);
    if (e->count == 0)
        return;
    strncat(out, "{", size - strlen(out) - 1);
    for (size_t i = 0; i < e->count; i++) {
        if (i > 0)
            strncat(out, " ", size - strlen(out) - 1);
        print(out, size, e->child[i]);
    }
    strncat(out, "}", size - strlen(out) - 1);
}

static const char *shape(const char *text)
{
    static char out[4096];
    scratch m = {block, sizeof block, 0};
    expr *e = latex_parse(&m, distill_span_of(text), 0);
    out[0] = '\0';
    if (e == NULL)
        return "none";
    print(out, sizeof out, e);
    return out;
}

static void precedence_is_that_of_mathematics(void **state)
{
    (void)state;
    assert_string_equal(shape("1+2x^2"), "+{1 *{2 ^{x 2}}}");
    assert_string_equal(shape("-x^2"), "neg{^{x 2}}");
    assert_string_equal(shape("a/b/c"), "*{a inv{b} inv{c}}");
    assert_string_equal(shape("2^3^2"), "^{2 ^{3 2}}");
    assert_string_equal(shape("x^{-1/4}"), "^{x neg{*{1 inv{4}}}}");
    assert_string_equal(shape("n!^2"), "^{!{n} 2}");
    assert_string_equal(shape("--3"), "3");
    assert_string_equal(shape("2 \\cdot -3"), "*{2 neg{3}}");
}

static void fractions_take_what_tex_takes(void **state)
{
    (void)state;
    assert_string_equal(shape("\\frac12"), "/{1 2}");
    assert_string_equal(shape("\\frac123"), "*{/{1 2} 3}");
    assert_string_equal(shape("\\frac{270}7"), "/{270 7}");
    assert_string_equal(shape("\\dfrac{a+b}{\\sqrt c}"), "/{+{a b} root{c 2}}");
    assert_string_equal(shape("\\sqrt[3]{x}"), "root{x 3}");
    assert_string_equal(shape("\\sqrt15"), "root{15 2}");
    assert_string_equal(shape("√15"), "root{15 2}");
}

static void numbers_are_read_in_common_notations(void **state)
{
    (void)state;
    assert_string_equal(shape("1,234"), "1234");
    assert_string_equal(shape("1, 234"), "list{1 234}");
    assert_string_equal(shape("(1,234)"), "(){1 234}");
    assert_string_equal(shape("1{,}234"), "1234");
    assert_string_equal(shape("14 {, }916"), "14916");
    assert_string_equal(shape("11,\\! 111"), "11111");
    assert_string_equal(shape("0{,}5"), "0.5");
    assert_string_equal(shape("2\\frac13"), "+{2 /{1 3}}");
    assert_string_equal(shape("2\\frac31"), "*{2 /{3 1}}");
    assert_string_equal(shape("1.5e3"), "1500");
    assert_string_equal(shape("５０％"), "%{50}");
    assert_string_equal(shape("5 4.6"), "none");
}

static void arguments_of_functions_end_where_expected(void **state)
{
    (void)state;
    assert_string_equal(shape("\\sin 2x \\cos y"), "*{fn{*{2 x}} fn{y}}");
    assert_string_equal(shape("\\sin 4 \\cdot x"), "fn{*{4 x}}");
    assert_string_equal(shape("\\sin x \\cdot y"), "*{fn{x} y}");
    assert_string_equal(shape("\\sin^2 x"), "^{fn{x} 2}");
    assert_string_equal(shape("\\sin(x)/2"), "*{fn{x} inv{2}}");
    assert_string_equal(shape("\\log_2 8"), "fn{8 2}");
    assert_string_equal(shape("\\ln(3)x"), "*{fn{3} x}");
    assert_string_equal(shape("f(x)+1"), "+{call{x} 1}");
    assert_string_equal(shape("x(y+1)"), "*{x +{y 1}}");
}

static void collections_keep_their_brackets(void **state)
{
    (void)state;
    assert_string_equal(shape("\\left(0, \\frac12\\right]"), "(]{0 /{1 2}}");
    assert_string_equal(shape("\\{1, 2\\}"), "set{1 2}");
    assert_string_equal(shape("\\{x \\mid x > 3\\}"), "such{x rel{x 3}}");
    assert_string_equal(shape("3 \\text{ and } 4"), "list{3 4}");
    assert_string_equal(shape("p=5,q=2;p=7"), "list{list{rel{p 5} rel{q 2}} rel{p 7}}");
    assert_string_equal(shape("(-\\infty,2)\\cup(3,4)"), "setop{(){neg{#4} 2} (){3 4}}");
    assert_string_equal(shape("1:2:3"), "ratio{1 2 3}");
    assert_string_equal(shape("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}"), "matrix{1 2 3 4}");
}

static void words_become_units_names_or_text(void **state)
{
    (void)state;
    assert_string_equal(shape("15\\mbox{ cm}^2"), "unit{15}");
    assert_string_equal(shape("\\text{Total} = 5"), "rel{Total 5}");
    assert_string_equal(shape("\\text{no solution}"), "no solution");
    assert_string_equal(shape("\\$5"), "unit{5}");
    assert_string_equal(shape("90^\\circ"), "deg{90}");
    assert_string_equal(shape("7th"), "unit{7}");
    assert_string_equal(shape("ab"), "*{a b}");
}

static void what_is_outside_the_grammar_has_no_tree(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"",
                                        "\\sum_{k} k",
                                        "1+",
                                        "\\frac{1}",
                                        "(1,2",
                                        "{1",
                                        "x^",
                                        "\\begin{pmatrix}1",
                                        "\\left",
                                        "= =",
                                        "1 2 3 4 5 6",
                                        "\\sqrt",
                                        "a \\int b",
                                        "|x",
                                        "\\text{area} 5"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        assert_string_equal(shape(TEXTS[i]), "none");
}

/// `open` n times, "1", `close` n times.
static char *nested(const char *open, const char *close, size_t n)
{
    char *text = calloc(n * (strlen(open) + strlen(close)) + 2, 1);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        strcat(text, open);
    strcat(text, "1");
    for (size_t i = 0; i < n; i++)
        strcat(text, close);
    return text;
}

static void deep_and_long_texts_are_refused(void **state)
{
    (void)state;
    static const char *const PAIRS[][2] = {{"(", ")"},      {"{", "}"},     {"\\sqrt{", "}"},
                                           {"|", "|"},      {"\\{", "\\}"}, {"2^{", "}"},
                                           {"\\sin(", ")"}, {"-(", ")"},    {"\\text{", "}"}};
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        char *text = nested(PAIRS[i][0], PAIRS[i][1], 400);
        assert_string_equal(shape(text), "none");
        free(text);
    }
    char *sum = nested("1+", "", 3000);
    assert_string_equal(shape(sum), "none");
    free(sum);
    char *primes = nested("", "!", 300);
    assert_string_equal(shape(primes), "none");
    free(primes);
}

static void names_are_found_in_their_tables(void **state)
{
    (void)state;
    // across the sorted tables, so that an entry out of order is not found
    static const char *const COMMANDS[] = {
        "Alpha",  "Im",   "approx",   "bf",    "binom", "cdot", "cis",       "cos",
        "dots",   "fbox", "geqslant", "iff",   "infty", "le",   "left",      "lvert",
        "mathbb", "mp",   "neq",      "notin", "over",  "pi",   "pm",        "quad",
        "rm",     "sqrt", "tan",      "text",  "times", "vec",  "widetilde", "yen"};
    static const char *const WORDS[] = {"acos", "and", "cis", "cos",  "infinity",
                                        "log",  "or",  "pi",  "sqrt", "theta"};
    static const uint32_t SIGNS[] = {0x00A0, 0x00B2, 0x00D7, 0x03C0,
                                     0x2212, 0x221A, 0x2264, 0xFFE5};
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (latex_command(distill_span_of(COMMANDS[i])) == NULL)
            fail_msg("\\%s is not found", COMMANDS[i]);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        assert_non_null(latex_word(distill_span_of(WORDS[i])));
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        assert_non_null(latex_character(SIGNS[i]));
    assert_null(latex_command(distill_span_of("co")));
    assert_null(latex_command(distill_span_of("")));
    assert_null(latex_word(distill_span_of("apples")));
    assert_null(latex_character('x'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_in_their_tables),
        cmocka_unit_test(precedence_is_that_of_mathematics),
        cmocka_unit_test(fractions_take_what_tex_takes),
        cmocka_unit_test(numbers_are_read_in_common_notations),
        cmocka_unit_test(arguments_of_functions_end_where_expected),
        cmocka_unit_test(collections_keep_their_brackets),
        cmocka_unit_test(words_become_units_names_or_text),
        cmocka_unit_test(what_is_outside_the_grammar_has_no_tree),
        cmocka_unit_test(deep_and_long_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
