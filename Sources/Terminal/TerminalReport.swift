import CNcurses
import Cells
import Glibc

/// What is known about the terminal, for people who wonder why it looks as it does. Nothing is
/// drawn.
public struct TerminalReport: Sendable {
  /// One fact.
  public struct Row: Sendable, Equatable {
    /// What it is about.
    public var name: String
    /// What was found.
    public var value: String
    /// What to do to make it better; nil when it is as good as it gets.
    public var advice: String?
  }

  /// The facts, in the order in which they are printed.
  public let rows: [Row]
  /// Why nothing can be drawn here, in one line; nil when it can.
  public let obstacle: String?

  /// Looks at the terminal that the explorer would use with these options.
  public init(_ options: TerminalOptions) {
    let hasUTF8 = TerminalLocale.prepare()
    let size = Self.windowSize()
    rows = Self.rows(options, hasUTF8: hasUTF8, size: size, probe: TerminalKind.Probe.lookUp)
    obstacle = Self.obstacle(options)
  }

  private static func obstacle(_ options: TerminalOptions) -> String? {
    do throws(TerminalError) {
      _ = try TerminalKind.choose(options)
      _ = try TerminalDevice()
      return nil
    } catch {
      return error.description
    }
  }

  static func rows(
    _ options: TerminalOptions, hasUTF8: Bool, size: Size?,
    probe: (String) -> TerminalKind.Probe
  ) -> [Row] {
    let term = options.term ?? options.environment["TERM"] ?? ""
    let found = term.isEmpty ? nil : probe(term)
    var rows = [Row(name: "TERM", value: term.isEmpty ? "not set" : term)]
    do throws(TerminalError) {
      let kind = try TerminalKind.choose(options, probe: probe)
      rows.append(entryRow(kind, isKnown: found?.isKnown ?? false))
      rows.append(
        Row(name: "terminfo colours", value: "\(max(0, found?.colors ?? 0))"))
      rows.append(depthRow(kind.color))
    } catch {
      rows[0].advice = error.description
    }
    rows.append(
      Row(
        name: "UTF-8", value: hasUTF8 ? "yes" : "no",
        advice: hasUTF8 ? nil : "set LC_ALL=C.UTF-8 for two pixels a cell instead of ASCII"))
    rows.append(sizeRow(size))
    rows.append(Row(name: "mouse", value: options.mouse ? "on" : "off"))
    rows.append(multiplexerRow(options.environment))
    rows.append(Row(name: "ncurses", value: String(cString: curses_version())))
    return rows
  }

  private static func entryRow(_ kind: TerminalKind, isKnown: Bool) -> Row {
    guard kind.entry != nil else { return Row(name: "description", value: "the system's") }
    return Row(name: "description", value: isKnown ? "built in" : "built in, the system has none")
  }

  private static func depthRow(_ color: ColorDetection.Finding) -> Row {
    var row = Row(name: "colours", value: "\(color.depth.words) (\(color.reason))")
    if color.depth != .trueColor, color.reason.hasPrefix("terminfo") {
      row.advice =
        "if your terminal has true colour, set COLORTERM=truecolor (SSH does not pass it on)"
    }
    return row
  }

  private static func sizeRow(_ size: Size?) -> Row {
    guard let size else {
      return Row(
        name: "size", value: "not known", advice: "run it in a terminal (ssh -t HOST cka …)")
    }
    return Row(name: "size", value: "\(size.width) × \(size.height)")
  }

  private static func multiplexerRow(_ environment: [String: String]) -> Row {
    var row = Row(name: "multiplexer", value: "none")
    if ColorDetection.isTmux(environment) {
      row.value = "tmux"
      row.advice =
        "for copying: tmux set -g set-clipboard on; for true colour: tmux set -as "
        + "terminal-features ',*:RGB'"
    } else if environment["STY"] != nil {
      row.value = "screen"
      row.advice = "screen before version 5 has no true colour"
    }
    return row
  }

  private static func windowSize() -> Size? {
    guard let tty = try? TerminalDevice() else { return nil }
    var window = winsize()
    guard ioctl(tty.output, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
    return Size(width: Int(window.ws_col), height: Int(window.ws_row))
  }
}

extension ColorDepth {
  /// The depth in a report's words.
  fileprivate var words: String {
    switch self {
    case .trueColor: "true colour"
    case .indexed256, .ansi16, .ansi8: rawValue
    case .none: "none"
    }
  }
}
