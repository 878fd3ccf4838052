#define _GNU_SOURCE
#include "confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void limit(int resource, rlim_t soft, rlim_t hard) {
  struct rlimit bounds = {.rlim_cur = soft, .rlim_max = hard};
  setrlimit(resource, &bounds);
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0
#endif

#define LOAD(field) \
  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, field))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)
#define REFUSED (SECCOMP_RET_ERRNO | EPERM)
#define ALLOW(number) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), ANSWER(SECCOMP_RET_ALLOW)
// Memory may be had, but none that can be run. The argument's low half is read: both
// processors are little-endian.
#define ALLOW_WITHOUT_EXEC(number)                                                              \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4), LOAD(args[2]),                             \
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), ANSWER(REFUSED),                   \
      ANSWER(SECCOMP_RET_ALLOW)

static bool filter_calls(void) {
  if (ARCHITECTURE == 0) return false;
  unsigned self = (unsigned)getpid();
  struct sock_filter program[] = {
      LOAD(arch),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
      ANSWER(SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
#if defined(__x86_64__)
      // The x32 numbers are another table of the same calls.
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1),
      ANSWER(SECCOMP_RET_KILL_PROCESS),
      ALLOW(SYS_time),
      ALLOW(SYS_alarm),
#endif
      // The descriptors that are open: the answer's, and what is mapped.
      ALLOW(SYS_read),
      ALLOW(SYS_pread64),
      ALLOW(SYS_write),
      ALLOW(SYS_writev),
      ALLOW(SYS_sendto),
      ALLOW(SYS_lseek),
      ALLOW(SYS_fstat),
      ALLOW(SYS_close),
      // Memory.
      ALLOW(SYS_brk),
      ALLOW(SYS_munmap),
      ALLOW(SYS_mremap),
      ALLOW(SYS_madvise),
      ALLOW(SYS_futex),
      ALLOW(SYS_getrandom),
      // Time, which a deadline needs.
      ALLOW(SYS_clock_gettime),
      ALLOW(SYS_gettimeofday),
      ALLOW(SYS_setitimer),
      ALLOW(SYS_restart_syscall),
      // Its own end, by whatever signal it is.
      ALLOW(SYS_rt_sigaction),
      ALLOW(SYS_rt_sigprocmask),
      ALLOW(SYS_rt_sigreturn),
      ALLOW(SYS_getpid),
      ALLOW(SYS_gettid),
      ALLOW(SYS_exit),
      ALLOW(SYS_exit_group),
      // These load an argument in place of the number, so they come last, and each ends the program.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4),
      LOAD(args[0]),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, self, 0, 1),
      ANSWER(SECCOMP_RET_ALLOW),
      ANSWER(REFUSED),
      ALLOW_WITHOUT_EXEC(SYS_mmap),
      ALLOW_WITHOUT_EXEC(SYS_mprotect),
      ANSWER(REFUSED),
  };
  struct sock_fprog filter = {
      .len = (unsigned short)(sizeof program / sizeof *program), .filter = program};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

bool cka_confine(const struct cka_confinement *confinement) {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  // A limit of 0 does not hold where cores go to a program; that of a process without dumps does.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_FSIZE, 0, 0);
  limit(RLIMIT_NPROC, 0, 0);
  limit(RLIMIT_NOFILE, 0, 0);
  limit(RLIMIT_DATA, confinement->memory, confinement->memory);
  // At the soft limit comes SIGXCPU, which says why; at the hard one SIGKILL.
  if (confinement->seconds > 0) {
    limit(RLIMIT_CPU, confinement->seconds, confinement->seconds + 1);
  }
  return filter_calls();
}

bool cka_can_filter_calls(void) {
  if (ARCHITECTURE == 0) return false;
  // Without a program the kernel says EFAULT where it would take one, EINVAL where it knows no filters.
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) != 0 && errno == EFAULT;
}
