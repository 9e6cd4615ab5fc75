// distill/base/options/options_settings.c - the values of options as JSON, for the settings stored in
// outputs.
#include "distill/base/json/json_writer.h"
#include "distill/base/options/options.h"

static void add_value(distill_json_writer *w, const distill_option *row, const void *field)
{
    const distill_string_list *list = field;
    switch (row->type) {
    case DISTILL_OPT_FLAG:
        distill_json_add_bool(w, row->name, *(const bool *)field);
        break;
    case DISTILL_OPT_INT:
        distill_json_add_int(w, row->name, *(const int *)field);
        break;
    case DISTILL_OPT_SIZE:
        distill_json_add_uint(w, row->name, *(const size_t *)field);
        break;
    case DISTILL_OPT_SEED:
        distill_json_add_uint(w, row->name, *(const uint64_t *)field);
        break;
    case DISTILL_OPT_REAL:
        distill_json_add_number(w, row->name, *(const double *)field);
        break;
    case DISTILL_OPT_STRING:
        distill_json_add_string(w, row->name, *(const char *const *)field);
        break;
    case DISTILL_OPT_CHOICE:
        distill_json_add_span(w, row->name, distill_choice_word(row->choices, *(const int *)field));
        break;
    case DISTILL_OPT_LIST:
        distill_json_begin_array(w, row->name);
        for (size_t i = 0; i < list->count; i++)
            distill_json_add_string(w, NULL, list->at[i]);
        distill_json_end_array(w);
        break;
    }
}

void distill_options_add(distill_json_writer *w, const distill_program *program,
                         const void *options)
{
    for (size_t i = 0; i < program->option_count; i++) {
        const distill_option *row = &program->options[i];
        bool common = row->offset < sizeof(distill_common_options) && row->type != DISTILL_OPT_SEED;
        if (row->name != NULL && !common)
            add_value(w, row, (const char *)options + row->offset);
    }
}

distill_status distill_options_write(distill_text *out, const distill_program *program,
                                     const void *options)
{
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    distill_options_add(&w, program, options);
    distill_json_end_object(&w);
    return distill_json_finish(&w);
}
