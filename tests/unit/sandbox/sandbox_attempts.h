// tests/unit/sandbox/sandbox_attempts.h - programs that try to escape, to outlive their run, or to
// exceed their limits.
//
// A program prints ESCAPED if it succeeds. `outcome` is how the run must end, and `or_else` is
// another permitted end.
#ifndef TESTS_UNIT_SANDBOX_SANDBOX_ATTEMPTS_H
#define TESTS_UNIT_SANDBOX_SANDBOX_ATTEMPTS_H

#include "datasets/sandbox/sandbox.h"

typedef struct attempt {
    const char *name, *source;
    sandbox_outcome outcome, or_else;
} attempt;

#define TRY_PY(action)                                                                             \
    "try:\n    " action "\n    print('ESCAPED')\nexcept Exception as e:\n    print(e)\n"
/// Makes a system call by its number on x86-64.
#define CALL(arguments)                                                                            \
    "import ctypes\nc = ctypes.CDLL(None, use_errno=True)\nr = c.syscall(" arguments ")\n"         \
    "print('ESCAPED' if r >= 0 else ctypes.get_errno())\n"

static const attempt PYTHON_ATTEMPTS[] = {
    // files
    {"reading /etc/shadow", TRY_PY("open('/etc/shadow').read()"), SANDBOX_OK, SANDBOX_OK},
    {"reading /etc/passwd", TRY_PY("open('/etc/passwd').read()"), SANDBOX_OK, SANDBOX_OK},
    {"reading a world-readable file of the machine", TRY_PY("open(SECRET).read()"), SANDBOX_OK,
     SANDBOX_OK},
    {"leaving by ..", TRY_PY("open('/box/../../../../..' + SECRET).read()"), SANDBOX_OK,
     SANDBOX_OK},
    {"leaving by a link",
     "import os\n" TRY_PY("os.symlink(SECRET, '/tmp/x'); open('/tmp/x').read()"), SANDBOX_OK,
     SANDBOX_OK},
    {"a hard link to a file of the system",
     "import os\n" TRY_PY("os.link('/usr/bin/env', '/tmp/x')"), SANDBOX_OK, SANDBOX_OK},
    {"writing into /usr", TRY_PY("open('/usr/bin/x', 'w')"), SANDBOX_OK, SANDBOX_OK},
    {"writing into /box", TRY_PY("open('/box/x', 'w')"), SANDBOX_OK, SANDBOX_OK},
    {"writing into /", TRY_PY("open('/x', 'w')"), SANDBOX_OK, SANDBOX_OK},
    {"writing over the program", TRY_PY("open('/box/attempt.py', 'a')"), SANDBOX_OK, SANDBOX_OK},
    {"/proc of the machine", "import os\n" TRY_PY("os.listdir('/proc')"), SANDBOX_OK, SANDBOX_OK},
    {"/sys of the machine", "import os\n" TRY_PY("os.listdir('/sys')"), SANDBOX_OK, SANDBOX_OK},
    {"memory of the kernel", TRY_PY("open('/dev/mem', 'rb')"), SANDBOX_OK, SANDBOX_OK},
    {"inherited descriptors",
     "import os\nfound = []\nfor fd in range(3, 1024):\n    try:\n        os.fstat(fd)\n"
     "        found.append(fd)\n    except OSError:\n        pass\n"
     "print('ESCAPED' if len(found) > 1 or any(fd != 3 for fd in found) else found)\n",
     SANDBOX_OK, SANDBOX_OK},
    {"inherited environment variables",
     "import os\nprint('ESCAPED' if 'DISTILL_SECRET' in os.environ else '')\n", SANDBOX_OK,
     SANDBOX_OK},
    {"filling /tmp",
     "try:\n    for i in range(1000):\n        open('/tmp/%d' % i, 'wb').write(bytes(1 << 20))\n"
     "    print('ESCAPED')\nexcept OSError as e:\n    print(e)\n",
     SANDBOX_OK, SANDBOX_OK},
    {"an unlimited number of files",
     "try:\n    for i in range(100000):\n        open('/tmp/%d' % i, 'w').close()\n"
     "    print('ESCAPED')\nexcept OSError as e:\n    print(e)\n",
     SANDBOX_OK, SANDBOX_OK},
    {"a memory file", "import os\n" TRY_PY("os.memfd_create('x')"), SANDBOX_OK, SANDBOX_OK},
    {"executing a file that it wrote",
     "import os\nopen('/tmp/x', 'w').write('#!/bin/sh\\necho ESCAPED')\nos.chmod('/tmp/x', "
     "0o755)\n" TRY_PY("os.execv('/tmp/x', ['x'])"),
     SANDBOX_OK, SANDBOX_OK},
    // networks and services
    {"a TCP connection", "import socket\n" TRY_PY("socket.create_connection(('127.0.0.1', PORT))"),
     SANDBOX_OK, SANDBOX_OK},
    {"resolving a host name", "import socket\n" TRY_PY("socket.gethostbyname('localhost')"),
     SANDBOX_OK, SANDBOX_OK},
    {"an abstract local socket",
     "import socket\n" TRY_PY("socket.socket(socket.AF_UNIX).connect('\\0' + ABSTRACT)"),
     SANDBOX_OK, SANDBOX_OK},
    {"a netlink socket", "import socket\n" TRY_PY("socket.socket(16, socket.SOCK_RAW, 0)"),
     SANDBOX_OK, SANDBOX_OK},
    // processes
    {"a fork", "import os\n" TRY_PY("os.fork()"), SANDBOX_OK, SANDBOX_OK},
    {"a fork bomb",
     "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n"
     "        break\n",
     SANDBOX_OK, SANDBOX_OK},
    {"a command", "import subprocess\n" TRY_PY("subprocess.run(['/usr/bin/id'])"), SANDBOX_OK,
     SANDBOX_OK},
    {"an unlimited number of threads",
     "import threading, time\nstarted = 0\ntry:\n    for i in range(10000):\n"
     "        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
     "        started += 1\nexcept (RuntimeError, MemoryError):\n    pass\n"
     "import os\nprint('ESCAPED' if started > 100 else started, flush=True)\nos._exit(0)\n",
     SANDBOX_OK, SANDBOX_OK},
    {"killing process 1", "import os\n" TRY_PY("os.kill(1, 9); os.kill(1, 15); 1 / 0"), SANDBOX_OK,
     SANDBOX_OK},
    {"killing all processes", "import os\nos.kill(-1, 9)\nprint('alive')\n", SANDBOX_EXIT,
     SANDBOX_SIGNAL},
    {"changing the limits of process 1",
     "import resource\n" TRY_PY("resource.prlimit(1, resource.RLIMIT_CPU, (0, 0))"), SANDBOX_OK,
     SANDBOX_OK},
    {"raising its own limits",
     "import resource\n" TRY_PY("resource.setrlimit(resource.RLIMIT_AS, (-1, -1))"), SANDBOX_OK,
     SANDBOX_OK},
    {"another user", "import os\n" TRY_PY("os.setuid(0)"), SANDBOX_OK, SANDBOX_OK},
    {"a set-user-ID program", "import os\nos.execv('/usr/bin/su', ['su', '-c', 'echo ESCAPED'])\n",
     SANDBOX_EXIT, SANDBOX_REFUSED},
    // calls that only an attack makes
    {"ptrace", CALL("101, 16, 1, 0, 0"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"mount", CALL("165, b'x', b'/tmp', b'tmpfs', 0, 0"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"unshare", CALL("272, 0x10000000"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"chroot", CALL("161, b'/tmp'"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"setns", CALL("308, 0, 0"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"bpf", CALL("321, 0, 0, 0"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"io_uring", CALL("425, 8, bytes(256)"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"userfaultfd", CALL("323, 1"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"keyctl", CALL("250, 0, -3, 0"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"memory of another process", CALL("310, 1, 0, 0, 0, 0, 0"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"performance counters", CALL("298, bytes(128), 0, -1, -1, 0"), SANDBOX_REFUSED,
     SANDBOX_REFUSED},
    {"a user namespace by clone", CALL("56, 0x10000011, 0, 0, 0, 0"), SANDBOX_OK, SANDBOX_OK},
    {"a process by clone3", CALL("435, bytes(88), 88"), SANDBOX_OK, SANDBOX_OK},
    {"numbers of the x32 ABI", CALL("0x40000000 + 39"), SANDBOX_REFUSED, SANDBOX_REFUSED},
    {"an unknown system call", CALL("1000, 0, 0"), SANDBOX_OK, SANDBOX_OK},
    {"injecting input into a terminal", "import fcntl\n" TRY_PY("fcntl.ioctl(0, 0x5412, b'x')"),
     SANDBOX_OK, SANDBOX_OK},
    // exceeding limits
    {"an endless loop", "while True: pass\n", SANDBOX_TIME, SANDBOX_TIME},
    {"sleep", "import time\ntime.sleep(1000)\n", SANDBOX_TIME, SANDBOX_TIME},
    {"sleep that ignores signals",
     "import signal, time\nfor s in range(1, 32):\n    try:\n"
     "        signal.signal(s, signal.SIG_IGN)\n    except OSError:\n        pass\n"
     "while True: time.sleep(1)\n",
     SANDBOX_TIME, SANDBOX_TIME},
    {"a loop that ignores the time signal",
     "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass\n",
     SANDBOX_TIME, SANDBOX_TIME},
    {"unlimited memory", "a = []\nwhile True: a.append(bytearray(1 << 20))\n", SANDBOX_MEMORY,
     SANDBOX_MEMORY},
    {"unlimited output", "while True: print('x' * 100000)\n", SANDBOX_OUTPUT, SANDBOX_OUTPUT},
    {"unlimited standard error", "import sys\nwhile True: sys.stderr.write('x' * 100000)\n",
     SANDBOX_OUTPUT, SANDBOX_OUTPUT},
    {"unlimited recursion",
     "import sys\nsys.setrecursionlimit(10**9)\nf = lambda: [f()]\n"
     "class A:\n    def __repr__(self): return repr(self)\nrepr(A())\n",
     SANDBOX_SIGNAL, SANDBOX_MEMORY},
    {"a crash", "import ctypes\nctypes.string_at(0)\n", SANDBOX_SIGNAL, SANDBOX_SIGNAL},
    {"reading past the end of its input",
     "import sys\nprint(len(sys.stdin.read()), sys.stdin.read())\n", SANDBOX_OK, SANDBOX_OK},
    {"truncating its output", "import os\nos.ftruncate(1, 0)\nprint('fine')\n", SANDBOX_OK,
     SANDBOX_OK},
};

static const attempt C_ATTEMPTS[] = {
    {"system calls of the 32-bit ABI",
     "#include <stdio.h>\nint main(void) {\n#ifdef __x86_64__\n  long r;\n"
     "  __asm__ volatile(\"int $0x80\" : \"=a\"(r) : \"a\"(20));\n"
     "  if (r > 0) puts(\"ESCAPED\");\n#endif\n  return 0; }\n",
     SANDBOX_REFUSED, SANDBOX_OK},
    {"an abort", "#include <stdlib.h>\nint main(void) { abort(); }\n", SANDBOX_SIGNAL,
     SANDBOX_SIGNAL},
    {"an exit status", "int main(void) { return 3; }\n", SANDBOX_EXIT, SANDBOX_EXIT},
    {"a fork bomb", "#include <unistd.h>\nint main(void) { while (fork() >= 0); return 0; }\n",
     SANDBOX_OK, SANDBOX_OK},
    {"unlimited memory, touched page by page",
     "#include <stdlib.h>\n#include <string.h>\nint main(void) { for (;;) {\n"
     "  char *p = malloc(1 << 20); if (!p) abort(); memset(p, 1, 1 << 20); } }\n",
     SANDBOX_MEMORY, SANDBOX_MEMORY},
    {"an unlimited stack",
     "int f(volatile int *p) { volatile int a[99]; a[0] = *p; return f(a) + "
     "a[0]; }\nint main(void) { int x = 1; return f(&x); }\n",
     SANDBOX_SIGNAL, SANDBOX_MEMORY},
};

#endif
