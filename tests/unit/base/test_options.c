// tests/unit/base/test_options.c - options: spellings, bounds, precedence of the command line over
// --config, and settings written as JSON.
#include "distill/base/file.h"
#include "distill/base/options/options.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

typedef struct demo_options {
    distill_common_options common;
    double temperature;
    size_t max_tokens;
    const char *name;
    enum { MODE_AUTO, MODE_ON, MODE_OFF } mode;
    bool packing;
    distill_string_list files;
} demo_options;

static const demo_options DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS,
                                      .temperature = 0.6,
                                      .max_tokens = 10,
                                      .mode = MODE_ON,
                                      .packing = true};
#define AT(field) offsetof(demo_options, field)
static const distill_option ROWS[] = {
    {.section = "Demo"},
    {.name = "temperature",
     .letter = 't',
     .type = DISTILL_OPT_REAL,
     .offset = AT(temperature),
     .high = 2},
    {.name = "max-tokens",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(max_tokens),
     .low = 1,
     .high = 100,
     .aliases = "max-new-tokens,limit"},
    {.name = "name", .type = DISTILL_OPT_STRING, .offset = AT(name)},
    {.name = "mode", .type = DISTILL_OPT_CHOICE, .offset = AT(mode), .choices = "auto|on|off"},
    {.name = "packing", .type = DISTILL_OPT_FLAG, .offset = AT(packing)},
    {.name = "files", .type = DISTILL_OPT_LIST, .offset = AT(files), .positional_list = true},
    DISTILL_COMMON_ROWS,
};
static const distill_program PROGRAM = {.name = "demo",
                                        .summary = "test",
                                        .usage = "demo",
                                        .options = ROWS,
                                        .option_count = sizeof ROWS / sizeof *ROWS,
                                        .defaults = &DEFAULTS,
                                        .size = sizeof DEFAULTS};

/// Splits `line` at spaces (modifying it) and parses it.
static distill_status parse(demo_options *options, char *line)
{
    char *argv[32] = {"demo"};
    int argc = 1;
    for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " "))
        argv[argc++] = word;
    return distill_options_parse(options, &PROGRAM, argc, argv);
}

static void every_spelling_is_accepted(void **state)
{
    (void)state;
    demo_options o;
    char line[] =
        "-t 0.5 --max_new_tokens=7 --mode off --no-packing a.h5 --files b.h5 c.h5 --seed 5";
    assert_ok(parse(&o, line));
    assert_true(o.temperature == 0.5);
    assert_int_equal(o.max_tokens, 7);
    assert_int_equal(o.mode, MODE_OFF);
    assert_false(o.packing);
    assert_int_equal(o.files.count, 3);
    assert_string_equal(o.files.at[2], "c.h5");
    assert_int_equal(o.common.seed, 5);
}

static void wrong_use_is_explained(void **state)
{
    (void)state;
    static const struct {
        const char *line, *words;
    } cases[] = {
        {"--temprature 1", "did you mean --temperature?"},
        {"--temperature 3", "not between 0 and 2"},
        {"--temperature warm", "expected a number"},
        {"--temperature nan", "expected a number"},
        {"--max-tokens 0", "not between 1 and 100"},
        {"--max-tokens 1.5", "whole number"},
        {"--mode maybe", "auto|on|off"},
        {"--mode on|off", "auto|on|off"},
        {"--mode o", "auto|on|off"},
        {"--mode=", "auto|on|off"},
        {"--name", "needs a value"},
        {"--seed -1", "whole number"},
        {"-x", "unexpected argument"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        demo_options o;
        char line[64];
        snprintf(line, sizeof line, "%s", cases[i].line);
        assert_fails(parse(&o, line), DISTILL_USAGE, cases[i].words);
    }
}

static void config_sets_what_the_command_line_does_not(void **state)
{
    (void)state;
    demo_options o;
    char path[200], line[300];
    const char *text =
        "{\"max_tokens\": 9, \"temperature\": 1, \"packing\": false, \"files\": [\"x\"], "
        "\"mode\": \"auto\"}";
    snprintf(path, sizeof path, "%s/o.json", scratch_folder());
    assert_ok(distill_file_write(path, text, strlen(text)));
    snprintf(line, sizeof line, "--config %s --temperature 0.25", path);
    assert_ok(parse(&o, line));
    assert_int_equal(o.max_tokens, 9);
    assert_true(o.temperature == 0.25);
    assert_false(o.packing);
    assert_int_equal(o.mode, MODE_AUTO);
    assert_string_equal(o.files.at[0], "x");
}

static void config_with_an_unknown_key_is_rejected(void **state)
{
    (void)state;
    demo_options o;
    char path[200], line[300];
    const char *text = "{\"max_tokenz\": 9}";
    snprintf(path, sizeof path, "%s/bad.json", scratch_folder());
    assert_ok(distill_file_write(path, text, strlen(text)));
    snprintf(line, sizeof line, "--config %s", path);
    assert_fails(parse(&o, line), DISTILL_USAGE, "did you mean --max-tokens?");
}

static void settings_are_written_as_json(void **state)
{
    (void)state;
    demo_options o;
    distill_text out = {0};
    char line[] = "--name q\"x --threads 3 --seed 7 f";
    assert_ok(parse(&o, line));
    assert_ok(distill_options_write(&out, &PROGRAM, &o));
    assert_string_equal(out.bytes,
                        "{\"temperature\":0.6,\"max-tokens\":10,\"name\":\"q\\\"x\",\"mode\":"
                        "\"on\",\"packing\":true,\"files\":[\"f\"],\"seed\":7}");
    distill_text_free(&out);
}

static void words_of_choices_are_found_by_place(void **state)
{
    (void)state;
    static const char *const words[] = {"auto", "on", "", "r1-zero"};
    for (int i = 0; i < 4; i++)
        assert_true(distill_span_is(distill_choice_word("auto|on||r1-zero", i), words[i]));
    assert_true(distill_span_is(distill_choice_word("sft", 0), "sft"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_is_accepted),
        cmocka_unit_test(wrong_use_is_explained),
        cmocka_unit_test(config_sets_what_the_command_line_does_not),
        cmocka_unit_test(config_with_an_unknown_key_is_rejected),
        cmocka_unit_test(settings_are_written_as_json),
        cmocka_unit_test(words_of_choices_are_found_by_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
