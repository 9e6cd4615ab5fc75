// distill/base/options/option_table.c - the words of a choice, from the string "a|b|c".
#include "distill/base/options/option_table.h"

#include <assert.h>
#include <string.h>

distill_span distill_choice_word(const char *choices, int value)
{
    for (int i = 0; i < value; i++) {
        choices = strchr(choices, '|');
        assert(choices != NULL);
        choices++;
    }
    return (distill_span){choices, strcspn(choices, "|")};
}
