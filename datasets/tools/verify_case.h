// datasets/tools/verify_case.h - a labelled case for `distill verify`, from a line of JSON.
//
//     {"gold": "1/2", "response": "… \\boxed{0.5}", "expected": true}
//
// "pred" may stand for "response"; "expected" is null where "unknown" is the right verdict.
// Optional:
//   "domain"      "math", "choice" or "code"
//   "options"     texts of A, B, …, as an array or as an object
//   "kind"        "string": a gold that is a letter means multiple choice
//   "config"      {"precision": digits, "strict": bool} for math
//   "disputed", "convention"   the case is left out of the counts under "undisputed"
// A case with "tests", or with the fields of a published programming problem, needs no gold: the
// program in its response is run.
#ifndef DATASETS_TOOLS_VERIFY_CASE_H
#define DATASETS_TOOLS_VERIFY_CASE_H

#include "datasets/verify/math/math_equal.h"
#include "datasets/verify/verdict.h"
#include "distill/base/json/json_reader.h"

enum { VERIFY_CASE_OPTIONS = 10 };

/// How cases are compared: the choices of --domain.
typedef enum verify_domain { DOMAIN_AUTO, DOMAIN_MATH, DOMAIN_CHOICE, DOMAIN_CODE } verify_domain;

/// Texts are borrowed from the document.
typedef struct verify_case {
    verify_domain domain; // never auto
    distill_span gold, response;
    char number[32]; // a gold that is a JSON number, as text
    verdict_outcome expected;
    bool disputed;
    distill_span prompt, language; // of code
    math_options math;
    distill_span options[VERIFY_CASE_OPTIONS];
    size_t option_count;
} verify_case;

/// Reads a case; `tests` (cleared first) gets the tests of a programming problem. `domain`: how to
/// compare, or auto: the case's own domain, code where it has tests, choice where gold is a letter.
/// Errors  FORMAT naming line and key.
distill_status verify_case_read(verify_case *out, distill_text *tests, const distill_json *doc,
                                verify_domain domain) DISTILL_MUST_CHECK;

#endif
