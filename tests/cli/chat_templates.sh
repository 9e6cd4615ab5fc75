#!/bin/sh
# Chat templates on the whole way: a file, its variables and its date in training, the student that is saved with them,
# and sampling that uses what the student was trained with.
. "$DISTILL_SOURCE/tests/cli/train_support.sh"
gen=$DISTILL_BIN/distill-gen
today=$(date +%Y-%m-%d)
cat >"$work/own.jinja" <<'J'
{% if messages[0].role == 'system' %}{{ raise_exception('No system message, please') }}{% endif %}
{{ strftime_now('%Y-%m-%d') }} {{ mood | default('plain') }}
{%- for m in messages %}<|im_start|>{{ m.role }}:{{ m.content }}<|im_end|>{% endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant:<think>
{% endif %}
J
run() {
    "$train" --model "$work/model" --data "$work/data.jsonl" --batch-size 8 --threads 2 --max-steps 1 \
        --chat-template "$work/own.jinja" "$@"
}

# the date of the first start is kept, and is part of what is learned
expect 0 'trained:' run --output "$work/today"
grep -q "\"now\":\"$today\"" "$work/today/training.json" || fail "training.json does not hold today's date"
expect 0 'trained:' run --output "$work/dated" --now 2024-07-26
expect 0 'nothing to do' run --output "$work/dated"
grep -q '"now":"2024-07-26"' "$work/dated/training.json" || fail "the date of the first start was not kept"
expect 1 'the setting now was "2024-07-26" and is now "2024-07-27"' run --output "$work/dated" --now 2024-07-27
expect 0 'trained:' run --output "$work/again" --now 2024-07-26
cmp -s "$work/dated/model.safetensors" "$work/again/model.safetensors" || fail "the same date gives other bytes"
expect 0 'trained:' run --output "$work/moody" --now 2024-07-26 --chat-template-kwargs '{"mood":"happy"}'
cmp -s "$work/dated/model.safetensors" "$work/moody/model.safetensors" && fail "the variable changed nothing"
expect 2 'there is no such file' run --output "$work/x" --chat-template "$work/none.jinja"
expect 1 'No system message, please' run --output "$work/x" --system 'Be brief.'

# a student is saved with the templates that it was trained with
grep -q '"chat_template":.*strftime_now' "$work/dated/tokenizer_config.json" || fail "the chat template was not saved"
[ -e "$work/dated/chat_template.jinja" ] && fail "an older template takes precedence"
grep -q '"prompt_template": "{prompt}"' "$work/dated/generation_config.json" || fail "the prompt template was not saved"
printf '{"messages":[{"role":"user","content":"Hi"}],"add_generation_prompt":true}\n' >"$work/chat.jsonl"
expected='"2024-07-26 plain<|im_start|>user:Hi<|im_end|><|im_start|>assistant:<think>\n"'
got=$("$DISTILL_BIN/distill" render --tokenizer "$work/dated" --messages "$work/chat.jsonl" --now 2024-07-26)
[ "$got" = "$expected" ] || fail "the student's template gives $got"

# sampling takes both from the student; a resume on another day renders the first day
printf '{"id":"1","prompt":"Hi"}\n' >"$work/prompts.jsonl"
sample() {
    "$gen" --teacher "$work/dated" --prompts "$work/prompts.jsonl" --max-tokens 4 --threads 1 --quiet "$@"
}
expect 0 '' sample --output "$work/s" --now 2024-07-26
for setting in '"prompt-template":"{prompt}"' '"now":"2024-07-26"' '"chat-template-used":"sha256:'; do
    grep -qF "$setting" "$work/s/manifest.json" || fail "the manifest lacks $setting"
done
expect 0 '' sample --output "$work/s"
expect 1 'now' sample --output "$work/s" --now 2024-07-28
expect 0 '' sample --output "$work/t" --prompt-template 'Q: {prompt}'
grep -qF '"prompt-template":"Q: {prompt}"' "$work/t/manifest.json" || fail "--prompt-template was ignored"
grep -qF "\"now\":\"$today\"" "$work/t/manifest.json" || fail "the manifest does not hold today's date"

# tools, variables and tool calls of a prompt's line reach the template
cat >"$work/tools.jinja" <<'J'
{% if not tools or tools[0].name != 'add' or mood != 'calm' or messages[1].tool_calls[0].id != 7 %}
{{ raise_exception('not all arrived') }}
{% endif %}
{% for m in messages %}{{ m.content }}{% endfor %}
J
cat >"$work/prompts.jsonl" <<'J'
{"tools":[{"name":"add"}],"chat_template_kwargs":{"mood":"calm"},"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[{"id":7}]},{"role":"tool","content":"4"},{"role":"user","content":"So?"}]}
J
expect 0 '' sample --output "$work/u" --chat-template "$work/tools.jinja"
sed 's/calm/wild/' "$work/prompts.jsonl" >"$work/wild.jsonl"
expect 1 'not all arrived' sample --output "$work/v" --chat-template "$work/tools.jinja" --prompts "$work/wild.jsonl"
finish
