# Objects of the program in the process of the tests (harness.py): each stands for an object of the other process,
# which carries out its operations.
#
# An operation whose other operand is a value of the tests may show the program what is expected, and an object
# may answer whatever passes. So:
#   - an object is never equal to a value of the tests;
#   - only an object that the tests have made, by calling a class of the program, can be put into arithmetic or
#     `in` with such a value, and the result of that arithmetic is an object and is not turned into a number;
#   - order between the two is an error; for an object that the tests have made, it is undecided.
# Two objects of the program are compared by the program: they are its own classes that are tested.
import harness, values
from harness import EndOfItems, Undecided, call, copied, exchange, operate, short

MADE, RESULT, COMPUTED = range(3)


class Remote:
    """An object of the program, represented by its number."""

    __slots__ = ("_remote_number", "_remote_origin", "_remote_label")

    def __init__(self, number, origin=RESULT, label=""):
        object.__setattr__(self, "_remote_number", number)
        object.__setattr__(self, "_remote_origin", origin)
        object.__setattr__(self, "_remote_label", label)

    def _remote_named(self, label):
        return Remote(self._remote_number, RESULT, label)

    def __getattr__(self, name):
        if name.startswith("__") and name not in SHOWN:
            raise AttributeError(name)
        value = copied(exchange(("get", self._remote_number, name))[0], "attribute", self, name)
        return Remote(value._remote_number, RESULT, "." + name) if type(value) is Remote else value

    __class__ = property(lambda self: self.__getattr__("__class__"))
    __doc__ = property(lambda self: self.__getattr__("__doc__"))

    def __setattr__(self, name, value):
        operate("setattr", self, name, value)

    def __delattr__(self, name):
        operate("delattr", self, name)

    def __call__(self, *arguments, **named):
        value = call(("call_object", self._remote_number), arguments, named, self._remote_label.strip(".") or "object")
        if type(value) is Remote and is_class_name(self._remote_label):
            return Remote(value._remote_number, MADE)
        return value

    def __eq__(self, other):
        if type(other) is Remote:
            return operate("eq", self, other) is True
        if self._remote_origin == MADE and operate("eq", self, other) is True:
            raise Undecided("only the program says that its object is equal to %s" % short(other))
        return False

    def __ne__(self, other):
        return operate("ne", self, other) is True if type(other) is Remote else not self == other

    def __contains__(self, item):
        if type(item) is Remote or self._remote_origin == MADE:
            return operate("contains", self, item) is True
        return any(item == own for own in self)  # the program is not shown the item

    def __bool__(self):
        return number_from(self, "bool") is True

    def __iter__(self):
        items = operate("iter", self)
        return items if hasattr(items, "__next__") else iter(())

    def __next__(self):
        try:
            return operate("next", self)
        except EndOfItems:
            raise StopIteration from None

    def __repr__(self):
        return "an object of the program" if harness.objects_in_words else operate("repr", self)

    def __exit__(self, kind, value, trace):
        return operate("exit", self)

    def __instancecheck__(self, value):
        return operate("isinstance", value, self) is True

    def __subclasscheck__(self, kind):
        return operate("issubclass", kind, self) is True

    def __mro_entries__(self, bases):
        raise Undecided("the tests derive a class from one of the program")


SHOWN = {"__name__", "__qualname__", "__dict__", "__class__", "__doc__", "__annotations__", "__mro__", "__bases__",
         "__wrapped__", "__defaults__"}


def is_class_name(name):
    """Written as the name of a class is."""
    return name[:1].isupper() and "_" not in name and name != name.upper()


def refuse(v, other):
    raise TypeError("%s and %s: no comparison of the program's own" % (short(v), short(other, 60)))


def number_from(v, operation, *more):
    """A plain value of an object, unless the object is the result of arithmetic with a value of the tests."""
    if v._remote_origin == COMPUTED:
        refuse(v, operation)
    return operate(operation, v, *more)


def plain_operation(operation):
    return lambda self, *operands: operate(operation, self, *operands)


def number_operation(operation):
    return lambda self, *operands: number_from(self, operation, *operands)


def arithmetic(operation, reflected):
    def compute(self, other):
        known = type(other) is Remote
        if not known and self._remote_origin == RESULT:
            refuse(self, other)
        value = operate(operation, other, self) if reflected else operate(operation, self, other)
        if not known and type(value) is not Remote:
            refuse(self, other)
        computed = not known or COMPUTED in (self._remote_origin, other._remote_origin)
        return Remote(value._remote_number, COMPUTED) if computed and type(value) is Remote else value
    return compute


def order(operation):
    def compare(self, other):
        if type(other) is Remote:
            return operate(operation, self, other)
        if self._remote_origin == MADE:
            raise Undecided("only the program orders its object and %s" % short(other))
        refuse(self, other)
    return compare


def add_operations():
    Remote.__getitem__ = lambda self, key: copied(operate("getitem", self, key), "item", self, key)
    Remote.__copy__ = plain_operation("copy")
    Remote.__deepcopy__ = lambda self, memo: operate("deepcopy", self)
    for name in ("len", "str", "hash", "reversed", "format", "setitem", "delitem", "enter"):
        setattr(Remote, "__%s__" % name, plain_operation(name))
    for name in ("abs", "int", "float", "complex", "round", "neg", "pos", "invert", "index"):
        setattr(Remote, "__%s__" % name, number_operation(name))
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor", "lshift",
                 "rshift", "divmod"):
        setattr(Remote, "__%s__" % name.strip("_"), arithmetic(name, False))
        setattr(Remote, "__r%s__" % name.strip("_"), arithmetic(name, True))
    for name in ("iadd", "isub", "imul"):
        setattr(Remote, "__%s__" % name, arithmetic(name, False))
    for name in ("lt", "le", "gt", "ge"):
        setattr(Remote, "__%s__" % name, order(name))


def received(number, kind):
    return items_of(Remote(number)) if kind == "g" else Remote(number)


def items_of(iterator):
    """The items of an iterator of the program, one question each, since it may have no end."""
    while True:
        try:
            item = operate("next", iterator)
        except EndOfItems:
            return
        yield item


add_operations()
values.OBJECT = Remote
