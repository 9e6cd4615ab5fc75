# Template programs rendered here and by Python's Jinja2; skipped where that is not installed.
python3 -c 'import jinja2' 2>/dev/null || exit 77
exec python3 "$DISTILL_SOURCE/tests/differential/jinja/jinja_pairs.py" "$DISTILL_BUILD/tests/jinja_render" --count 120
