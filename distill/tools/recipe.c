// distill/tools/recipe.c - reads a recipe and replaces its variables.
//
// A stage's key is the SHA-256 of its command, its files and the key of the previous stage, so a
// change of a stage changes the keys of all later stages.
#include "distill/tools/recipe.h"

#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_RECIPE_BYTES = 1 << 20, MAX_STAGES = 1000 };

/// Sources of the values of variables; settings take precedence.
typedef struct variables {
    const distill_json *doc;
    const distill_json_node *own; // "variables" of the recipe
    const char *const *settings;  // "NAME=VALUE"
    size_t setting_count;
    distill_span folder; // ${recipe_dir}
} variables;

static bool find_variable(distill_span *value, const variables *v, distill_span name)
{
    for (size_t i = v->setting_count; i-- > 0;) {
        const char *setting = v->settings[i];
        if (strncmp(setting, name.bytes, name.length) == 0 && setting[name.length] == '=') {
            *value = distill_span_of(setting + name.length + 1);
            return true;
        }
    }
    if (distill_span_is(name, "recipe_dir")) {
        *value = v->folder;
        return true;
    }
    for (const distill_json_node *n = distill_json_first(v->own); n != NULL;
         n = distill_json_next(n))
        if (distill_span_is(name, distill_json_key(n))) {
            *value = distill_json_string(v->doc, n);
            return value->bytes != NULL;
        }
    return false;
}

/// Sets *out to the string `node` with each ${NAME} replaced by its value.
static distill_status expand(char **out, const variables *v, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_text text = {.limit = 1 << 20};
    distill_span source = distill_json_string(v->doc, node), value;
    if (source.bytes == NULL)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a string, found %s",
                         distill_json_where(v->doc, node, NULL), distill_json_kind_name(node)));
    for (size_t at = 0; at < source.length;) {
        size_t open = distill_span_find(source, distill_span_of("${"), at);
        size_t close =
            open == SIZE_MAX ? open : distill_span_find(source, distill_span_of("}"), open);
        if (close == SIZE_MAX) {
            TRY(distill_text_append(&text, source.bytes + at, source.length - at));
            break;
        }
        TRY(distill_text_append(&text, source.bytes + at, open - at));
        distill_span name = {source.bytes + open + 2, close - open - 2};
        if (!find_variable(&value, v, name))
            TRY(distill_fail(DISTILL_FORMAT,
                             "%s: ${%.*s} is not a variable; define it under \"variables\" or with "
                             "--set",
                             distill_json_where(v->doc, node, NULL), (int)name.length, name.bytes));
        TRY(distill_text_add_span(&text, value));
        at = close + 1;
    }
    TRY(distill_copy_string(out, text.bytes != NULL ? text.bytes : "", text.length));
done:
    distill_text_free(&text);
    return status;
}

static distill_status check_stage_keys(const distill_json *doc, const distill_json_node *node)
{
    static const char *const known[] = {"name", "command", "stdin", "stdout", "note"};
    for (const distill_json_node *n = distill_json_first(node); n != NULL;
         n = distill_json_next(n)) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found |= strcmp(distill_json_key(n), known[i]) == 0;
        if (!found)
            return distill_fail(DISTILL_FORMAT,
                                "%s: not a key of a stage; valid keys are name, command, "
                                "stdin, stdout, note",
                                distill_json_where(doc, n, NULL));
    }
    return DISTILL_OK;
}

static distill_status read_stage(recipe_stage *stage, const variables *v,
                                 const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *command = distill_json_member(node, "command");
    const distill_json_node *input = distill_json_present(node, "stdin");
    const distill_json_node *output = distill_json_present(node, "stdout");
    distill_span name;
    TRY(check_stage_keys(v->doc, node));
    TRY(distill_json_get_string(&name, v->doc, node, "name"));
    TRY(distill_copy_string(&stage->name, name.bytes, name.length));
    if (distill_json_kind_of(command) != DISTILL_JSON_ARRAY || distill_json_count(command) == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an array of strings, found %s",
                         distill_json_where(v->doc, node, "command"),
                         distill_json_kind_name(command)));
    TRY(DISTILL_NEW(&stage->argv, distill_json_count(command) + 1));
    for (const distill_json_node *n = distill_json_first(command); n != NULL;
         n = distill_json_next(n))
        TRY(expand(&stage->argv[stage->argc++], v, n));
    if (input != NULL)
        TRY(expand(&stage->input, v, input));
    if (output != NULL)
        TRY(expand(&stage->output, v, output));
done:
    return status;
}

/// Sets the stage's key; `before` is the key of the previous stage, "" for the first.
static distill_status make_key(recipe_stage *stage, const char *before)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    TRY(distill_text_printf(&text, "%s\n%s\n", before, stage->name));
    for (size_t i = 0; i < stage->argc; i++)
        TRY(distill_json_write_string(&text, distill_span_of(stage->argv[i])));
    TRY(distill_text_printf(&text, "\n%s\n%s", stage->input != NULL ? stage->input : "",
                            stage->output != NULL ? stage->output : ""));
    TRY(distill_sha256_bytes(stage->key, text.bytes, text.length));
done:
    distill_text_free(&text);
    return status;
}

static distill_status check_settings(const variables *v, const char *path)
{
    for (size_t i = 0; i < v->setting_count; i++) {
        const char *equals = strchr(v->settings[i], '=');
        bool known = false;
        for (const distill_json_node *n = distill_json_first(v->own); equals != NULL && n != NULL;
             n = distill_json_next(n))
            known |=
                distill_span_is((distill_span){v->settings[i], (size_t)(equals - v->settings[i])},
                                distill_json_key(n));
        if (!known)
            return distill_fail(
                DISTILL_USAGE,
                "--set %s: expected NAME=VALUE with a NAME under \"variables\" of %s",
                v->settings[i], path);
    }
    return DISTILL_OK;
}

/// The name of a stage must be usable as the name of a file in .stages.
static distill_status check_name(const recipe *r, size_t index, const char *path)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(r->stages[i].name, r->stages[index].name) == 0)
            return distill_fail(DISTILL_FORMAT, "%s: two stages are named \"%s\"", path,
                                r->stages[index].name);
    if (r->stages[index].name[0] == '\0' || strchr(r->stages[index].name, '/') != NULL)
        return distill_fail(DISTILL_FORMAT, "%s: stages[%zu].name: expected a name without \"/\"",
                            path, index);
    return DISTILL_OK;
}

static distill_status read_stages(recipe *r, const variables *v, const char *path)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *stages = distill_json_member(distill_json_root(v->doc), "stages");
    size_t count = distill_json_count(stages);
    if (distill_json_kind_of(stages) != DISTILL_JSON_ARRAY || count == 0 || count > MAX_STAGES)
        TRY(distill_fail(DISTILL_FORMAT, "%s: stages: expected an array of 1 to %d stages", path,
                         MAX_STAGES));
    TRY(DISTILL_NEW(&r->stages, count));
    for (const distill_json_node *n = distill_json_first(stages); n != NULL;
         n = distill_json_next(n)) {
        recipe_stage *stage = &r->stages[r->count++];
        TRY(read_stage(stage, v, n));
        TRY(check_name(r, r->count - 1, path));
        TRY(make_key(stage, r->count > 1 ? r->stages[r->count - 2].key : ""));
    }
done:
    return status;
}

distill_status recipe_read(recipe *out, const char *path, const char *const *settings,
                           size_t setting_count)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    recipe r = {0};
    char *full = realpath(path, NULL); // absolute, because commands may run in another folder
    TRY(distill_json_read(&doc, path, MAX_RECIPE_BYTES));
    variables v = {.doc = doc,
                   .own = distill_json_member(distill_json_root(doc), "variables"),
                   .settings = settings,
                   .setting_count = setting_count,
                   .folder = full == NULL
                                 ? distill_span_of(".")
                                 : (distill_span){full, (size_t)(strrchr(full, '/') - full)}};
    TRY(check_settings(&v, path));
    TRY(read_stages(&r, &v, path));
    *out = r;
    r = (recipe){0};
done:
    recipe_free(&r);
    distill_json_free(doc);
    free(full);
    return status;
}

void recipe_free(recipe *r)
{
    for (size_t i = 0; i < r->count; i++) {
        recipe_stage *stage = &r->stages[i];
        for (size_t j = 0; j < stage->argc; j++)
            distill_free(stage->argv[j]);
        distill_free(stage->argv);
        distill_free(stage->name);
        distill_free(stage->input);
        distill_free(stage->output);
    }
    distill_free(r->stages);
    *r = (recipe){0};
}
