// tests/differential/jinja/jinja_render.c - renders template programs, for the comparison with Python's
// Jinja2 (jinja_pairs.py).
//
//     jinja_render < cases.jsonl
//
// A line in: {"template": TEXT, "variables": {...}, "now": "2024-07-26"}. A line out:
// {"text": TEXT, "generation": [[begin, end], ...]} (bytes), or {"error": MESSAGE}.
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/text/jinja/jinja.h"

#include <stdio.h>
#include <stdlib.h>

static distill_status set_variables(jinja_rendering *r, const distill_json *doc,
                                    const distill_json_node *variables)
{
    distill_status status = DISTILL_OK;
    jinja_value value;
    for (const distill_json_node *item = distill_json_first(variables); item != NULL;
         item = distill_json_next(item)) {
        TRY(jinja_from_json(&value, &r->run, doc, item));
        TRY(jinja_rendering_set(r, distill_json_key(item), value));
    }
done:
    return status;
}

static void write_text(distill_json_writer *w, const jinja_rendering *r)
{
    distill_json_begin_object(w, NULL);
    distill_json_add_span(w, "text", r->text);
    distill_json_begin_array(w, "generation");
    for (size_t i = 0; i < r->generation_count; i++) {
        distill_json_begin_array(w, NULL);
        distill_json_add_uint(w, NULL, r->generation[i].begin);
        distill_json_add_uint(w, NULL, r->generation[i].end);
        distill_json_end_array(w);
    }
    distill_json_end_array(w);
    distill_json_end_object(w);
}

static distill_status render(distill_json_writer *w, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    jinja_template *t = NULL;
    jinja_rendering r = {0};
    distill_span source, now = {NULL, 0};
    TRY(distill_json_get_string(&source, doc, root, "template"));
    if (distill_json_present(root, "now") != NULL)
        TRY(distill_json_get_string(&now, doc, root, "now"));
    TRY(jinja_compile(&t, source));
    r = (jinja_rendering){.program = t, .now = now.bytes};
    TRY(jinja_rendering_begin(&r));
    TRY(set_variables(&r, doc, distill_json_member(root, "variables")));
    TRY(jinja_rendering_run(&r));
    write_text(w, &r);
done:
    jinja_rendering_end(&r);
    jinja_free(t);
    return status;
}

int main(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    distill_text out = {0};
    while ((length = getline(&line, &capacity, stdin)) > 0) {
        distill_json *doc = NULL;
        distill_json_writer w = {.out = &out};
        distill_text_clear(&out);
        if (distill_json_parse(&doc, line, (size_t)length, "stdin") != DISTILL_OK ||
            render(&w, doc) != DISTILL_OK) {
            w = (distill_json_writer){.out = &out};
            distill_text_clear(&out);
            distill_json_begin_object(&w, NULL);
            distill_json_add_string(&w, "error", distill_error_message());
            distill_json_end_object(&w);
        }
        distill_json_free(doc);
        if (distill_json_finish_line(&w) != DISTILL_OK)
            return EXIT_FAILURE;
        fwrite(out.bytes, 1, out.length, stdout);
    }
    free(line);
    distill_text_free(&out);
    return EXIT_SUCCESS;
}
