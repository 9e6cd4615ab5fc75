// student/train_options.c - the options of distill-train, and the checks of their combinations.
#include "student/train_options.h"

#include <string.h>

#define AT(field) offsetof(train_options, field)

static const train_options DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS,
    .chat = DISTILL_CHAT_DEFAULTS,
    .trainer = DISTILL_TRAINER_DEFAULTS(1e-5, DISTILL_LR_COSINE, 0.03),
    .completion_only_loss = true,
    .epochs = 2,
    .max_seq_len = 32768,
    .batch_tokens = 32768,
    .packing = true,
};

static const double MOST = 1 << 30;

static const distill_option ROWS[] = {
    {.section = "What to train, and on what"},
    {.name = "model",
     .letter = 'm',
     .type = DISTILL_OPT_STRING,
     .offset = AT(model),
     .unit = "DIR",
     .aliases = "model-name-or-path,student,base-model",
     .help = "Hugging Face checkpoint to start from, or builtin"},
    {.name = "init",
     .type = DISTILL_OPT_STRING,
     .offset = AT(init),
     .unit = "CONFIG.json",
     .help = "start from random weights of this shape instead; needs --tokenizer"},
    {.name = "tokenizer",
     .type = DISTILL_OPT_STRING,
     .offset = AT(tokenizer),
     .unit = "DIR",
     .help = "folder of tokenizer.json; by default that of --model"},
    {.name = "data",
     .letter = 'd',
     .type = DISTILL_OPT_LIST,
     .offset = AT(data),
     .unit = "PATH[:WEIGHT]",
     .aliases = "dataset,train-data",
     .help =
         "folder of trace shards, JSON lines with messages or prompt and response (also .zst), "
         "or builtin:TASK[:COUNT]; WEIGHT is the number of passes over it per epoch; repeatable"},
    {.name = "output",
     .letter = 'o',
     .type = DISTILL_OPT_STRING,
     .offset = AT(output),
     .unit = "DIR",
     .aliases = "output-dir,output-path",
     .help = "the trained checkpoint, checkpoints/, metrics.jsonl and report.html; an unfinished "
             "run is resumed"},
    {.name = "skip-bad",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(skip_bad),
     .help = "leave out lines of --data that cannot be read or rendered; OUTPUT/skipped.jsonl "
             "holds them with their reasons"},
    {.name = "overwrite",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(overwrite),
     .aliases = "overwrite-output-dir",
     .help = "remove an earlier run in --output and start anew"},
    DISTILL_CHAT_ROWS(AT(chat)),
    {.name = "prompt-template",
     .type = DISTILL_OPT_STRING,
     .offset = AT(prompt_template),
     .unit = "TEXT",
     .help = "the user's message, with {prompt} for the prompt; by default the template that the "
             "traces were sampled with, and {prompt} for JSON lines"},
    {.name = "system",
     .type = DISTILL_OPT_STRING,
     .offset = AT(system),
     .unit = "TEXT",
     .aliases = "system-prompt",
     .help = "system message before every prompt; by default that of the traces"},
    {.name = "loss-on",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(loss_on),
     .choices = "response|all",
     .help = "learn the reply with its end of turn, or the prompt too"},
    {.name = "learn",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(learn),
     .choices = "auto|all|last",
     .help = "turns of the assistant to learn; auto: of JSON lines and imported traces all, of "
             "sampled traces the last"},
    {.name = "completion-only-loss",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(completion_only_loss),
     .aliases = "assistant-only-loss",
     .help = "off is --loss-on all"},
    {.name = "train-on-prompt",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(train_on_prompt),
     .aliases = "train-on-inputs",
     .help = "the same as --loss-on all"},
    {.name = "objective",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(objective),
     .choices = "sft",
     .help = "sft: supervised fine-tuning, the only objective"},

    {.section = "Lengths and batches"},
    {.name = "epochs",
     .letter = 'e',
     .type = DISTILL_OPT_REAL,
     .offset = AT(epochs),
     .low = 0,
     .high = 1e6,
     .aliases = "num-train-epochs,num-epochs",
     .help = "passes over the data"},
    {.name = "max-steps",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(max_steps),
     .low = 0,
     .high = 1e12,
     .help = "optimizer steps, instead of --epochs; 0 is off"},
    {.name = "max-seq-len",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(max_seq_len),
     .low = 2,
     .high = MOST,
     .unit = "TOKENS",
     .aliases = "max-length,max-seq-length,cutoff-len,sequence-len,block-size",
     .help = "longest document, at most the model's context"},
    {.name = "excess-length",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(excess_length),
     .choices = "error|drop|truncate",
     .aliases = "excess-length-strategy,truncation",
     .help = "what to do with longer documents; an error is reported before training"},
    {.name = "batch-tokens",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(batch_tokens),
     .low = 1,
     .high = MOST,
     .unit = "TOKENS",
     .help = "tokens per optimizer step"},
    {.name = "batch-size",
     .letter = 'b',
     .type = DISTILL_OPT_SIZE,
     .offset = AT(batch_size),
     .low = 0,
     .high = MOST,
     .unit = "N",
     .aliases = "global-batch-size,train-batch-size",
     .help = "documents per optimizer step, instead of --batch-tokens; 0 is off"},
    {.name = "per-device-train-batch-size",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(device_batch_size),
     .low = 0,
     .high = MOST,
     .unit = "N",
     .aliases = "micro-batch-size",
     .help = "documents per forward pass; times --gradient-accumulation-steps it is --batch-size"},
    {.name = "gradient-accumulation-steps",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(accumulation_steps),
     .low = 0,
     .high = MOST,
     .unit = "N",
     .help = "forward passes per optimizer step; times --per-device-train-batch-size it is "
             "--batch-size"},
    DISTILL_MICRO_BATCH_ROW(AT(trainer)),
    {.name = "packing",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(packing),
     .aliases = "sample-packing,neat-packing,padding-free",
     .help = "put several documents into a forward pass, each with its own attention; there is no "
             "padding"},

    DISTILL_OPTIMIZER_ROWS(AT(trainer)),

    {.section = "Saving and evaluating"},
    DISTILL_SAVING_ROWS(AT(trainer)),
    {.name = "eval-data",
     .type = DISTILL_OPT_LIST,
     .offset = AT(eval_data),
     .unit = "PATH",
     .aliases = "eval-dataset,validation-data",
     .help = "as --data; its loss is eval_loss in metrics.jsonl"},
    {.name = "eval-every",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(eval_every),
     .low = 0,
     .high = 1e12,
     .unit = "STEPS",
     .aliases = "eval-steps",
     .help = "steps between evaluations; 0 evaluates at the end of each epoch"},
    DISTILL_COMMON_ROWS,
};

const distill_program TRAIN_PROGRAM = {
    .name = "distill-train",
    .summary = "fit a student on reasoning traces",
    .usage = "distill-train --model DIR|--init CONFIG.json --data PATH[:WEIGHT]... --output DIR "
             "[options]",
    .epilog =
        "Examples:\n"
        "  distill-train --model Qwen2.5-0.5B --data kept/ --output student\n"
        "  distill-train --init tiny.json --tokenizer Qwen2.5-0.5B --data kept/ more.jsonl:0.5 "
        "-o student -l 1e-3",
    .options = ROWS,
    .option_count = sizeof ROWS / sizeof *ROWS,
    .defaults = &DEFAULTS,
    .size = sizeof DEFAULTS,
};

const char *const TRAIN_FREE_KEYS[] = {"output",     "overwrite", "skip-bad",
                                       "eval-every", "eval-data", DISTILL_TRAINER_FREE_KEYS};
const size_t TRAIN_FREE_KEY_COUNT = sizeof TRAIN_FREE_KEYS / sizeof *TRAIN_FREE_KEYS;

distill_status train_options_check(const train_options *o)
{
    if (o->model == NULL && o->init == NULL)
        return distill_fail(DISTILL_USAGE, "--model or --init is missing (see --help)");
    if (o->model != NULL && o->init != NULL)
        return distill_fail(DISTILL_USAGE, "--model and --init exclude each other");
    if (o->init != NULL && o->tokenizer == NULL)
        return distill_fail(DISTILL_USAGE, "--init needs --tokenizer DIR");
    if (o->data.count == 0)
        return distill_fail(DISTILL_USAGE, "--data is missing (see --help)");
    if (o->epochs == 0 && o->max_steps == 0)
        return distill_fail(DISTILL_USAGE, "--epochs must be above 0");
    if (o->batch_size > 0 && (o->device_batch_size > 0 || o->accumulation_steps > 0))
        return distill_fail(DISTILL_USAGE, "--batch-size already is the product of "
                                           "--per-device-train-batch-size and "
                                           "--gradient-accumulation-steps; give one or the other");
    if (o->prompt_template != NULL && strstr(o->prompt_template, "{prompt}") == NULL)
        return distill_fail(DISTILL_USAGE, "--prompt-template must contain {prompt}");
    return distill_options_require(o->output, "output");
}

learned_part train_options_learned(const train_options *o)
{
    bool all = o->loss_on == LEARN_ALL || !o->completion_only_loss || o->train_on_prompt;
    return all ? LEARN_ALL : LEARN_RESPONSE;
}
