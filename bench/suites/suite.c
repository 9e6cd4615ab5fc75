// bench/suites/suite.c - see suite.h.
#include "bench/suites/suite.h"

#include "bench/named_argument.h"
#include "bench/suites/suite_layouts.h"
#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"

#include <ctype.h>
#include <string.h>

/// Appends the reference answer as it would stand in \boxed{}.
typedef distill_status (*answer_reader)(distill_text *out, distill_span published);

typedef struct suite_kind {
    const char *name;   // in small letters, without - and _
    answer_reader read; // of lines with prompt and answer; NULL: `load` reads the file
    const char *needs;  // what the user is told
    distill_status (*load)(suite *s, const char *path, const suite_choice *choice);
} suite_kind;

static distill_status read_plain(distill_text *out, distill_span published)
{
    return distill_text_add_span(out, distill_span_trim(published));
}

/// A number published as a JSON number: 27.0 is the integer 27.
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

/// A worked solution whose last line is "#### 1,234". A bare short answer is taken as it is.
static distill_status read_after_hashes(distill_text *out, distill_span published)
{
    distill_status status = DISTILL_OK;
    distill_span mark = distill_span_of("####");
    size_t at = distill_span_find_last(published, mark);
    distill_span answer = published;
    if (at != SIZE_MAX)
        answer = (distill_span){published.bytes + at + 4, published.length - at - 4};
    else if (published.length > 64)
        return DISTILL_OK; // no answer
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

#define GPQA "a CSV file with Question, Correct Answer, Incorrect Answer 1, 2 and 3"
#define LIVECODEBENCH "test.jsonl with question_content and test cases"

static const suite_kind KINDS[] = {
    {"aime24", read_integer, "test.jsonl with problem and answer", NULL},
    {"amc23", read_integer, "test.jsonl with problem and answer", NULL},
    {"math500", read_plain, "test.jsonl with problem and answer", NULL},
    {"gsm8k", read_after_hashes, "test.jsonl with question and answer", NULL},
    {"gpqa", NULL, GPQA, suite_load_gpqa},
    {"gpqadiamond", NULL, GPQA, suite_load_gpqa},
    {"humaneval", NULL, "HumanEval.jsonl", suite_load_humaneval},
    {"livecodebench", NULL, LIVECODEBENCH, suite_load_livecodebench},
    {"lcb", NULL, LIVECODEBENCH, suite_load_livecodebench},
    {"codeforces", NULL, "JSON lines with description and official_tests", suite_load_codeforces},
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

static distill_status add_member(distill_text *out, const char *before, const char *key,
                                 distill_span value)
{
    distill_status status = DISTILL_OK;
    if (value.length == 0)
        return status;
    TRY(distill_text_printf(out, "%s\"%s\":", before, key));
    TRY(distill_json_write_string(out, value));
done:
    return status;
}

/// Earlier turns and the problem itself, as a list of messages.
static distill_status add_messages(distill_text *out, const suite_problem *p)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, ",\"messages\":["));
    for (size_t i = 0; i < p->message_count; i++) {
        TRY(add_member(out, "{", "role", p->messages[i].role));
        TRY(distill_text_add(out, ",\"content\":"));
        TRY(distill_json_write_string(out, p->messages[i].content));
        TRY(distill_text_add(out, "},"));
    }
    TRY(distill_text_add(out, "{\"role\":\"user\""));
    TRY(add_member(out, ",", "content", p->prompt));
    TRY(distill_text_add(out, "}]"));
done:
    return status;
}

distill_status suite_add(suite *s, const suite_problem *p)
{
    distill_status status = DISTILL_OK;
    distill_text *out = &s->problems;
    TRY(add_member(out, "{", "id", p->id));
    if (p->message_count > 0)
        TRY(add_messages(out, p));
    else
        TRY(add_member(out, ",", "prompt", p->prompt));
    TRY(add_member(out, ",", "answer", p->answer));
    TRY(add_member(out, ",", "domain", p->domain));
    TRY(add_member(out, ",", "language", p->language));
    TRY(add_member(out, ",", "tests", p->tests));
    TRY(distill_text_add(out, "}\n"));
    s->count++;
done:
    return status;
}

static distill_status add_problem(suite *s, const prompt_record *p, const suite_kind *kind,
                                  const char *source)
{
    distill_status status = DISTILL_OK;
    distill_text answer = {0};
    TRY(kind->read(&answer, p->answer));
    if (answer.length == 0 && p->tests.length == 0)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: problem \"%.*s\" has no reference answer (%s needs %s)", source,
                         (int)p->id.length, p->id.bytes, s->name, kind->needs));
    TRY(suite_add(s, &(suite_problem){.id = p->id,
                                      .prompt = p->prompt,
                                      .answer = distill_text_span(&answer),
                                      .domain = p->domain,
                                      .language = p->language,
                                      .tests = p->tests,
                                      .messages = p->messages,
                                      .message_count = p->message_count}));
done:
    distill_text_free(&answer);
    return status;
}

static distill_status load_problems(suite *out, const char *source, const suite_kind *kind,
                                    size_t limit)
{
    distill_status status = DISTILL_OK;
    prompt_set *set = NULL;
    prompt_fields fields = {.split = "test"};
    TRY(prompt_set_open(&set, source, &fields));
    size_t count = prompt_set_count(set);
    if (limit > 0 && count > limit)
        count = limit;
    for (size_t i = 0; i < count; i++)
        TRY(add_problem(out, prompt_set_at(set, i), kind, source));
done:
    prompt_set_close(set);
    return status;
}

distill_status suite_load(suite *out, const char *word, const suite_choice *choice)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    distill_span name, value;
    *out = (suite){0};
    named_argument_split(&name, &value, word);
    bool bare = name.length == 0; // no "NAME="
    if (bare)
        name = value;
    const suite_kind *kind = is_builtin(value) ? &ANY_KIND : kind_of(name);
    if (value.length == 0 || (bare && !is_builtin(value)))
        return distill_fail(DISTILL_USAGE,
                            "--suite %s: its file is missing: --suite %.*s=FILE (%s), or "
                            "builtin:TASK[:COUNT], which needs none",
                            word, (int)name.length, name.bytes, kind->needs);
    TRY(named_argument_folder(&folder, name));
    TRY(distill_copy_string(&out->name, name.bytes, name.length));
    TRY(distill_copy_string(&out->folder, folder.bytes, folder.length));
    out->complete_prompts = kind->load != NULL;
    TRY(kind->load != NULL ? kind->load(out, value.bytes, choice)
                           : load_problems(out, value.bytes, kind, choice->limit));
    if (out->count == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: no problems in it (expected %s)", value.bytes,
                         kind->needs));
    TRY(distill_sha256_bytes(out->digest, out->problems.bytes, out->problems.length));
done:
    distill_text_free(&folder);
    if (status != DISTILL_OK)
        suite_close(out);
    return status;
}

distill_status suite_publish(suite *out, const char *folder)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    prompt_fields fields = {0};
    TRY(distill_make_directory(folder));
    TRY(distill_text_printf(&path, "%s/%s.jsonl", folder, out->folder));
    TRY(distill_file_write(path.bytes, out->problems.bytes, out->problems.length));
    prompt_set_close(out->prompts);
    out->prompts = NULL;
    TRY(prompt_set_open(&out->prompts, path.bytes, &fields));
done:
    distill_text_free(&path);
    return status;
}

void suite_close(suite *s)
{
    distill_free(s->name);
    distill_free(s->folder);
    distill_text_free(&s->problems);
    prompt_set_close(s->prompts);
    *s = (suite){0};
}

static distill_status append_word(suite_words *out, const char *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    TRY(distill_grow((void **)&out->at, out->count, out->count + 1, sizeof *out->at));
    TRY(distill_copy_string(&out->at[out->count], bytes, length));
    out->count++;
done:
    return status;
}

distill_status suite_words_split(suite_words *out, const char *const *values, size_t count)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < count; i++) {
        const char *at = values[i];
        bool whole = strchr(at, '=') != NULL;
        while (at != NULL) {
            size_t length = whole ? strlen(at) : strcspn(at, ",");
            if (length > 0)
                TRY(append_word(out, at, length));
            at = at[length] == ',' ? at + length + 1 : NULL;
        }
    }
done:
    return status;
}

void suite_words_free(suite_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        distill_free(words->at[i]);
    distill_free(words->at);
    *words = (suite_words){0};
}
