"""What a converter child takes away from itself before it reads a hostile file.

Three walls, each by system calls alone, so that nothing has to be installed: resource limits,
Landlock (Linux 5.13, files), seccomp (processes, sockets, other people's processes). They are
applied in the forked child, after every library is loaded and before the source is opened.

    python -m holotable.conversion.limits FILE     confine this process, try to break out, report
"""

import ctypes
import errno
import json
import os
import platform
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_libc: Final = ctypes.CDLL(None, use_errno=True)

# Linux numbers. Landlock's are the same on every architecture (include/uapi/asm-generic/unistd.h).
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_CLONE_THREAD = 0x10000

# Landlock access rights, include/uapi/linux/landlock.h
_WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = (
    1 << 1,
    1 << 2,
    1 << 3,
    1 << 4,
    1 << 5,
)
_MAKE_DIR, _MAKE_REG, _REFER, _TRUNCATE = 1 << 7, 1 << 8, 1 << 13, 1 << 14
_READ = _READ_FILE | _READ_DIR
_WRITE = (
    _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
)  # no symbolic links, devices, sockets or pipes: the parent reads these folders afterwards
_FILE_RIGHTS = _READ_FILE | _WRITE_FILE | _TRUNCATE  # the only ones a rule on a plain file may name

# What a reader may read besides its source: its libraries and what the C library looks at.
_SYSTEM_READABLE = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/fonts",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/sys/devices/system/cpu",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one conversion may use."""

    memory_bytes: int  # address space beyond what the warm parent already maps
    timeout_s: float  # wall clock
    output_bytes: int  # each file, and all files together
    cpu_s: int | None = None  # None: as much as all processors give within the wall clock


@dataclass(frozen=True, slots=True)
class _Calls:
    """The numbers of one architecture; None where the call does not exist."""

    audit: int
    refused: Sequence[int]  # answered EPERM
    absent: Sequence[int]  # answered ENOSYS: the caller has a gentler way
    pretended: Sequence[int]  # answered success and not done
    clone: int
    own_process: Sequence[int]  # first argument must be this process
    prlimit: int


# Refused: socket socketpair connect accept accept4 bind listen sendto sendmsg recvfrom recvmsg |
# fork vfork execve execveat setsid setpgid | ptrace process_vm_readv process_vm_writev kcmp
# process_madvise pidfd_open pidfd_getfd pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo tkill |
# mount umount2 pivot_root chroot unshare setns open_tree move_mount fsopen fsconfig fsmount fspick
# mount_setattr | bpf perf_event_open userfaultfd io_uring_setup/enter/register keyctl add_key
# request_key | kexec_load init_module finit_module delete_module reboot swapon swapoff acct syslog
# quotactl settimeofday clock_settime adjtimex sethostname setdomainname personality iopl ioperm |
# name_to_handle_at open_by_handle_at fanotify_init | shmget semget msgget mq_open (memory that
# RLIMIT_AS does not see).  Absent: clone3 (its flags are behind a pointer, so glibc must fall back
# to clone) and memfd_create.  Pretended: chmod, chown, utime and xattr families, which Landlock
# does not govern and Python's shutil calls.
_CALLS: Final = {
    "x86_64": _Calls(
        audit=0xC000003E,
        refused=(
            *(41, 53, 42, 43, 288, 49, 50, 44, 46, 45, 47),
            *(57, 58, 59, 322, 112, 109),
            *(101, 310, 311, 312, 440, 434, 438, 424, 129, 297, 200),
            *(165, 166, 155, 161, 272, 308, 428, 429, 430, 431, 432, 433, 442),
            *(321, 298, 323, 425, 426, 427, 250, 248, 249),
            *(246, 320, 175, 313, 176, 169, 167, 168, 163, 103, 179, 164, 227, 159, 305),
            *(170, 171, 135, 172, 173, 303, 304, 300, 29, 64, 68, 240),
        ),
        absent=(435, 319),
        pretended=(90, 91, 268, 452, 92, 93, 94, 260, 132, 235, 261, 280, 188, 189, 190),
        clone=56,
        own_process=(62, 234),
        prlimit=302,
    ),
    "aarch64": _Calls(
        audit=0xC00000B7,
        refused=(
            *(198, 199, 203, 202, 242, 200, 201, 206, 211, 207, 212),
            *(221, 281, 157, 154),
            *(117, 270, 271, 272, 440, 434, 438, 424, 138, 240, 130),
            *(40, 39, 41, 51, 97, 268, 428, 429, 430, 431, 432, 433, 442),
            *(280, 241, 282, 425, 426, 427, 219, 217, 218),
            *(104, 294, 105, 273, 106, 142, 224, 225, 89, 116, 60, 170, 112, 171, 266),
            *(161, 162, 92, 264, 265, 262, 194, 190, 186, 180),
        ),
        absent=(435, 279),
        pretended=(52, 53, 452, 54, 55, 88, 5, 6, 7),
        clone=220,
        own_process=(129, 131),
        prlimit=261,
    ),
}


class ConfinementError(OSError):
    """A wall that this machine was found to have could not be put up."""


def prefer_to_be_killed() -> None:
    """Let the kernel's out-of-memory killer choose this process before the server."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except OSError as refused:
        print(f"sandbox: oom_score_adj stays: {refused}", file=sys.stderr)  # noqa: T201  # the log


def die_with_parent() -> None:
    """Ask the kernel to end this process when the thread that started it ends."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "PR_SET_PDEATHSIG")


def apply_rlimits(limits: Limits) -> None:
    """Bound address space, processor time, file size, descriptors, threads; forbid core dumps."""
    mapped = _mapped_bytes()
    cpu_s = limits.cpu_s or int(limits.timeout_s * max(1, os.cpu_count() or 1)) + 5
    for kind, value in (
        (resource.RLIMIT_AS, mapped + limits.memory_bytes),
        (resource.RLIMIT_CPU, cpu_s + 1),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 512),
        # Counted over all of this user's threads; root is exempt, seccomp refuses processes anyway.
        (resource.RLIMIT_NPROC, _threads_of_user() + 256),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # A second of grace, so that it is SIGXCPU that ends the process and names the reason.
        soft = bound - 1 if kind == resource.RLIMIT_CPU else bound
        resource.setrlimit(kind, (soft, bound))


def drop_capabilities() -> None:
    """Give up every capability, should the server run as root."""
    number = {"x86_64": 126, "aarch64": 91}.get(platform.machine())
    if number is None:
        return
    header = struct.pack("Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this thread
    _check(_libc.syscall(number, header, struct.pack("6I", *[0] * 6)), "capset")


def landlock_abi() -> int:
    """Landlock's version in this kernel, 0 when there is none."""
    return max(0, int(_libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)))


def apply_landlock(
    readable: Iterable[Path], writable: Iterable[Path], descriptors: Iterable[int] = ()
) -> None:
    """Leave only these files and folders within reach, for good; absent paths are skipped.

    descriptors: open files that may be opened again for reading through /proc/self/fd.
    """
    abi = landlock_abi()
    if abi == 0:
        raise ConfinementError(errno.ENOSYS, "Landlock")
    rights = 13 if abi < 2 else 14 if abi < 3 else 15 if abi < 5 else 16
    handled = (1 << rights) - 1
    network = 3 if abi >= 4 else 0
    scoped = 3 if abi >= 6 else 0  # abstract sockets and signals to processes outside
    attributes = struct.pack("QQQ", handled, network, scoped)[
        : 8 if abi < 4 else 16 if abi < 6 else 24
    ]
    ruleset = _check(
        _libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0),
        "landlock_create_ruleset",
    )
    system = [Path(path) for path in _SYSTEM_READABLE]
    for path in [*system, Path(sys.prefix), Path(sys.base_prefix), *readable]:
        _landlock_path(ruleset, path, _READ & handled)
    _landlock_path(ruleset, Path("/dev/null"), (_READ_FILE | _WRITE_FILE) & handled)
    for path in writable:
        _landlock_path(ruleset, path, _WRITE & handled)
    for descriptor in descriptors:
        _landlock_rule(ruleset, descriptor, _READ_FILE)
    _no_new_privileges()
    _check(_libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)


def _landlock_path(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this machine: nothing to allow
    try:
        _landlock_rule(ruleset, descriptor, rights if path.is_dir() else rights & _FILE_RIGHTS)
    finally:
        os.close(descriptor)


def _landlock_rule(ruleset: int, descriptor: int, rights: int) -> None:
    beneath = struct.pack("=Qi", rights, descriptor)  # packed, landlock.h
    _check(_libc.syscall(_LANDLOCK_ADD, ruleset, 1, beneath, 0), "landlock_add_rule")


def seccomp_known() -> bool:
    """Whether the system call numbers of this machine are known."""
    return sys.platform == "linux" and platform.machine() in _CALLS


def apply_seccomp() -> None:
    """Refuse sockets, new processes, other processes, mounts and kernel interfaces, for good."""
    calls = _CALLS.get(platform.machine())
    if calls is None:
        raise ConfinementError(errno.ENOSYS, "seccomp")
    program = _program(calls, os.getpid())
    buffer = ctypes.create_string_buffer(program)
    # struct sock_fprog { unsigned short len; struct sock_filter *filter; }
    filter_program = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    _no_new_privileges()
    _check(_libc.prctl(_PR_SET_SECCOMP, 2, filter_program, 0, 0), "PR_SET_SECCOMP")


def _program(calls: _Calls, own_pid: int) -> bytes:
    """A classic BPF program over struct seccomp_data {int nr; u32 arch; u64 ip; u64 args[6]}."""
    load, equal, at_least, has_bit, leave = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, kill = 0x7FFF0000, 0x80000000

    def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    def error(number: int) -> bytes:
        return step(leave, 0x00050000 | number)

    program = [step(load, 4), step(equal, calls.audit, 1, 0), step(leave, kill), step(load, 0)]
    if calls.audit == 0xC000003E:  # the x32 interface has its own numbers
        program += [step(at_least, 0x40000000, 0, 1), error(errno.EPERM)]
    for numbers, answer in (
        (calls.refused, errno.EPERM),
        (calls.absent, errno.ENOSYS),
        (calls.pretended, 0),
    ):
        for number in numbers:
            program += [step(equal, number, 0, 1), error(answer)]
    # clone only makes threads
    program += [
        *(step(equal, calls.clone, 0, 4), step(load, 16)),
        *(step(has_bit, _CLONE_THREAD, 1, 0), error(errno.EPERM), step(load, 0)),
    ]
    for number in calls.own_process:
        program += [
            *(step(equal, number, 0, 4), step(load, 16)),
            *(step(equal, own_pid, 1, 0), error(errno.EPERM), step(load, 0)),
        ]
    program += [
        *(step(equal, calls.prlimit, 0, 5), step(load, 16)),
        *(step(equal, 0, 2, 0), step(equal, own_pid, 1, 0), error(errno.EPERM), step(load, 0)),
    ]
    return b"".join([*program, step(leave, allow)])


def _no_new_privileges() -> None:
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS")


def _check(result: int, name: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise ConfinementError(number, f"{name}: {os.strerror(number)}")
    return result


def _mapped_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _threads_of_user() -> int:
    count = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if entry.stat().st_uid == os.getuid():
                count += sum(1 for _ in (entry / "task").iterdir())
        except OSError:
            continue  # it ended meanwhile, or /proc hides it
    return count


def try_walls(secret: Path) -> dict[str, bool]:
    """Put up the walls in this very process, for good, then try to climb them.

    secret: a readable file that lies outside everything a reader may read.
    """
    walls = {"landlock": False, "seccomp": False}
    if landlock_abi() > 0:
        try:
            apply_landlock([], [])
            walls["landlock"] = _refused(secret.read_bytes)
        except ConfinementError as missing:
            print(f"landlock: {missing}", file=sys.stderr)  # noqa: T201  # read by the caller
    if seccomp_known():
        try:
            apply_seccomp()
            walls["seccomp"] = _refused(socket.socket) and _refused(_fork)
        except ConfinementError as missing:
            print(f"seccomp: {missing}", file=sys.stderr)  # noqa: T201  # read by the caller
    return walls


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    return False


if __name__ == "__main__":
    # sys.path as an isolated interpreter has it: what the sandbox must be able to read.
    print(json.dumps({**try_walls(Path(sys.argv[1])), "path": sys.path}))  # noqa: T201  # walls.py
