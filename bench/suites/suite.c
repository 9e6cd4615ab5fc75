// bench/suites/suite.c - finds the layout of a suite by its name, reads plain problems, and writes
// problems as JSON lines.
//
// Layouts of prompt and answer are read by datasets/prompts, and only the answer is brought into
// form here. All problems are read before anything is written, so that an invalid file is refused
// before the output exists.
#include "bench/suites/suite.h"

#include "bench/named_argument.h"
#include "bench/suites/suite_code.h"
#include "bench/suites/suite_gpqa.h"
#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"

#include <ctype.h>
#include <string.h>

/// Appends the reference answer in the form that \boxed{} holds; appends nothing if there is none.
typedef distill_status (*answer_reader)(distill_text *out, distill_span published);

typedef struct suite_kind {
    const char *name;          // in small letters, without - and _
    answer_reader read_answer; // of prompts with an answer; NULL: `load` reads the file
    const char *needs;         // for messages: what the file holds
    distill_status (*load)(prompt_set *problems, const char *path, const suite_options *options);
} suite_kind;

enum { MOST_BARE_ANSWER = 64 }; // bytes; a longer text is a solution

// --- answers ------------------------------------------------------------------------------------

static distill_status read_plain(distill_text *out, distill_span published)
{
    return distill_text_add_span(out, distill_span_trim(published));
}

/// A JSON number: 27.0 is the integer 27.
static distill_status read_integer(distill_text *out, distill_span published)
{
    distill_span answer = distill_span_trim(published);
    size_t digits = 0;
    while (digits < answer.length && isdigit((unsigned char)answer.bytes[digits]))
        digits++;
    distill_span rest = {answer.bytes + digits, answer.length - digits};
    if (digits > 0 && distill_span_is(rest, ".0"))
        answer.length = digits;
    return distill_text_add_span(out, answer);
}

/// A worked solution whose last line is "#### 1,234"; a short text without it is the answer itself.
static distill_status read_after_hashes(distill_text *out, distill_span published)
{
    distill_status status = DISTILL_OK;
    distill_span mark = distill_span_of("####");
    size_t at = distill_span_find_last(published, mark);
    distill_span answer = published;
    if (at != SIZE_MAX)
        answer = (distill_span){published.bytes + at + 4, published.length - at - 4};
    else if (published.length > MOST_BARE_ANSWER)
        return DISTILL_OK; // a solution without its answer
    answer = distill_span_trim(answer);
    for (size_t i = 0; i < answer.length; i++) {
        bool thousands = answer.bytes[i] == ',' && i + 3 < answer.length &&
                         isdigit((unsigned char)answer.bytes[i + 1]);
        if (!thousands)
            TRY(distill_text_add_char(out, answer.bytes[i]));
    }
done:
    return status;
}

// --- layouts ------------------------------------------------------------------------------------

#define GPQA "a CSV file with Question, Correct Answer, Incorrect Answer 1, 2 and 3"
#define LIVECODEBENCH "test.jsonl with question_content and test cases"

static const suite_kind KINDS[] = {
    {"aime24", read_integer, "test.jsonl with problem and answer", NULL},
    {"amc23", read_integer, "test.jsonl with problem and answer", NULL},
    {"math500", read_plain, "test.jsonl with problem and answer", NULL},
    {"gsm8k", read_after_hashes, "test.jsonl with question and answer", NULL},
    {"gpqa", NULL, GPQA, suite_gpqa_load},
    {"gpqadiamond", NULL, GPQA, suite_gpqa_load},
    {"humaneval", NULL, "HumanEval.jsonl", suite_code_load_humaneval},
    {"livecodebench", NULL, LIVECODEBENCH, suite_code_load_livecodebench},
    {"lcb", NULL, LIVECODEBENCH, suite_code_load_livecodebench},
    {"codeforces", NULL, "JSON lines with description and official_tests",
     suite_code_load_codeforces},
};
static const suite_kind ANY_KIND = {"", read_plain, "JSON lines with prompt and answer, or tests",
                                    NULL};

/// "MATH-500" and "math_500" are math500, "gpqa:diamond" is gpqadiamond.
static const suite_kind *kind_of(distill_span name)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        const char *known = KINDS[i].name;
        for (size_t j = 0; j < name.length; j++) {
            if (strchr("-_:", name.bytes[j]) != NULL)
                continue;
            if (*known == '\0' || tolower((unsigned char)name.bytes[j]) != *known++) {
                known = NULL;
                break;
            }
        }
        if (known != NULL && *known == '\0' && name.length > 0)
            return &KINDS[i];
    }
    return &ANY_KIND;
}

static bool is_builtin(distill_span value)
{
    return distill_span_find(value, distill_span_of("builtin:"), 0) == 0;
}

// --- problems -----------------------------------------------------------------------------------

static distill_status add_problem(prompt_set *problems, const prompt_record *published,
                                  const suite *s, const suite_kind *kind, const char *source)
{
    distill_status status = DISTILL_OK;
    distill_text answer = {0};
    prompt_record problem = *published;
    TRY(kind->read_answer(&answer, published->answer));
    if (answer.length == 0 && published->tests.length == 0)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: problem \"%.*s\" has no reference answer (%s needs %s)", source,
                         (int)published->id.length, published->id.bytes, s->name, kind->needs));
    problem.answer = distill_text_span(&answer);
    TRY(prompt_set_add(problems, &problem, 0));
done:
    distill_text_free(&answer);
    return status;
}

static distill_status load_problems(suite *out, const char *source, const suite_kind *kind,
                                    size_t limit)
{
    distill_status status = DISTILL_OK;
    prompt_set *published = NULL;
    prompt_fields fields = {.split = BUILTIN_TEST};
    TRY(prompt_set_open(&published, source, &fields));
    size_t count = prompt_set_count(published);
    if (limit > 0 && count > limit)
        count = limit;
    for (size_t i = 0; i < count; i++)
        TRY(add_problem(out->problems, prompt_set_at(published, i), out, kind, source));
done:
    prompt_set_close(published);
    return status;
}

// --- JSON lines ---------------------------------------------------------------------------------

static void add_text(distill_json_writer *w, const char *key, distill_span text)
{
    if (text.length > 0)
        distill_json_add_span(w, key, text);
}

static distill_status write_problem(distill_text *out, const prompt_record *p)
{
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    add_text(&w, "id", p->id);
    if (p->messages.length > 0)
        distill_json_add_raw(&w, "messages", p->messages);
    else
        add_text(&w, "prompt", p->prompt);
    add_text(&w, "answer", p->answer);
    add_text(&w, "domain", p->domain);
    add_text(&w, "language", p->language);
    add_text(&w, "tests", p->tests);
    if (p->extra.length > 0)
        distill_json_add_raw(&w, "extra", p->extra);
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}

static distill_status write_problems(distill_text *out, const suite *s)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < s->count; i++)
        TRY(write_problem(out, prompt_set_at(s->problems, i)));
done:
    return status;
}

distill_status suite_write_problems(const suite *s, const char *folder)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, lines = {0};
    TRY(distill_make_directory(folder));
    TRY(distill_text_printf(&path, "%s/%s.jsonl", folder, s->folder));
    TRY(write_problems(&lines, s));
    TRY(distill_file_write(path.bytes, lines.bytes, lines.length));
done:
    distill_text_free(&lines);
    distill_text_free(&path);
    return status;
}

// --- suites -------------------------------------------------------------------------------------

/// Sets the count and the digest of what was loaded from `source`.
static distill_status complete(suite *s, const char *source, const suite_kind *kind)
{
    distill_status status = DISTILL_OK;
    distill_text lines = {0};
    s->count = prompt_set_count(s->problems);
    if (s->count == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: no problems in it (expected %s)", source,
                         kind->needs));
    TRY(prompt_set_check_ids(s->problems, source));
    TRY(write_problems(&lines, s));
    TRY(distill_sha256_bytes(s->digest, lines.bytes, lines.length));
done:
    distill_text_free(&lines);
    return status;
}

distill_status suite_load(suite *out, const char *word, const suite_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    distill_span name, value;
    *out = (suite){0};
    named_argument_split(&name, &value, word);
    bool is_named = name.length > 0;
    if (!is_named)
        name = value;
    const suite_kind *kind = is_builtin(value) ? &ANY_KIND : kind_of(name);
    if (value.length == 0 || (!is_named && !is_builtin(value)))
        return distill_fail(DISTILL_USAGE,
                            "--suite %s: its file is missing: --suite %.*s=FILE (%s), or "
                            "builtin:TASK[:COUNT], which needs none",
                            word, (int)name.length, name.bytes, kind->needs);
    TRY(named_argument_folder(&folder, name));
    TRY(distill_copy_string(&out->name, name.bytes, name.length));
    TRY(distill_copy_string(&out->folder, folder.bytes, folder.length));
    TRY(prompt_set_create(&out->problems));
    out->complete_prompts = kind->load != NULL;
    TRY(kind->load != NULL ? kind->load(out->problems, value.bytes, options)
                           : load_problems(out, value.bytes, kind, options->limit));
    TRY(complete(out, value.bytes, kind));
done:
    distill_text_free(&folder);
    if (status != DISTILL_OK)
        suite_close(out);
    return status;
}

void suite_close(suite *s)
{
    distill_free(s->name);
    distill_free(s->folder);
    prompt_set_close(s->problems);
    *s = (suite){0};
}
