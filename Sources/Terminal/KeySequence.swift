import CNcurses
import Cells

/// What keys send, beyond what a terminal's own entry says.
///
/// Entries are often wrong about the terminal that is really there (a `TERM` set by hand, screen
/// inside xterm), and no two terminals send these bytes for different keys, so all of them are
/// always recognised.
enum KeySequence {
  /// Every sequence, with the ncurses code that it is given.
  static let all: [(bytes: String, code: Int32)] = cursorKeys + editingKeys + functionKeys + keypad

  private static let escape = "\u{1B}"

  /// Arrows, Home and End in both keypad modes, and with modifiers: `CSI 1 ; m A`, where m − 1 is a
  /// bit set of Shift 1, Alt 2, Control 4. Shift alone has a meaning of its own; otherwise they do
  /// not count.
  private static let cursorKeys: [(String, Int32)] = {
    let keys: [(final: String, code: Int32, shifted: Int32)] = [
      ("A", KEY_UP, KEY_SR), ("B", KEY_DOWN, KEY_SF), ("C", KEY_RIGHT, KEY_SRIGHT),
      ("D", KEY_LEFT, KEY_SLEFT), ("H", KEY_HOME, KEY_HOME), ("F", KEY_END, KEY_END),
    ]
    return keys.flatMap { key in
      [("\(escape)[\(key.final)", key.code), ("\(escape)O\(key.final)", key.code)]
        + (2...8).map { modifiers in
          ("\(escape)[1;\(modifiers)\(key.final)", modifiers == 2 ? key.shifted : key.code)
        }
    }
  }()

  /// `CSI n ~`, with and without modifiers; 1 and 4 are the Linux console's, 7 and 8 rxvt's.
  private static let editingKeys: [(String, Int32)] = {
    let keys: [(number: Int, code: Int32)] = [
      (1, KEY_HOME), (2, KEY_IC), (3, KEY_DC), (4, KEY_END), (5, KEY_PPAGE), (6, KEY_NPAGE),
      (7, KEY_HOME), (8, KEY_END),
    ]
    return keys.flatMap { key in
      [("\(escape)[\(key.number)~", key.code)]
        + (2...8).map { ("\(escape)[\(key.number);\($0)~", key.code) }
    } + [("\(escape)[Z", KEY_BTAB)]
  }()

  /// F1–F12 as xterm, the VT220 and the Linux console send them.
  private static let functionKeys: [(String, Int32)] = {
    let numbers = [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24]
    var keys = zip(1..., numbers).map { ("\(escape)[\($1)~", KEY_F0 + Int32($0)) }
    keys += zip(1..., ["P", "Q", "R", "S"]).map { ("\(escape)O\($1)", KEY_F0 + Int32($0)) }
    keys += zip(1..., ["A", "B", "C", "D", "E"]).map { ("\(escape)[[\($1)", KEY_F0 + Int32($0)) }
    return keys
  }()

  private static let keypad: [(String, Int32)] = [("\(escape)OM", KEY_ENTER)]
}
