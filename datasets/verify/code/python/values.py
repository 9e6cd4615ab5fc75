# The encoding of values that harness and candidate exchange. Decoding never runs code, and a value is never
# larger than the bytes that were sent. Modules that take long to import are avoided: most of the time of a
# verdict is the start of two interpreters.
#
#   N None   T True   F False   i integer (bytes, two's complement)   f float (text)   c complex (two floats)
#   s text (UTF-8)   b bytes   l list   t tuple   S set   z frozenset   d dict   r range   I iterator
#   q Fraction   e Decimal (text)   h an object that stays in its process (its number)
#
# A value is a type byte, 4 bytes of length or count (little endian), then bytes or items. A message is 4 bytes
# of length and a value.
import os, sys

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


def receive(lookup):
    """The next message; None at the end of the stream, or if it is too long."""
    head = read_exactly(4)
    if head is None:
        return None
    length = int.from_bytes(head, "little")
    body = read_exactly(length) if length <= MOST_BYTES else None
    return None if body is None else decode(body, lookup)


def send(message, register):
    out = bytearray(4)
    encode(out, message, register)
    out[:4] = (len(out) - 4).to_bytes(4, "little")
    data = memoryview(out)
    while data:
        data = data[os.write(FD, data):]


def put(out, kind, data):
    out += kind
    out += len(data).to_bytes(4, "little")
    out += data


def put_items(out, kind, items, register):
    out += kind
    out += len(items).to_bytes(4, "little")
    for item in items:
        encode(out, item, register)


def encode(out, v, register):
    """Appends `v`; register(v) returns the number of an object that cannot be sent."""
    kind = type(v)
    if v is None:
        out += b"N"
    elif v is True:
        out += b"T"
    elif v is False:
        out += b"F"
    elif isinstance(v, int):
        n = int.__index__(v)
        put(out, b"i", n.to_bytes(n.bit_length() // 8 + 1, "little", signed=True))
    elif isinstance(v, str):
        put(out, b"s", str.__str__(v).encode("utf-8", "surrogatepass"))
    elif isinstance(v, float):
        put(out, b"f", float.__repr__(v).encode())
    elif isinstance(v, list):
        put_items(out, b"l", v, register)
    elif isinstance(v, tuple):
        put_items(out, b"t", v, register)
    elif isinstance(v, dict):
        put_items(out, b"d", [x for pair in v.items() for x in pair], register)
    elif isinstance(v, (set, frozenset)):
        put_items(out, b"S" if isinstance(v, set) else b"z", list(v), register)
    elif isinstance(v, (bytes, bytearray)):
        put(out, b"b", bytes(v))
    elif isinstance(v, complex):
        put_items(out, b"c", (v.real, v.imag), register)
    elif isinstance(v, range):
        put_items(out, b"r", (v.start, v.stop, v.step), register)
    elif kind.__module__ == "fractions" and kind.__name__ == "Fraction":
        put_items(out, b"q", (v.numerator, v.denominator), register)
    elif kind.__module__ == "decimal" and kind.__name__ == "Decimal":
        put(out, b"e", str(v).encode())
    elif kind.__module__ == "numpy" and hasattr(v, "tolist"):
        encode(out, v.tolist(), register)
    elif hasattr(kind, "__next__") or kind.__name__ in ("dict_keys", "dict_values", "dict_items"):
        items = []
        for item in v:
            items.append(item)
            if len(items) == MOST_ITEMS:
                break
        put_items(out, b"I", items, register)
    else:
        put(out, b"h", register(v).to_bytes(4, "little"))


def pairs(items):
    return dict(zip(items[::2], items[1::2]))


def fraction(items):
    from fractions import Fraction
    return Fraction(*items)


def decimal(data):
    from decimal import Decimal
    return Decimal(data.decode())


ITEMS = {"l": list, "t": tuple, "S": set, "z": frozenset, "d": pairs, "I": iter,
         "r": lambda items: range(*items), "q": fraction,
         "c": lambda items: complex(float(items[0]), float(items[1]))}
BYTES = {"i": lambda data: int.from_bytes(data, "little", signed=True),
         "s": lambda data: data.decode("utf-8", "surrogatepass"),
         "f": lambda data: float(data.decode()), "b": bytes, "e": decimal}
SINGLE = {"N": None, "T": True, "F": False}


def decode(data, lookup):
    """The value in `data`; lookup(number) returns an object that stays. ValueError if it is no value."""
    place = 0

    def one():
        nonlocal place
        kind = chr(data[place])
        place += 1
        if kind in SINGLE:
            return SINGLE[kind]
        count = int.from_bytes(data[place:place + 4], "little")
        place += 4
        if count > len(data) - place:
            raise ValueError("a truncated value")
        if kind in ITEMS:
            return ITEMS[kind]([one() for _ in range(count)])
        part = data[place:place + count]
        place += count
        if kind == "h":
            return lookup(int.from_bytes(part, "little"))
        if kind not in BYTES:
            raise ValueError("an unknown type byte")
        return BYTES[kind](part)

    try:
        return one()
    except (LookupError, TypeError, UnicodeError, ArithmeticError) as e:
        raise ValueError(str(e)) from None
