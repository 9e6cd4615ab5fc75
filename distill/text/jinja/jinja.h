// distill/text/jinja/jinja.h - an interpreter of the part of Jinja2 that chat templates use.
//
//     jinja_template *t = NULL;
//     TRY(jinja_compile(&t, distill_span_of("{{ greeting }}, {{ name|upper }}!")));
//     jinja_rendering r = {.program = t};
//     TRY(jinja_rendering_begin(&r));
//     TRY(jinja_rendering_set(&r, "name", jinja_string(name, JINJA_FROM_INPUT)));
//     TRY(jinja_rendering_run(&r));
//     … r.text, r.input, r.generation …
//     jinja_rendering_end(&r);
//     jinja_free(t);
//
// Private to distill/text. A template behaves as in transformers: Jinja2's immutable sandbox with
// trim_blocks, lstrip_blocks, loop controls, {% generation %}, raise_exception, strftime_now, and a
// `tojson` that does not escape. What is not supported is refused by name with its place: when the
// template is compiled, or, for filters and tests in a branch, when the branch is evaluated.
//
// Limits   10 million steps and 64 MiB for each rendering; nesting of the source and of calls.
// Threads  a template is immutable and may be shared; a rendering belongs to one thread.
// Departs  from Jinja2: integers have 64 bits; generators are computed at once; recursive loops,
//          inheritance, imports and a few filters (groupby, pprint, random, urlize, wordwrap,
//          xmlattr, …) are unknown.
#ifndef DISTILL_TEXT_JINJA_JINJA_H
#define DISTILL_TEXT_JINJA_JINJA_H

#include "distill/base/json/json_reader.h"
#include "distill/text/jinja/values/jinja_run.h"

typedef struct jinja_template jinja_template;

/// Errors  FORMAT with line and column; UNSUPPORTED for an unknown filter or test.
distill_status jinja_compile(jinja_template **out, distill_span source) DISTILL_MUST_CHECK;
void jinja_free(jinja_template *t);
/// True if the template has a {% generation %} block.
bool jinja_has_generation(const jinja_template *t);
/// True if the template uses a variable of this name.
bool jinja_uses_name(const jinja_template *t, const char *name);

typedef struct jinja_rendering {
    const jinja_template *program;
    const char *now; // of strftime_now: "YYYY-MM-DD"; NULL: the system's clock
    // set by jinja_rendering_run; valid until jinja_rendering_end
    distill_span text;
    const jinja_range *input; // ranges of the text that are input, in order
    size_t input_count;
    const jinja_range *generation; // ranges of {% generation %}, in order
    size_t generation_count;
    // private
    jinja_run run;
} jinja_rendering;

distill_status jinja_rendering_begin(jinja_rendering *r) DISTILL_MUST_CHECK;
/// Sets a variable; a name that the template does not use is ignored.
distill_status jinja_rendering_set(jinja_rendering *r, const char *name,
                                   jinja_value value) DISTILL_MUST_CHECK;
/// Errors  FORMAT with line and column for an error of the template, or what it raises; LIMIT.
distill_status jinja_rendering_run(jinja_rendering *r) DISTILL_MUST_CHECK;
void jinja_rendering_end(jinja_rendering *r);

/// A text that is input; invalid UTF-8 becomes U+FFFD.
distill_status jinja_from_text(jinja_value *out, jinja_run *run,
                               distill_span text) DISTILL_MUST_CHECK;
/// The value of a JSON node; strings are input.
distill_status jinja_from_json(jinja_value *out, jinja_run *run, const distill_json *doc,
                               const distill_json_node *node) DISTILL_MUST_CHECK;

#endif
