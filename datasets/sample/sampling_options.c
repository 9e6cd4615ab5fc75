// datasets/sample/sampling_options.c - checks the sampling options, and fills a job from them.
#include "datasets/sample/sampling_options.h"

#include <string.h>

distill_status sampling_options_check(const sampling_options *options)
{
    for (size_t i = 0; i < options->stop.count; i++)
        if (options->stop.at[i][0] == '\0')
            return distill_fail(DISTILL_USAGE, "--stop: an empty text would stop every reply");
    if (strstr(options->prompt_template, "{prompt}") == NULL)
        return distill_fail(
            DISTILL_USAGE,
            "--prompt-template: \"%s\" has no {prompt}, the place of the prompt's text",
            options->prompt_template);
    return DISTILL_OK;
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
