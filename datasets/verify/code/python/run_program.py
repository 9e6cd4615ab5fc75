# Runs /box/reply.py as a program, with standard input and output. Python is started without site (-S),
# which halves its start time; what programs expect of site is set up here.
import builtins, sys

builtins.exit = builtins.quit = sys.exit
sys.path += ["/usr/local/lib/python3/dist-packages", "/usr/lib/python3/dist-packages"]
sys.set_int_max_str_digits(0) if hasattr(sys, "set_int_max_str_digits") else None
sys.argv = ["/box/reply.py"]
with open("/box/reply.py", encoding="utf-8", errors="surrogateescape") as _file:
    _source = _file.read()
exec(compile(_source, "/box/reply.py", "exec"), globals())
