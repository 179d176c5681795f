package sallyport.daemon;

import java.util.Arrays;
import java.util.List;

/**
 * The system calls that no daemon needs once it serves, whatever their arguments: what starts a
 * program, reaches another process, root, account or namespace, opens a seldom used door of the
 * kernel, or changes the host. Each with its number on x86-64 and on AArch64, -1 where there is
 * none.
 */
enum RefusedCall {
  // Starting a program.
  EXECVE(59, 221),
  EXECVEAT(322, 281),
  // Another process's memory and descriptors.
  PTRACE(101, 117),
  PROCESS_VM_READV(310, 270),
  PROCESS_VM_WRITEV(311, 271),
  PROCESS_MADVISE(440, 440),
  PIDFD_GETFD(438, 438),
  KCMP(312, 272),
  // Another root, file system or namespace.
  CHROOT(161, 51),
  PIVOT_ROOT(155, 41),
  MOUNT(165, 40),
  UMOUNT2(166, 39),
  OPEN_TREE(428, 428),
  MOVE_MOUNT(429, 429),
  FSOPEN(430, 430),
  FSCONFIG(431, 431),
  FSMOUNT(432, 432),
  FSPICK(433, 433),
  MOUNT_SETATTR(442, 442),
  SETNS(308, 268),
  UNSHARE(272, 97),
  NAME_TO_HANDLE_AT(303, 264),
  OPEN_BY_HANDLE_AT(304, 265),
  FANOTIFY_INIT(300, 262),
  FANOTIFY_MARK(301, 263),
  MKNOD(133, -1),
  MKNODAT(259, 33),
  // Another account, or power.
  SETUID(105, 146),
  SETGID(106, 144),
  SETREUID(113, 145),
  SETREGID(114, 143),
  SETRESUID(117, 147),
  SETRESGID(119, 149),
  SETFSUID(122, 151),
  SETFSGID(123, 152),
  SETGROUPS(116, 159),
  CAPSET(126, 91),
  PERSONALITY(135, 92),
  // Ways into the kernel.
  BPF(321, 280),
  PERF_EVENT_OPEN(298, 241),
  USERFAULTFD(323, 282),
  KEYCTL(250, 219),
  ADD_KEY(248, 217),
  REQUEST_KEY(249, 218),
  IO_URING_SETUP(425, 425),
  IO_URING_ENTER(426, 426),
  IO_URING_REGISTER(427, 427),
  MODIFY_LDT(154, -1),
  IOPL(172, -1),
  IOPERM(173, -1),
  // The host.
  INIT_MODULE(175, 105),
  FINIT_MODULE(313, 273),
  DELETE_MODULE(176, 106),
  KEXEC_LOAD(246, 104),
  KEXEC_FILE_LOAD(320, 294),
  REBOOT(169, 142),
  SWAPON(167, 224),
  SWAPOFF(168, 225),
  ACCT(163, 89),
  QUOTACTL(179, 60),
  QUOTACTL_FD(443, 443),
  SETTIMEOFDAY(164, 170),
  CLOCK_SETTIME(227, 112),
  ADJTIMEX(159, 171),
  CLOCK_ADJTIME(305, 266),
  SETHOSTNAME(170, 161),
  SETDOMAINNAME(171, 162),
  SYSLOG(103, 116),
  VHANGUP(153, 58),
  USELIB(134, -1),
  NFSSERVCTL(180, 42),
  LOOKUP_DCOOKIE(212, 18);

  private final int x86;
  private final int arm;

  RefusedCall(int x86, int arm) {
    this.x86 = x86;
    this.arm = arm;
  }

  /** Their numbers on x86-64, or else on AArch64, where some do not exist. */
  static List<Integer> numbers(boolean onX86) {
    return Arrays.stream(values())
        .map(call -> onX86 ? call.x86 : call.arm)
        .filter(number -> number >= 0)
        .toList();
  }
}
