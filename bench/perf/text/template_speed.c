// bench/perf/text/template_speed.c - measures how many conversations a second a chat template renders on
// one core.
//
// Each conversation has one user message of 40 words, the tools and documents that transformers
// passes, and a generation prompt. Times are processor time of the thread.
#include "bench/perf/usage.h"
#include "distill/base/file.h"
#include "distill/text/jinja/jinja.h"

#include <stdio.h>
#include <time.h>

static const char USAGE[] = "usage: template_speed FILE.jinja...\n"
                            "Renders one-turn conversations with chat templates on one core.\n";

enum { RENDERINGS = 20000 };

static const char QUESTION[] =
    "A train leaves the station at nine in the morning and travels at eighty kilometres an hour. "
    "Another one leaves two hours later at a hundred kilometres an hour. When does the second "
    "train reach the first one, and how far from the station?";

static double core_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/// The list of one user message.
static distill_status make_messages(jinja_value *out, jinja_run *run)
{
    distill_status status = DISTILL_OK;
    jinja_value message;
    TRY(jinja_dict_new(&message, run));
    TRY(jinja_dict_set(message.as.dict, run,
                       jinja_string(distill_span_of("role"), JINJA_FROM_TEMPLATE),
                       jinja_string(distill_span_of("user"), JINJA_FROM_TEMPLATE)));
    TRY(jinja_dict_set(message.as.dict, run,
                       jinja_string(distill_span_of("content"), JINJA_FROM_TEMPLATE),
                       jinja_string(distill_span_of(QUESTION), JINJA_FROM_INPUT)));
    TRY(jinja_list_new(out, run, 1));
    out->as.list->items[0] = message;
done:
    return status;
}

static distill_status render(size_t *bytes, const jinja_template *t)
{
    distill_status status = DISTILL_OK;
    jinja_rendering r = {.program = t, .now = "2024-07-26"};
    jinja_value messages;
    TRY(jinja_rendering_begin(&r));
    TRY(make_messages(&messages, &r.run));
    TRY(jinja_rendering_set(&r, "messages", messages));
    TRY(jinja_rendering_set(&r, "tools", jinja_none()));
    TRY(jinja_rendering_set(&r, "documents", jinja_none()));
    TRY(jinja_rendering_set(&r, "add_generation_prompt", jinja_bool(true)));
    TRY(jinja_rendering_set(&r, "bos_token",
                            jinja_string(distill_span_of("<s>"), JINJA_FROM_TEMPLATE)));
    TRY(jinja_rendering_run(&r));
    *bytes += r.text.length;
done:
    jinja_rendering_end(&r);
    return status;
}

static distill_status measure(const char *path)
{
    distill_status status = DISTILL_OK;
    distill_text source = {0};
    jinja_template *t = NULL;
    size_t bytes = 0;
    TRY(distill_file_read(&source, path, 1 << 20));
    TRY(jinja_compile(&t, distill_text_span(&source)));
    double started = core_seconds();
    for (int i = 0; i < RENDERINGS; i++)
        TRY(render(&bytes, t));
    double seconds = core_seconds() - started;
    printf("%s: %.0f renderings/s, %.1f us each, %zu bytes\n", path, RENDERINGS / seconds,
           1e6 * seconds / RENDERINGS, bytes / RENDERINGS);
done:
    jinja_free(t);
    distill_text_free(&source);
    return status;
}

int main(int argc, char **argv)
{
    usage_check(argc, argv, 1, argc, USAGE);
    for (int i = 1; i < argc; i++)
        if (measure(argv[i]) != DISTILL_OK) {
            fprintf(stderr, "template_speed: error: %s: %s\n", argv[i], distill_error_message());
            return 1;
        }
    return 0;
}
