import Cells

/// How many colours the terminal can show, and how that is known.
public enum ColorDetection {
  /// A depth and the reason for it, such as `COLORTERM=truecolor`.
  public struct Finding: Sendable, Equatable {
    /// The depth.
    public var depth: ColorDepth
    /// Where it was seen, in the words of a report.
    public var reason: String
  }

  /// The depth for a terminal with these variables.
  /// - Parameters:
  ///   - terminfoColors: the `colors` capability; 0 or negative when there are none.
  ///   - override: what the user asked for, which is not questioned.
  public static func depth(
    environment: [String: String], terminfoColors: Int, override: ColorDepth?
  ) -> ColorDepth {
    find(environment: environment, terminfoColors: terminfoColors, override: override).depth
  }

  /// The depth together with its reason. The first of these decides: the user's choice, `NO_COLOR`,
  /// `COLORTERM`, terminals known to have true colour, tmux (which converts it to what it has),
  /// terminfo.
  public static func find(
    environment: [String: String], terminfoColors: Int, override: ColorDepth?
  ) -> Finding {
    if let override { return Finding(depth: override, reason: "as asked for") }
    if let noColor = environment["NO_COLOR"], !noColor.isEmpty {
      return Finding(depth: .none, reason: "NO_COLOR is set")
    }
    if let value = environment["COLORTERM"], ["truecolor", "24bit"].contains(value.lowercased()) {
      return Finding(depth: .trueColor, reason: "COLORTERM=\(value)")
    }
    let term = environment["TERM"] ?? ""
    if hasTrueColor(term: term) { return Finding(depth: .trueColor, reason: "TERM=\(term)") }
    if isTmux(environment) { return Finding(depth: .trueColor, reason: "inside tmux") }
    return Finding(
      depth: depth(terminfoColors: terminfoColors), reason: "terminfo: \(max(0, terminfoColors))")
  }

  /// Whether the program runs inside tmux: `TMUX` alone may be left over from a shell outside it.
  static func isTmux(_ environment: [String: String]) -> Bool {
    let term = environment["TERM"] ?? ""
    guard let socket = environment["TMUX"], !socket.isEmpty else { return false }
    return term.hasPrefix("tmux") || term.hasPrefix("screen")
  }

  private static func hasTrueColor(term: String) -> Bool {
    if term.hasSuffix("-direct") { return true }
    let families = ["xterm-kitty", "kitty", "xterm-ghostty", "ghostty", "alacritty", "foot"]
    return families.contains { term == $0 || term.hasPrefix($0 + "-") }
  }

  private static func depth(terminfoColors: Int) -> ColorDepth {
    switch terminfoColors {
    case 256...: .indexed256
    case 16...: .ansi16
    case 8...: .ansi8
    default: .none
    }
  }
}
