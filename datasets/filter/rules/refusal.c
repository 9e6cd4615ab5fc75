// datasets/filter/rules/refusal.c - lists of phrases that occur in refusals only, searched in the
// beginning of the answer; in English also "I cannot" with a verb of help in the same sentence.
#include "datasets/filter/rules/refusal.h"

#include "distill/base/text.h"
#include "distill/text/chat/think.h"

#include <string.h>

enum { SEARCHED = 400, SHORT = 1200, GAP = 48 };

/// Each is a refusal by itself. Lower case; ' for every apostrophe.
static const char *const PHRASES[] = {
    "as an ai language model",
    "as a language model",
    "as an ai assistant",
    "as an ai, i",
    "i'm just an ai",
    "i am just an ai",
    "i'm only an ai",
    "als ki-sprachmodell",
    "als sprachmodell",
    "en tant que modèle de langage",
    "en tant qu'ia",
    "como modelo de lenguaje",
    "como modelo de linguagem",
    "как языковая модель",
    "作为一个ai",
    "作为ai",
    "作为一个人工智能",
    "作为人工智能",
    "作为一个语言模型",
    "作为语言模型",
    "我无法回答",
    "我不能回答",
    "我无法提供",
    "我不能提供",
    "我无法协助",
    "我无法帮助",
    "我不能帮助",
    "无法满足您的请求",
    "无法满足你的请求",
    "お答えできません",
    "お手伝いできません",
    "対応できません",
    "お応えできません",
    "не могу помочь",
    "не могу выполнить этот запрос",
    "не могу ответить на этот",
    "no puedo ayudar",
    "no puedo responder a es",
    "no puedo proporcionar",
    "no puedo cumplir",
    "não posso ajudar",
    "je ne peux pas vous aider",
    "je ne peux pas répondre à cette",
    "je ne peux pas fournir",
    "je ne suis pas en mesure de vous",
    "dabei kann ich nicht helfen",
    "dabei kann ich ihnen nicht helfen",
    "kann ich ihnen nicht helfen",
    "kann ich dir nicht helfen",
    "kann diese anfrage nicht",
    "kann diese frage nicht beantworten",
};

/// One of UNABLE, followed within GAP bytes and in the same sentence by one of DEEDS, is a refusal.
static const char *const UNABLE[] = {
    "i can't",
    "i cannot",
    "i can not",
    "i'm unable to",
    "i am unable to",
    "i'm not able to",
    "i am not able to",
    "i won't",
    "i will not",
    "i'm not going to",
    "i must decline to",
    "i have to decline to",
    "i'm not comfortable",
    "i am not comfortable",
    "we cannot",
    "we can't",
};
static const char *const DEEDS[] = {
    "assist",
    "help you",
    "help with",
    "help here",
    "comply",
    "fulfill",
    "fulfil",
    "provide that",
    "provide this",
    "provide you",
    "provide information",
    "provide instructions",
    "provide help",
    "provide assistance",
    "answer that",
    "answer this question",
    "answer your",
    "answer it for you",
    "do that for you",
    "do your",
    "engage",
    "share that",
    "share this",
    "discuss that",
    "discuss this",
    "complete this request",
    "complete your request",
    "fulfilling",
    "assisting",
    "participate",
    "give you the answer",
    "answering",
    "support this request",
    "respond to that",
    "respond to this",
    "continue with this request",
    "generate that",
    "generate this",
    "create that",
    "write that",
    "process this request",
};
static const char *const DECLINE[] = {
    "i must decline",
    "i have to decline",
    "i respectfully decline",
    "i'd rather not answer",
    "i decline to answer",
    "i refuse to answer",
    "this request violates",
    "i'm sorry, but i can't.",
    "i'm sorry, but i cannot.",
    "i'm sorry, i can't.",
    "sorry, i can't do that",
    "sorry, i cannot do that",
    "sorry, but i can't do that",
    "sorry, but i cannot do that",
    "sorry, but i can't do this",
    "sorry, but i cannot do this",
    "i can't do that.",
    "i cannot do that.",
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

/// Writes the text with ASCII in lower case, ' for U+2019 and one space for white space.
static void simplify(char out[SEARCHED + 1], distill_span text)
{
    size_t used = 0;
    for (size_t at = 0; at < text.length && used < SEARCHED; at++) {
        char c = text.bytes[at];
        if (text.length - at >= 3 && memcmp(text.bytes + at, "\u2019", 3) == 0) {
            c = '\'';
            at += 2;
        }
        c = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
        c = c == '\n' || c == '\t' || c == '\r' || c == '\0' ? ' ' : c;
        if (c == ' ' && used > 0 && out[used - 1] == ' ')
            continue;
        out[used++] = c;
    }
    out[used] = '\0';
}

static bool has_any(const char *text, const char *const *phrases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(text, phrases[i]) != NULL)
            return true;
    return false;
}

static bool is_unable_to_help(const char *text)
{
    for (size_t i = 0; i < COUNT(UNABLE); i++) {
        for (const char *at = text; (at = strstr(at, UNABLE[i])) != NULL; at++) {
            char rest[GAP + 1] = {0};
            const char *from = at + strlen(UNABLE[i]);
            strncpy(rest, from, strnlen(from, GAP));
            rest[strcspn(rest, ".!?;")] = '\0'; // within the sentence
            if (has_any(rest, DEEDS, COUNT(DEEDS)))
                return true;
        }
    }
    return false;
}

bool refusal_found(distill_span reply)
{
    char text[SEARCHED + 1];
    reply = distill_span_trim(distill_think_answer(reply));
    if (reply.length == 0 || distill_span_find(reply, distill_span_of("\\boxed"), 0) != SIZE_MAX)
        return false;
    if (reply.length > SHORT) // a long text is a refusal only if it begins as one
        reply.length = SEARCHED / 2;
    simplify(text, reply);
    return has_any(text, PHRASES, COUNT(PHRASES)) || has_any(text, DECLINE, COUNT(DECLINE)) ||
           is_unable_to_help(text);
}
