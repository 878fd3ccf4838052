import Cells

/// The terminal that nearly all of today's are compatible with (xterm, tmux, kitty, alacritty,
/// foot, ghostty, wezterm, VTE, Konsole, iTerm2), described for any colour depth.
///
/// It differs from the usual entries on purpose: no `bce`, because tmux and screen may not have it;
/// no hardware tabs, scrolling, insertion or repetition, which the explorer does not need and some
/// lack.
enum XtermEntry {
  /// Added to a palette index to tell it from a true colour, which is 0…0xFFFFFF. In ncurses's own
  /// direct entries 0–7 are ANSI colours, and the darkest blues cannot be had.
  static let paletteFlag: Int32 = 0x100_0000

  /// An entry called `name` that shows colours of `depth`.
  static func entry(name: String, depth: ColorDepth) -> TerminfoEntry {
    var entry = TerminfoEntry(name: name)
    entry.booleans = ["am", "km", "mir", "msgr", "xenl", "npc"]
    entry.numbers = ["cols": 80, "lines": 24]
    entry.strings = screen.merging(keys) { first, _ in first }
    entry.extendedStrings = ["XM": "\u{1B}[?1006;1000%?%p1%{1}%=%th%el%;"]
    add(depth, to: &entry)
    return entry
  }

  private static func add(_ depth: ColorDepth, to entry: inout TerminfoEntry) {
    let palette = "%?%p1%{8}%<%t\u{1B}[#%p1%dm%e%?%p1%{16}%<%t"
    switch depth {
    case .none:
      return
    case .trueColor:
      // Twice 2^24: the upper half are palette indices. RGB says "direct", without which ncurses
      // would allocate a table of all colours.
      entry.numbers["colors"] = 2 * paletteFlag
      entry.extendedBooleans = ["RGB"]
      let direct =
        "%?%p1%{16777216}%<%t\u{1B}[$8;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm%e"
        + "\u{1B}[$8;5;%p1%{255}%&%dm%;"
      entry.strings["setaf"] = direct.replacing("$", with: "3")
      entry.strings["setab"] = direct.replacing("$", with: "4")
    case .indexed256, .ansi16, .ansi8:
      entry.numbers["colors"] = depth == .indexed256 ? 256 : depth == .ansi16 ? 16 : 8
      entry.strings["setaf"] =
        palette.replacing("#", with: "3")
        + "\u{1B}[9%p1%{8}%-%dm%e\u{1B}[38;5;%p1%dm%;%;"
      entry.strings["setab"] =
        palette.replacing("#", with: "4")
        + "\u{1B}[10%p1%{8}%-%dm%e\u{1B}[48;5;%p1%dm%;%;"
    }
    entry.numbers["pairs"] = 0x1_0000
    entry.strings["op"] = "\u{1B}[39;49m"
  }

  private static let screen = [
    "smcup": "\u{1B}[?1049h", "rmcup": "\u{1B}[?1049l", "clear": "\u{1B}[H\u{1B}[2J",
    // Without these, ncurses cannot write the lower right cell.
    "smam": "\u{1B}[?7h", "rmam": "\u{1B}[?7l",
    "el": "\u{1B}[K", "ech": "\u{1B}[%p1%dX",
    "civis": "\u{1B}[?25l", "cnorm": "\u{1B}[?25h", "bel": "\u{7}",
    "cup": "\u{1B}[%i%p1%d;%p2%dH", "hpa": "\u{1B}[%i%p1%dG", "vpa": "\u{1B}[%i%p1%dd",
    "home": "\u{1B}[H", "cr": "\r", "ind": "\n", "cud1": "\n", "cub1": "\u{8}",
    "cuf1": "\u{1B}[C", "cuu1": "\u{1B}[A", "cuf": "\u{1B}[%p1%dC", "cub": "\u{1B}[%p1%dD",
    "cud": "\u{1B}[%p1%dB", "cuu": "\u{1B}[%p1%dA",
    "sgr0": "\u{1B}[m", "bold": "\u{1B}[1m", "dim": "\u{1B}[2m", "smul": "\u{1B}[4m",
    "rmul": "\u{1B}[24m", "rev": "\u{1B}[7m", "smso": "\u{1B}[7m", "rmso": "\u{1B}[27m",
    "sgr": "\u{1B}[0%?%p6%t;1%;%?%p5%t;2%;%?%p2%t;4%;%?%p1%p3%|%t;7%;m",
  ]

  private static let keys = [
    "smkx": "\u{1B}[?1h\u{1B}=", "rmkx": "\u{1B}[?1l\u{1B}>", "kmous": "\u{1B}[<",
    "kbs": "\u{7F}", "kcbt": "\u{1B}[Z", "kdch1": "\u{1B}[3~", "kich1": "\u{1B}[2~",
    "kpp": "\u{1B}[5~", "knp": "\u{1B}[6~", "khome": "\u{1B}OH", "kend": "\u{1B}OF",
    "kcuu1": "\u{1B}OA", "kcud1": "\u{1B}OB", "kcuf1": "\u{1B}OC", "kcub1": "\u{1B}OD",
  ]
}
