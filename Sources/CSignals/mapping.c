#include "CSignals.h"
#include "mapping.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// As many as Linux lets a process have (vm.max_map_count, 65,530 unless it was raised). Entries that were
// never used take no memory.
enum { max_mappings = 1 << 16 };

// Read by the handler without a lock: `start` is published last and withdrawn first.
static struct {
  _Atomic uintptr_t start;
  _Atomic size_t length;
  atomic_bool truncated;
} mappings[max_mappings];

// Entries from here on were never used; the handler looks no further.
static atomic_int used_mappings;
// Entries before this one are taken. Under the lock.
static int first_free;

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t install_once = PTHREAD_ONCE_INIT;
static struct sigaction previous;
static long page_size;

static int find(uintptr_t address) {
  int used = atomic_load(&used_mappings);
  for (int i = 0; i < used; i++) {
    uintptr_t start = atomic_load(&mappings[i].start);
    if (start != 0 && address >= start && address - start < atomic_load(&mappings[i].length)) return i;
  }
  return -1;
}

bool cka_recover_mapping(const siginfo_t *info) {
  uintptr_t address = (uintptr_t)info->si_addr;
  int i = find(address);
  if (i < 0) return false;
  void *page = (void *)(address & ~(uintptr_t)(page_size - 1));
  void *fresh = mmap(page, (size_t)page_size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (fresh != page) return false;
  memset(page, 0xff, (size_t)page_size);
  atomic_store(&mappings[i].truncated, true);
  return true;
}

static void on_bus_error(int number, siginfo_t *info, void *context) {
  if (cka_recover_mapping(info)) return;
  // Not ours: hand it to whoever came before, or die of it as if we had never been here.
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(number, info, context);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(number);
  } else {
    signal(number, SIG_DFL);
  }
}

static void install(void) {
  page_size = sysconf(_SC_PAGESIZE);
  struct sigaction action = {0};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &previous);
}

bool cka_guard_mapping(const void *start, size_t length) {
  pthread_once(&install_once, install);
  bool placed = false;
  pthread_mutex_lock(&table_lock);
  for (int i = first_free; i < max_mappings && !placed; i++) {
    if (atomic_load(&mappings[i].start) != 0) continue;
    atomic_store(&mappings[i].length, length);
    atomic_store(&mappings[i].truncated, false);
    atomic_store(&mappings[i].start, (uintptr_t)start);
    if (i >= atomic_load(&used_mappings)) atomic_store(&used_mappings, i + 1);
    first_free = i + 1;
    placed = true;
  }
  pthread_mutex_unlock(&table_lock);
  return placed;
}

void cka_forget_mapping(const void *start) {
  pthread_mutex_lock(&table_lock);
  for (int i = 0; i < atomic_load(&used_mappings); i++) {
    if (atomic_load(&mappings[i].start) == (uintptr_t)start) {
      atomic_store(&mappings[i].start, 0);
      if (i < first_free) first_free = i;
      break;
    }
  }
  pthread_mutex_unlock(&table_lock);
}

bool cka_mapping_was_truncated(const void *start) {
  int i = find((uintptr_t)start);
  return i >= 0 && atomic_load(&mappings[i].truncated);
}
