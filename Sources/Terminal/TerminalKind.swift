import CNcurses
import Cells

/// Which description of the terminal is used, and with how many colours.
struct TerminalKind {
  /// The name for `newterm`.
  var name: String
  /// Our own description; nil takes the one that the system has under `name`.
  var entry: TerminfoEntry?
  /// How many colours, and why.
  var color: ColorDetection.Finding
  /// Whether it understands xterm's sequences for the title and the clipboard.
  var isXtermLike: Bool

  /// What the system's terminfo database says about a terminal.
  struct Probe: Equatable {
    /// Whether an entry was found.
    var isKnown: Bool
    /// Its colours, -1 for none.
    var colors: Int
    /// Whether the cursor can be put anywhere: nothing can be drawn without that.
    var movesCursor: Bool

    /// Looks `term` up.
    static func lookUp(_ term: String) -> Probe {
      var colors: Int32 = -1
      var movesCursor = false
      let isKnown = cka_look_up(term, &colors, &movesCursor)
      return Probe(isKnown: isKnown, colors: Int(colors), movesCursor: movesCursor)
    }
  }

  /// Chooses the description for `options`, or says why nothing can be drawn.
  static func choose(
    _ options: TerminalOptions, probe: (String) -> Probe = Probe.lookUp
  ) throws(TerminalError) -> TerminalKind {
    let term = try usableName(options.term ?? options.environment["TERM"])
    let found = probe(term)
    let isXtermLike = self.isXtermLike(term)
    if found.isKnown, !found.movesCursor { throw .cannotMoveCursor(term) }
    if !found.isKnown, !isXtermLike { throw .unknown(term) }

    var environment = options.environment
    environment["TERM"] = term
    let colors = found.isKnown ? found.colors : 256
    let color = ColorDetection.find(
      environment: environment, terminfoColors: colors, override: options.depth)
    let suffices =
      found.isKnown && color.depth != .trueColor && max(0, found.colors) >= color.depth.colors
    // A name of its own, so that no entry of the system's is taken for it.
    let entry = suffices ? nil : XtermEntry.entry(name: "cka-\(term)", depth: color.depth)
    return TerminalKind(
      name: entry?.name ?? term, entry: entry, color: color, isXtermLike: isXtermLike)
  }

  /// Families that are compatible with xterm as far as `XtermEntry` goes, known to terminfo here or
  /// not.
  static func isXtermLike(_ term: String) -> Bool {
    families.contains { term == $0 || term.hasPrefix($0 + "-") || term.hasPrefix($0 + ".") }
  }

  private static let families = [
    "xterm", "tmux", "screen", "rxvt", "kitty", "ghostty", "alacritty", "foot", "wezterm",
    "konsole",
    "vte", "gnome", "iterm", "iterm2", "st", "contour", "mintty", "ms-terminal", "putty", "rio",
  ]

  private static func usableName(_ term: String?) throws(TerminalError) -> String {
    guard let term, !term.isEmpty else { throw .unset }
    guard term != "dumb", term != "unknown" else { throw .cannotMoveCursor(term) }
    // A name becomes part of an entry and, in some databases, of a path.
    let isPlain = term.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/|,:".utf8.contains($0) }
    guard isPlain, term.utf8.count <= 64 else { throw .malformed }
    return term
  }
}

extension ColorDepth {
  /// Colours that a terminal of this depth has.
  var colors: Int {
    switch self {
    case .trueColor: 1 << 24
    case .indexed256: 256
    case .ansi16: 16
    case .ansi8: 8
    case .none: 0
    }
  }
}
