// datasets/tools/verify_case.c - reads a labelled case for `distill verify` from a line of JSON.
//
// The domain is decided in this order: --domain, the field "domain", the presence of tests, a gold
// that is a letter.
#include "datasets/tools/verify_case.h"

#include "datasets/verify/choice.h"
#include "datasets/verify/code/code_tests.h"

#include <stdio.h>

static distill_status read_expected(verdict_outcome *out, const distill_json *doc)
{
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *node = distill_json_member(root, "expected");
    distill_json_kind kind = node != NULL ? distill_json_kind_of(node) : DISTILL_JSON_ARRAY;
    if (kind == DISTILL_JSON_BOOL)
        *out = distill_json_true(node) ? VERDICT_RIGHT : VERDICT_WRONG;
    else if (kind == DISTILL_JSON_NULL)
        *out = VERDICT_UNKNOWN;
    else
        return distill_fail(DISTILL_FORMAT, "%s: expected true, false or null, found %s",
                            distill_json_where(doc, root, "expected"),
                            distill_json_kind_name(node));
    return DISTILL_OK;
}

static distill_status read_config(math_options *out, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *config = distill_json_present(distill_json_root(doc), "config");
    bool strict = true;
    size_t precision = 0;
    *out = MATH_DEFAULTS;
    if (config == NULL)
        return DISTILL_OK;
    TRY(distill_json_get_bool_or(&strict, doc, config, "strict", true));
    out->any_variable = !strict;
    if (distill_json_present(config, "precision") != NULL) {
        TRY(distill_json_get_size(&precision, doc, config, "precision", 0, 15));
        out->precision = (int)precision;
    }
done:
    return status;
}

/// Reads the texts of the options from an array, or from the values of an object, in order.
static void read_option_texts(verify_case *out, const distill_json *doc)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), "options");
    if (node == NULL)
        return;
    for (const distill_json_node *one = distill_json_first(node);
         one != NULL && out->option_count < VERIFY_CASE_OPTIONS; one = distill_json_next(one))
        out->options[out->option_count++] = distill_json_string(doc, one);
}

/// Reads the reference answer, a string or a number.
static distill_status read_gold(verify_case *out, const distill_json *doc)
{
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *node = distill_json_present(root, "gold");
    if (distill_json_kind_of(node) != DISTILL_JSON_NUMBER)
        return distill_json_get_string(&out->gold, doc, root, "gold");
    snprintf(out->number, sizeof out->number, "%.15g", distill_json_number(node));
    out->gold = distill_span_of(out->number);
    return DISTILL_OK;
}

/// The domain of a case that is not about code: as given, as the case says, or by its gold.
static verify_domain domain_of_answer(const verify_case *c, const distill_json *doc,
                                      verify_domain domain)
{
    const distill_json_node *root = distill_json_root(doc);
    distill_span kind = distill_json_string(doc, distill_json_present(root, "kind"));
    distill_span named = distill_json_string(doc, distill_json_present(root, "domain"));
    if (domain == DOMAIN_CHOICE || domain == DOMAIN_MATH)
        return domain;
    if (domain == DOMAIN_AUTO && distill_span_is(named, "choice"))
        return DOMAIN_CHOICE;
    if (domain == DOMAIN_AUTO && distill_span_is(named, "math"))
        return DOMAIN_MATH;
    bool letter =
        choice_is_letter(c->gold) && (kind.length == 0 || distill_span_is(kind, "string"));
    return letter ? DOMAIN_CHOICE : DOMAIN_MATH;
}

/// Reads the tests of a programming problem into `tests`; *is_code is true if the case is one.
static distill_status read_code(verify_case *out, bool *is_code, distill_text *tests,
                                const distill_json *doc, verify_domain domain)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    distill_span named = distill_json_string(doc, distill_json_present(root, "domain"));
    distill_text_clear(tests);
    TRY(code_tests_of_line(tests, NULL, doc));
    bool by_itself = distill_span_is(named, "code") || (named.length == 0 && tests->length > 0);
    *is_code = domain == DOMAIN_CODE || (domain == DOMAIN_AUTO && by_itself);
    out->prompt = distill_json_string(doc, distill_json_present(root, "prompt"));
    out->language = distill_json_string(doc, distill_json_present(root, "language"));
done:
    return status;
}

/// Reads the fields that decide how a case that is not about code is compared.
static distill_status read_answer(verify_case *out, const distill_json *doc, verify_domain domain)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    TRY(read_config(&out->math, doc));
    read_option_texts(out, doc);
    out->domain = domain_of_answer(out, doc, domain);
    if (out->domain == DOMAIN_CHOICE && choice_letter_of(out->gold) == '\0')
        TRY(distill_fail(DISTILL_FORMAT, "%s: a letter from A to J was expected, found %.*s",
                         distill_json_where(doc, root, "gold"), (int)out->gold.length,
                         out->gold.bytes));
done:
    return status;
}

distill_status verify_case_read(verify_case *out, distill_text *tests, const distill_json *doc,
                                verify_domain domain)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    bool by_pred = distill_json_present(root, "response") == NULL &&
                   distill_json_present(root, "pred") != NULL;
    bool convention = false, is_code = false;
    *out = (verify_case){.domain = DOMAIN_CODE};
    TRY(read_code(out, &is_code, tests, doc, domain));
    if (!is_code)
        TRY(read_gold(out, doc));
    TRY(distill_json_get_string(&out->response, doc, root, by_pred ? "pred" : "response"));
    TRY(read_expected(&out->expected, doc));
    TRY(distill_json_get_bool_or(&convention, doc, root, "convention", false));
    out->disputed = convention || distill_json_present(root, "disputed") != NULL;
    if (!is_code)
        TRY(read_answer(out, doc, domain));
done:
    return status;
}
