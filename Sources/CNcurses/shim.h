#ifndef CNCURSES_SHIM_H
#define CNCURSES_SHIM_H
// SwiftPM drops pkg-config's -D flags; without this the wide-character half of ncurses vanishes.
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#endif
