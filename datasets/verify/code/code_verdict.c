// datasets/verify/code/code_verdict.c - makes a program of a reply and has it tested.
#include "datasets/verify/code/code_verdict.h"

#include "datasets/verify/code/code_check.h"
#include "datasets/verify/code/code_program.h"

/// The language of the program. One that is guessed gives way to that of the question, and to
/// Python where the tests are Python.
static code_language language_of(const code_block *block, const code_question *question,
                                 const code_tests *tests)
{
    code_language given = code_language_of(question->language);
    if (block->marked)
        return block->language;
    if (given != CODE_UNKNOWN_LANGUAGE)
        return given;
    if (tests->kind == CODE_ASSERT && block->language != CODE_OTHER_LANGUAGE)
        return CODE_PYTHON;
    return block->language;
}

/// Says that the program is in a language that is not run.
static distill_status add_language(distill_text *out, const code_block *block,
                                   const code_question *question)
{
    distill_status status = DISTILL_OK;
    distill_span name = block->marked ? block->info : question->language;
    if (!block->marked && block->guessed_name[0] != '\0')
        name = distill_span_of(block->guessed_name);
    TRY(distill_text_add(out, "a program in "));
    TRY(distill_text_add_span(out, name));
    TRY(distill_text_add(out, ", which is not run"));
done:
    return status;
}

/// Tests the program of a block that is not empty.
static distill_status test_program(verdict *v, code_tests *tests, const code_question *question,
                                   const code_reply *reply)
{
    distill_status status = DISTILL_OK;
    distill_text program = {0};
    code_result result = {.outcome = VERDICT_UNKNOWN};
    code_block block = code_reply_block(reply);
    code_language language = language_of(&block, question, tests);
    bool continues = false;
    if (language == CODE_OTHER_LANGUAGE) {
        TRY(add_language(&v->extracted, &block, question));
        goto done;
    }
    TRY(code_program_prefix(tests, question->prompt));
    TRY(code_program_write(&program, &continues, tests, reply));
    code_candidate candidate = {.program = distill_text_span(&program), .language = language};
    if (!continues)
        candidate.before = distill_text_span(&tests->prefix);
    TRY(code_check(&result, tests, &candidate));
    v->outcome = result.outcome;
    TRY(distill_text_add_span(&v->extracted, distill_text_span(&result.evidence)));
done:
    distill_text_free(&program);
    distill_text_free(&result.evidence);
    return status;
}

distill_status verdict_code(verdict *v, const code_question *question, distill_span response)
{
    distill_status status = DISTILL_OK;
    code_tests tests = {.kind = CODE_NO_TESTS};
    code_reply reply;
    distill_text_clear(&v->extracted);
    v->outcome = VERDICT_UNKNOWN;
    v->rule = "tests";
    v->found = true;
    v->found_by = "code block";
    TRY(code_tests_read(&tests, question->tests));
    code_reply_find(&reply, response, &tests);
    if (tests.unusable[0] != '\0') {
        TRY(distill_text_add(&v->extracted, tests.unusable));
    } else if (reply.chosen == reply.count) {
        v->found = false;
        v->found_by = "none";
        v->rule = "no answer";
        v->outcome = VERDICT_WRONG;
    } else {
        TRY(test_program(v, &tests, question, &reply));
    }
done:
    code_tests_free(&tests);
    return status;
}
