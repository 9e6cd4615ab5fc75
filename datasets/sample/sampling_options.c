// datasets/sample/sampling_options.c - checks the sampling options, and fills a job from them.
#include "datasets/sample/sampling_options.h"

#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/memory.h"

#include <string.h>

enum { MAX_CONFIG_BYTES = 1 << 20 };

distill_status sampling_options_check(const sampling_options *options)
{
    for (size_t i = 0; i < options->stop.count; i++)
        if (options->stop.at[i][0] == '\0')
            return distill_fail(DISTILL_USAGE, "--stop: an empty text would stop every reply");
    if (strcmp(options->prompt_template, "auto") != 0 &&
        strstr(options->prompt_template, "{prompt}") == NULL)
        return distill_fail(
            DISTILL_USAGE,
            "--prompt-template: \"%s\" has no {prompt}, the place of the prompt's text",
            options->prompt_template);
    return DISTILL_OK;
}

distill_status sampling_prompt_template(char **out, const char *given, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    distill_json *doc = NULL;
    distill_span text = distill_span_of(given);
    if (strcmp(given, "auto") == 0) {
        text = distill_span_of(PROMPT_TEMPLATE_DEFAULT);
        if (dir != NULL)
            TRY(distill_path_join(&path, dir, "generation_config.json"));
        if (dir != NULL && distill_file_exists(path.bytes)) {
            TRY(distill_json_read(&doc, path.bytes, MAX_CONFIG_BYTES));
            distill_span own = distill_json_string(
                doc, distill_json_present(distill_json_root(doc), "prompt_template"));
            if (own.bytes != NULL && strstr(own.bytes, "{prompt}") != NULL)
                text = own;
        }
    }
    TRY(distill_copy_string(out, text.bytes, text.length));
done:
    distill_json_free(doc);
    distill_text_free(&path);
    return status;
}

sampling_job sampling_options_job(const sampling_options *options)
{
    return (sampling_job){.sampling = {.temperature = options->temperature,
                                       .top_p = options->top_p,
                                       .top_k = options->top_k,
                                       .min_p = options->min_p,
                                       .max_tokens = options->max_tokens,
                                       .stop = options->stop.at,
                                       .stop_count = options->stop.count},
                          .system = options->system,
                          .prompt_template = options->prompt_template,
                          .think_prefix = options->think_prefix};
}
