// distill/text/chat/chat_date.h - the date that chat templates write (strftime_now).
//
//     char date[DISTILL_CHAT_DATE_CAPACITY];
//     TRY(distill_chat_date_choose(date, &options.chat, tok, "out/manifest.json"));
//     … options.chat.now is set if the template writes the date; it becomes a setting …
//
// A run that is resumed on another day must render the same bytes. So the day of the first start is
// kept among the settings of an output, as the option "now", and read from there again.
#ifndef DISTILL_TEXT_CHAT_CHAT_DATE_H
#define DISTILL_TEXT_CHAT_CHAT_DATE_H

#include "distill/text/chat/chat_template.h"

enum { DISTILL_CHAT_DATE_CAPACITY = 16 };

/// Sets options->now, unless it is given: to the setting "now" of the JSON file `record` (its
/// member "settings", or itself) if there is one, or to today's date if the template of `tok` (NULL:
/// of a server) writes the date. `record` may be NULL or absent. options->now borrows `date`.
distill_status distill_chat_date_choose(char date[DISTILL_CHAT_DATE_CAPACITY],
                                        distill_chat_options *options, const distill_tokenizer *tok,
                                        const char *record) DISTILL_MUST_CHECK;

#endif
