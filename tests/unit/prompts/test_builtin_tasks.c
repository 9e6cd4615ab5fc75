// The built-in tasks. Prompts are evaluated by a small parser in this test, so that the generator
// and its check share no code.
#include "datasets/prompts/builtin_tasks.h"
#include "datasets/prompts/task_chain.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const KINDS[] = {"arithmetic", "equations", "word"};
enum { KIND_COUNT = 3, PROBLEMS = 2000 };

static void fetch(builtin_problem *problem, const char *task, builtin_split split, uint64_t index)
{
    assert_int_equal(builtin_task_problem(problem, builtin_task_find(task), split, index),
                     DISTILL_OK);
}

// --------------------------- an evaluator: sum = term { +|- term } …

typedef struct reader {
    const char *at;
    double unknown; // value of a letter
} reader;

static double read_sum(reader *r);

static double read_factor(reader *r)
{
    if (*r->at == '(') {
        r->at++;
        double value = read_sum(r);
        assert_int_equal(*r->at++, ')');
        return value;
    }
    if (isalpha((unsigned char)*r->at)) {
        r->at++;
        return r->unknown;
    }
    assert_true(isdigit((unsigned char)*r->at));
    char *end;
    double value = strtod(r->at, &end);
    // a full stop after the number ends the sentence
    r->at = end[-1] == '.' ? end - 1 : end;
    return value;
}

static double read_term(reader *r)
{
    double value = read_factor(r);
    while (*r->at == '*' || *r->at == '/') {
        bool times = *r->at++ == '*';
        double right = read_factor(r);
        value = times ? value * right : value / right;
    }
    return value;
}

static double read_sum(reader *r)
{
    double value = read_term(r);
    while (*r->at == '+' || *r->at == '-') {
        bool plus = *r->at++ == '+';
        double right = read_term(r);
        value = plus ? value + right : value - right;
    }
    return value;
}

// ---------------------------------------- the tests

static void arithmetic_answers_are_the_values_of_the_expressions(void **state)
{
    (void)state;
    builtin_problem problem = {0};
    for (uint64_t i = 0; i < PROBLEMS; i++) {
        fetch(&problem, "arithmetic", i % 2 == 0 ? BUILTIN_TRAIN : BUILTIN_TEST, i);
        assert_memory_equal(problem.prompt.bytes, "Compute ", 8);
        reader r = {problem.prompt.bytes + 8, 0};
        assert_true(read_sum(&r) == atof(problem.answer.bytes));
        assert_string_equal(r.at, ".");
    }
    builtin_problem_free(&problem);
}

static void equation_answers_solve_the_equations(void **state)
{
    (void)state;
    builtin_problem problem = {0};
    for (uint64_t i = 0; i < PROBLEMS; i++) {
        fetch(&problem, "equations", i % 2 == 0 ? BUILTIN_TRAIN : BUILTIN_TEST, i);
        assert_memory_equal(problem.prompt.bytes, "Solve ", 6);
        reader r = {problem.prompt.bytes + 6, atof(problem.answer.bytes)};
        double left = read_sum(&r);
        assert_int_equal(*r.at++, '=');
        assert_true(left == read_sum(&r));
        assert_memory_equal(r.at, " for ", 5);
    }
    builtin_problem_free(&problem);
}

// The worked solution uses every number of the story, in order: one in each step.
static void word_problems_are_solved_with_the_numbers_of_the_story(void **state)
{
    (void)state;
    builtin_problem problem = {0};
    for (uint64_t i = 0; i < PROBLEMS; i++) {
        fetch(&problem, "word", BUILTIN_TEST, i);
        assert_null(strpbrk(problem.prompt.bytes, "{}"));
        const char *line = problem.solution.bytes + strlen("<think>\n");
        const char *number = problem.prompt.bytes + strcspn(problem.prompt.bytes, "0123456789");
        assert_int_equal(atoi(line), atoi(number));
        for (number += 2; *(number += strcspn(number, "0123456789")) != '\0'; number++) {
            assert_int_equal(atoi(line + 3), atoi(number));
            line = strchr(line, '\n') + 1;
        }
        assert_memory_equal(line, "</think>", 8);
    }
    builtin_problem_free(&problem);
}

// Checks "AoB=C" lines: each is true, starts where the last one ended, and the last result is the
// answer.
static void check_working(const builtin_problem *problem)
{
    const char *line = problem->solution.bytes;
    int last = -1;
    assert_memory_equal(line, "<think>\n", 8);
    for (line += 8; *line != '<'; line = strchr(line, '\n') + 1) {
        reader r = {line, 0};
        assert_true(last < 0 || atoi(line) == last);
        double left = read_sum(&r);
        assert_int_equal(*r.at, '=');
        last = atoi(r.at + 1);
        assert_true(left == last);
        assert_true(last >= CHAIN_LOW && last <= CHAIN_HIGH);
    }
    assert_int_equal(last, atoi(problem->answer.bytes));
    distill_text ending = {0};
    assert_int_equal(distill_text_printf(&ending, "</think>\n\nThe answer is \\boxed{%s}.",
                                         problem->answer.bytes),
                     DISTILL_OK);
    assert_string_equal(line, ending.bytes);
    distill_text_free(&ending);
}

static void every_step_of_a_solution_is_true_and_leads_to_the_answer(void **state)
{
    (void)state;
    builtin_problem problem = {0};
    for (uint64_t i = 0; i < PROBLEMS; i++) {
        fetch(&problem, "all", i % 2 == 0 ? BUILTIN_TRAIN : BUILTIN_TEST, i);
        check_working(&problem);
    }
    builtin_problem_free(&problem);
}

// Copies the part of a problem that its key depends on: an expression, an equation without the name
// of its unknown, the numbers of a story.
static void content_of(char content[256], const char *prompt)
{
    bool is_equation = strncmp(prompt, "Solve", 5) == 0;
    bool is_story = !is_equation && strncmp(prompt, "Compute", 7) != 0;
    size_t length = 0;
    for (; *prompt != '\0' && length < 255; prompt++) {
        if (is_equation ? !islower((unsigned char)*prompt) && *prompt != ' '
                        : !is_story || isdigit((unsigned char)*prompt))
            content[length++] = *prompt;
    }
    content[length] = '\0';
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static size_t sorted_contents(char (*contents)[256], const char *task, builtin_split split)
{
    builtin_problem problem = {0};
    size_t different = 0;
    for (size_t i = 0; i < PROBLEMS; i++) {
        fetch(&problem, task, split, i);
        content_of(contents[i], problem.prompt.bytes);
    }
    qsort(contents, PROBLEMS, sizeof *contents, by_text);
    for (size_t i = 0; i < PROBLEMS; i++)
        different += i == 0 || strcmp(contents[i], contents[i - 1]) != 0;
    builtin_problem_free(&problem);
    return different;
}

static void no_problem_is_in_both_splits_and_few_occur_twice_in_one(void **state)
{
    (void)state;
    static char train[PROBLEMS][256], test[PROBLEMS][256];
    for (size_t t = 0; t < 2; t++) { // the key of a story also has its setting
        assert_true(sorted_contents(train, KINDS[t], BUILTIN_TRAIN) > PROBLEMS * 99 / 100);
        assert_true(sorted_contents(test, KINDS[t], BUILTIN_TEST) > PROBLEMS * 98 / 100);
        for (size_t i = 0; i < PROBLEMS; i++)
            assert_null(bsearch(test[i], train, PROBLEMS, sizeof *train, by_text));
    }
    assert_true(sorted_contents(train, "word", BUILTIN_TRAIN) > PROBLEMS * 98 / 100);
}

static void problems_are_a_function_of_task_split_and_index(void **state)
{
    (void)state;
    builtin_problem once = {0}, again = {0};
    for (size_t t = 0; t < KIND_COUNT; t++) {
        for (uint64_t i = 0; i < 50; i++) {
            fetch(&once, KINDS[t], BUILTIN_TEST, i * 1000003);
            fetch(&again, "all", BUILTIN_TEST, i * 1000003 * KIND_COUNT + t);
            assert_string_equal(once.prompt.bytes, again.prompt.bytes);
            assert_string_equal(once.solution.bytes, again.solution.bytes);
        }
    }
    fetch(&once, "arithmetic", BUILTIN_TEST, UINT64_MAX);
    builtin_problem_free(&once);
    builtin_problem_free(&again);
}

// The shipped teacher was trained on these problems, so that the generator must not change.
static void first_problems_do_not_change(void **state)
{
    (void)state;
    builtin_problem problem = {0};
    fetch(&problem, "arithmetic", BUILTIN_TRAIN, 0);
    assert_string_equal(problem.prompt.bytes, "Compute ((53-2-7)/4*6-9)/3.");
    fetch(&problem, "equations", BUILTIN_TEST, 0);
    assert_string_equal(problem.prompt.bytes, "Solve n/3/2*4-9-6+7=52 for n.");
    assert_string_equal(problem.solution.bytes,
                        "<think>\n52-7=45\n45+6=51\n51+9=60\n60/4=15\n15*2=30\n30*3=90\n</think>"
                        "\n\nThe answer is \\boxed{90}.");
    builtin_problem_free(&problem);
}

static void names_are_found_and_others_are_not(void **state)
{
    (void)state;
    assert_non_null(builtin_task_find("all"));
    assert_null(builtin_task_find("Arithmetic"));
    assert_null(builtin_task_find(""));
    assert_string_equal(builtin_task_names(), "arithmetic, equations, word, all");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_answers_are_the_values_of_the_expressions),
        cmocka_unit_test(equation_answers_solve_the_equations),
        cmocka_unit_test(word_problems_are_solved_with_the_numbers_of_the_story),
        cmocka_unit_test(every_step_of_a_solution_is_true_and_leads_to_the_answer),
        cmocka_unit_test(no_problem_is_in_both_splits_and_few_occur_twice_in_one),
        cmocka_unit_test(problems_are_a_function_of_task_split_and_index),
        cmocka_unit_test(first_problems_do_not_change),
        cmocka_unit_test(names_are_found_and_others_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
