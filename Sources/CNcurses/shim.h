#ifndef CNCURSES_SHIM_H
#define CNCURSES_SHIM_H
// What Swift cannot import of ncurses: macros with arguments or casts, variadic functions, and mutable
// globals (which Swift 6 rejects). Each `cka_` function is the macro or global that it is named after.

// SwiftPM drops pkg-config's -D flags; without this the wide-character half of ncurses vanishes.
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

// wcwidth hides behind _XOPEN_SOURCE, which Swift's Glibc module does not define.
extern int wcwidth(wchar_t);

// Globals.
static inline WINDOW *cka_stdscr(void) { return stdscr; }
static inline WINDOW *cka_curscr(void) { return curscr; }
static inline int cka_lines(void) { return LINES; }
static inline int cka_columns(void) { return COLS; }
static inline int cka_color_pairs(void) { return COLOR_PAIRS; }

// Attributes.
static inline uint32_t cka_a_bold(void) { return A_BOLD; }
static inline uint32_t cka_a_dim(void) { return A_DIM; }
static inline uint32_t cka_a_reverse(void) { return A_REVERSE; }
static inline uint32_t cka_a_underline(void) { return A_UNDERLINE; }

// The mouse: presses of the left button, and the wheel, which reports itself as buttons 4 and 5.
static inline uint32_t cka_button1_pressed(void) { return (uint32_t)BUTTON1_PRESSED; }
static inline uint32_t cka_button4_pressed(void) { return (uint32_t)BUTTON4_PRESSED; }
static inline uint32_t cka_button5_pressed(void) { return (uint32_t)BUTTON5_PRESSED; }
static inline void cka_set_mouse(bool on) {
  mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}

/// The next key that is waiting: ERR, OK with a character in `key`, or KEY_CODE_YES with a KEY_ code.
static inline int cka_next_key(WINDOW *window, uint32_t *key) {
  wint_t read = 0;
  int kind = wget_wch(window, &read);
  *key = (uint32_t)read;
  return kind;
}

/// A screen and the files that it reads and writes.
typedef struct {
  SCREEN *screen;
  FILE *input;
  FILE *output;
} cka_screen;

/// `delscreen`, and closes the files.
static inline void cka_delscreen(cka_screen screen) {
  if (screen.screen != NULL) delscreen(screen.screen);
  if (screen.input != NULL) fclose(screen.input);
  if (screen.output != NULL) fclose(screen.output);
}

/// `newterm` on copies of file descriptors. `screen` is NULL when the terminal is not known. Programs that
/// are started later do not inherit the copies: a job must not keep a terminal open.
static inline cka_screen cka_newterm(const char *term, int input, int output) {
  int in = fcntl(input, F_DUPFD_CLOEXEC, 3), out = fcntl(output, F_DUPFD_CLOEXEC, 3);
  cka_screen result = {NULL, in < 0 ? NULL : fdopen(in, "r"), out < 0 ? NULL : fdopen(out, "w")};
  if (result.input != NULL && result.output != NULL) {
    result.screen = newterm(term, result.output, result.input);
  }
  if (result.screen == NULL) {
    cka_delscreen(result);
    result = (cka_screen){NULL, NULL, NULL};
  }
  return result;
}

/// Paints the first `count` cells of row `y`. A glyph of 0 is the right half of the wide glyph before it;
/// a glyph that the locale cannot print becomes '?', because ncurses would drop it and shift the row.
static inline void cka_put_row(int y, int count, const uint32_t *glyphs, const int32_t *pairs,
                               const uint32_t *attributes) {
  enum { chunk = 512 };
  cchar_t cells[chunk + 1];
  int x = 0;
  while (x < count) {
    int start = x, used = 0;
    for (; x < count && used < chunk; x++) {
      if (glyphs[x] == 0) continue;
      wchar_t text[2] = {(wchar_t)glyphs[x], 0};
      if ((glyphs[x] < 0x20 || glyphs[x] > 0x7E) && wcwidth(text[0]) <= 0) text[0] = L'?';
      int pair = pairs[x];
      memset(&cells[used], 0, sizeof cells[used]);
      setcchar(&cells[used], text, (attr_t)attributes[x], 0, &pair);
      used++;
    }
    while (x < count && glyphs[x] == 0) x++;
    if (used > 0) mvwadd_wchnstr(stdscr, y, start, cells, used);
  }
}

// Terminfo: names of the standard capabilities in the order in which a compiled entry stores them.
static inline const char *cka_boolean_name(int i) { return boolnames[i]; }
static inline const char *cka_number_name(int i) { return numnames[i]; }
static inline const char *cka_string_name(int i) { return strnames[i]; }

/// A string capability of the current terminal, NULL when it has none.
static inline const char *cka_capability(const char *name) {
  const char *value = tigetstr(name);
  return value == (const char *)-1 ? NULL : value;
}

/// `tparm` with one parameter.
static inline const char *cka_tparm(const char *capability, long a) {
  return tparm(capability, a, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
}

/// Looks at the entry of `term` in the terminfo database, apart from a terminal that is in use: whether
/// it is there, its `colors` (negative for none), and whether it has `cup`.
static inline bool cka_look_up(const char *term, int *colors, bool *moves_cursor) {
  TERMINAL *in_use = set_curterm(NULL);
  int status = 0;
  // The descriptor is only asked for its speed; a closed one does no harm.
  bool found = setupterm(term, STDOUT_FILENO, &status) == OK;
  *colors = found ? tigetnum("colors") : -1;
  *moves_cursor = found && cka_capability("cup") != NULL;
  TERMINAL *looked_at = set_curterm(in_use);
  if (looked_at != NULL) del_curterm(looked_at);
  return found;
}
#endif
