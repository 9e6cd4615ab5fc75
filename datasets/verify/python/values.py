# Values on their way between the examiner and the candidate: JSON, with a mark for what JSON lacks.
# Nothing that is read can run code or is larger than what was sent. A message: 4 bytes of length, then
# the JSON text.
#
#   list [..]   tuple {"t": [..]}   set {"s": [..]}   frozenset {"f": [..]}   dict {"d": [[k, v], ..]}
#   bytes {"b": hex}   complex {"c": [re, im]}   range {"r": [a, b, c]}   iterator {"i": [..]}
#   Fraction {"q": [n, d]}   Decimal {"e": text}   anything else {"h": number}, an object that stays
import json, os, sys

FD = 3
MOST_BYTES = 1 << 28
MOST_ITEMS = 1 << 20
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)


def read_exactly(n):
    parts = []
    while n > 0:
        part = os.read(FD, min(n, 1 << 16))
        if not part:
            return None
        parts.append(part)
        n -= len(part)
    return b"".join(parts)


def receive():
    head = read_exactly(4)
    if head is None:
        return None
    length = int.from_bytes(head, "little")
    body = read_exactly(length) if length <= MOST_BYTES else None
    return None if body is None else json.loads(body)


def send(message):
    body = json.dumps(message).encode()
    data = len(body).to_bytes(4, "little") + body
    while data:
        data = data[os.write(FD, data):]


def encode(v, keep):
    """`keep(v)` gives the number of an object that cannot be sent."""
    if v is None or v is True or v is False:
        return v
    kind = type(v)
    if kind is str or kind is int or kind is float:
        return v
    if isinstance(v, list):
        return [encode(x, keep) for x in v]
    if isinstance(v, tuple):
        return {"t": [encode(x, keep) for x in v]}
    if isinstance(v, dict):
        return {"d": [[encode(k, keep), encode(x, keep)] for k, x in v.items()]}
    if isinstance(v, (set, frozenset)):
        return {"s" if isinstance(v, set) else "f": [encode(x, keep) for x in v]}
    if isinstance(v, str):
        return str.__str__(v)
    if isinstance(v, int):
        return int.__int__(v)
    if isinstance(v, float):
        return float.__float__(v)
    if isinstance(v, (bytes, bytearray)):
        return {"b": bytes(v).hex()}
    if isinstance(v, complex):
        return {"c": [v.real, v.imag]}
    if isinstance(v, range):
        return {"r": [v.start, v.stop, v.step]}
    if kind.__module__ == "fractions" and kind.__name__ == "Fraction":
        return {"q": [v.numerator, v.denominator]}
    if kind.__module__ == "decimal" and kind.__name__ == "Decimal":
        return {"e": str(v)}
    if kind.__module__ == "numpy" and hasattr(v, "tolist"):
        return encode(v.tolist(), keep)
    if hasattr(kind, "__next__"):
        from itertools import islice
        return {"i": [encode(x, keep) for x in islice(v, MOST_ITEMS)]}
    if kind in (type({}.keys()), type({}.values()), type({}.items())):
        return {"i": [encode(x, keep) for x in v]}
    return {"h": keep(v)}


def decode(v, find):
    """`find(number)` is the object with that number."""
    if type(v) is list:
        return [decode(x, find) for x in v]
    if type(v) is not dict:
        return v
    (mark, x), = v.items()
    if mark == "t":
        return tuple([decode(y, find) for y in x])
    if mark == "d":
        return {decode(k, find): decode(y, find) for k, y in x}
    if mark == "s":
        return {decode(y, find) for y in x}
    if mark == "f":
        return frozenset([decode(y, find) for y in x])
    if mark == "b":
        return bytes.fromhex(x)
    if mark == "c":
        return complex(float(x[0]), float(x[1]))
    if mark == "r":
        return range(*map(int, x))
    if mark == "i":
        return iter([decode(y, find) for y in x])
    if mark == "q":
        from fractions import Fraction
        return Fraction(int(x[0]), int(x[1]))
    if mark == "e":
        from decimal import Decimal
        return Decimal(str(x))
    if mark == "h":
        return find(x)
    raise ValueError("unknown mark")
