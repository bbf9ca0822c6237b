"""Confine this process before it runs a student's code. Linux only; everything else is a refusal.

- Landlock (Linux 5.13 or newer) lets it read Python and the libraries, and write into one folder.
  Every other file is closed to it and to all programs that it starts, even if it runs as root.
- Namespaces of its own: it has no network and sees no other process. Some systems don't allow
  that; then Landlock closes the network's TCP (Linux 6.7 or newer) and not the rest.
- A parent that ends it together with all processes that it has started.
- Limits on memory, on the size of a file and on computing time.
"""

import ctypes
import os
import resource
import signal
import sys

libc = ctypes.CDLL(None, use_errno=True)
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every processor
RULE_PATH_BENEATH = 1
SET_DEATH_SIGNAL, SET_CHILD_SUBREAPER, SET_NO_NEW_PRIVILEGES = 1, 36, 38
USER, PIDS, NETWORK, IPC = 0x10000000, 0x20000000, 0x40000000, 0x08000000
EXECUTE, WRITE, READ, LIST = 1, 2, 4, 8
# How many kinds of access to files each version of Landlock knows; bit k stands for the k-th.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
GIGABYTE = 1024**3


class Ruleset(ctypes.Structure):
    """struct landlock_ruleset_attr: what is forbidden unless a rule allows it."""

    _fields_ = [
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scope", ctypes.c_uint64),
    ]


class PathBeneath(ctypes.Structure):
    """struct landlock_path_beneath_attr: what is allowed in a folder and below it."""

    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def landlock_version():
    """The version of Landlock that this kernel offers; 0 if it has none."""
    if sys.platform != "linux":
        return 0
    return max(0, libc.syscall(CREATE_RULESET, None, 0, 1))


def open_only(readable, writable):
    """From now on, allow reading below the folders `readable`, and everything below `writable`."""
    version = landlock_version()
    if version == 0:
        raise OSError("this kernel has no Landlock")
    all_rights = 2 ** FILE_RIGHTS.get(version, 16 if version >= 5 else 15) - 1
    # Before version 4 the structure has one field, before version 6 two.
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = Ruleset(all_rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    ruleset = _done(libc.syscall(CREATE_RULESET, ctypes.byref(rules), size, 0))
    for folders, rights in ((readable, EXECUTE | READ | LIST), (writable, all_rights)):
        for folder in folders:
            _allow(ruleset, folder, rights)
    _done(libc.prctl(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _done(libc.syscall(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow(ruleset, folder, rights):
    if not os.path.isdir(folder):
        rights &= EXECUTE | READ | WRITE
    descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    rule = PathBeneath(rights, descriptor)
    _done(libc.syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, ctypes.byref(rule), 0))
    os.close(descriptor)


def _done(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def limit(memory, file_size, seconds):
    """Limit the process's memory and files, in bytes, and its computing time, in seconds."""
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        resource.setrlimit(kind, (value, value))


def in_a_child(with_namespaces=True):
    """Go on in a child process that sees neither the network nor other processes.

    The parent never returns from here. It waits for the child, or for a signal, and then ends the
    child and everything that it has started. Call this before any thread starts. Where the system
    allows no namespaces, in many containers for example, the child goes on without them.
    """
    if with_namespaces:
        libc.unshare(USER | PIDS | NETWORK | IPC)  # it may fail
    child = os.fork()
    if child:
        os.closerange(0, 256)
        _wait_and_end_all(child)
    # The first process of a namespace takes all others in it along when it ends.
    libc.prctl(SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _wait_and_end_all(child):
    """Wait for the child's end or for SIGTERM. Then end all descendants, and this process."""
    libc.prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans become children of this process

    def end_all(*_):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            for pid in _children():
                os.kill(pid, signal.SIGKILL)
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                os._exit(0)

    signal.signal(signal.SIGTERM, end_all)
    while os.waitpid(-1, 0)[0] != child:
        pass
    end_all()


def _children():
    """The numbers of this process's children."""
    me = os.getpid()
    with open(f"/proc/{me}/task/{me}/children") as file:
        return [int(pid) for pid in file.read().split()]
