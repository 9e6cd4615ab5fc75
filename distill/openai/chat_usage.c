// distill/openai/chat_usage.c - the tokens of a response and of each of its replies.
//
// "usage" is one number for all replies in most servers. llama.cpp sends one for each reply of a
// request with n > 1, after the event that ends it; some servers send the running number in every
// event. Which of these it is follows from where the numbers stand and whether they only rise:
//
//     … end of 0, end of 1, usage 92                one number for all
//     … end of 0, usage 46, end of 1, usage 46      one for each: 92
//     … end of 0, usage 46, end of 1, usage 92      each or running; the number of pieces decides
#include "distill/openai/chat_response.h"

#include <math.h>

/// The tokens of choices that the server has counted alone, and the pieces of the others.
static size_t sum_of_choices(const chat_response *response)
{
    size_t sum = 0;
    for (size_t i = 0; i < response->n; i++) {
        const chat_choice *choice = &response->choices[i];
        sum += choice->has_usage ? choice->usage_tokens : choice->pieces;
    }
    return sum;
}

static size_t count_own(const chat_response *response)
{
    size_t own = 0;
    for (size_t i = 0; i < response->n; i++)
        own += response->choices[i].has_usage;
    return own;
}

static size_t count_pieces(const chat_response *response)
{
    size_t pieces = 0;
    for (size_t i = 0; i < response->n; i++)
        pieces += response->choices[i].pieces;
    return pieces;
}

/// True if the numbers so far belong to one choice each; `is_owned` is true if the last one does.
static bool is_per_choice(const chat_response *response, bool is_owned)
{
    size_t sum = sum_of_choices(response), last = response->last_usage_tokens;
    if (count_own(response) < 2)
        return false;
    if (!is_owned)
        return count_own(response) == response->n && sum == last;
    if (!response->usages_rise)
        return true;
    double pieces = (double)count_pieces(response);
    return fabs((double)sum - pieces) <= fabs((double)last - pieces);
}

void chat_usage_add(chat_response *response, size_t prompt, size_t completion, size_t owner)
{
    response->prompt_tokens = prompt > 0 ? prompt : response->prompt_tokens;
    if (completion == 0) // of the prompt alone, or a placeholder
        return;
    // the choice that ended before this event, unless the server has counted it
    if (owner == SIZE_MAX && response->last_final != SIZE_MAX &&
        !response->choices[response->last_final].has_usage)
        owner = response->last_final;
    if (owner != SIZE_MAX) {
        response->choices[owner].has_usage = true;
        response->choices[owner].usage_tokens = completion;
    }
    response->usages_rise = response->usages == 0 ||
                            (response->usages_rise && completion > response->last_usage_tokens);
    response->usages++;
    response->usage_event = response->events;
    response->last_usage_tokens = completion;
    response->has_usage = true;
    response->has_own_usage = is_per_choice(response, owner != SIZE_MAX);
    response->completion_tokens =
        response->has_own_usage ? sum_of_choices(response) : response->last_usage_tokens;
}

// ---- the tokens of one reply --------------------------------------------------------------------

/// Ways to count a choice's tokens without the usage, the most reliable first.
typedef enum token_count { COUNT_ROWS, COUNT_ROWS_END, COUNT_PIECES, COUNT_PIECES_END } token_count;

static size_t count_by(const chat_choice *choice, token_count by)
{
    size_t end = choice->finish == CHAT_STOP && (by == COUNT_ROWS_END || by == COUNT_PIECES_END);
    return (by <= COUNT_ROWS_END ? choice->count : choice->pieces) + end;
}

static size_t sum_by(const chat_response *response, token_count by)
{
    size_t sum = 0;
    for (size_t i = 0; i < response->n; i++)
        sum += count_by(&response->choices[i], by);
    return sum;
}

/// Divides the usage by the length of the texts: differences of running sums, so that the parts add
/// up to it.
static size_t share_by_text(const chat_response *response, size_t index)
{
    double total = 0, before = 0;
    for (size_t i = 0; i < response->n; i++) {
        double bytes = (double)chat_choice_bytes(&response->choices[i]);
        total += bytes;
        before += i < index ? bytes : 0;
    }
    if (total == 0)
        return response->n > 0 ? response->completion_tokens / response->n : 0;
    double tokens = (double)response->completion_tokens;
    double mine = (double)chat_choice_bytes(&response->choices[index]);
    return (size_t)(tokens * (before + mine) / total) - (size_t)(tokens * before / total);
}

size_t chat_choice_tokens(const chat_response *response, size_t index)
{
    const chat_choice *choice = &response->choices[index];
    if (!response->has_usage)
        return choice->count > 0 ? choice->count : count_by(choice, COUNT_PIECES_END);
    if (response->n == 1)
        return response->completion_tokens;
    if (response->has_own_usage)
        return choice->has_usage ? choice->usage_tokens : choice->pieces;
    for (token_count by = COUNT_ROWS; by <= COUNT_PIECES_END; by++)
        if (sum_by(response, by) == response->completion_tokens)
            return count_by(choice, by);
    return share_by_text(response, index);
}
