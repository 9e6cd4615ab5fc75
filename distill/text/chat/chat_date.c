// distill/text/chat/chat_date.c - chooses the date of a run.
#include "distill/text/chat/chat_date.h"

#include "distill/base/file.h"
#include "distill/text/chat/chat_render.h"
#include "distill/text/tokenizer/tokenizer_parts.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MAX_RECORD_BYTES = 256 << 20 };

/// Reads the date of an earlier start; leaves `date` empty if there is none. A damaged record is
/// reported by the check of the settings that follows.
static void read_recorded(char date[DISTILL_CHAT_DATE_CAPACITY], const char *record)
{
    distill_json *doc = NULL;
    if (record == NULL || !distill_file_exists(record) ||
        distill_json_read(&doc, record, MAX_RECORD_BYTES) != DISTILL_OK)
        return;
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *settings = distill_json_present(root, "settings");
    distill_span text =
        distill_json_string(doc, distill_json_present(settings != NULL ? settings : root, "now"));
    if (text.bytes != NULL && chat_date_is_valid(text))
        snprintf(date, DISTILL_CHAT_DATE_CAPACITY, "%s", text.bytes);
    distill_json_free(doc);
}

static distill_status writes_date(bool *out, const distill_chat_options *options,
                                  const distill_tokenizer *tok)
{
    distill_status status = DISTILL_OK;
    distill_chat *chat = NULL;
    *out = false;
    bool automatic = strcmp(options->chat_template, "auto") == 0;
    if (automatic && (tok == NULL || tok->chat_template == NULL))
        return DISTILL_OK;
    TRY(distill_chat_open(&chat, tok, options));
    *out = distill_chat_uses_date(chat);
done:
    distill_chat_close(chat);
    return status;
}

distill_status distill_chat_date_choose(char date[DISTILL_CHAT_DATE_CAPACITY],
                                        distill_chat_options *options, const distill_tokenizer *tok,
                                        const char *record)
{
    distill_status status = DISTILL_OK;
    bool needed;
    if (options->now != NULL)
        return DISTILL_OK;
    date[0] = '\0';
    read_recorded(date, record);
    if (date[0] == '\0') {
        TRY(writes_date(&needed, options, tok));
        time_t seconds = time(NULL);
        struct tm today;
        localtime_r(&seconds, &today);
        if (needed)
            strftime(date, DISTILL_CHAT_DATE_CAPACITY, "%Y-%m-%d", &today);
    }
    if (date[0] != '\0')
        options->now = date;
done:
    return status;
}
