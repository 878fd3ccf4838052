/// Why the terminal cannot be used: one line that says what and what to do.
public struct TerminalError: Error, Sendable, CustomStringConvertible {
  /// The line.
  public let description: String

  static let remedy = "run it as TERM=xterm-256color cka … if your terminal is a usual one"

  static let unset = TerminalError(description: "TERM is not set: \(remedy)")

  static let malformed = TerminalError(description: "TERM is not a terminal's name: \(remedy)")

  static let noTerminal = TerminalError(
    description: "there is no terminal to draw on: run the explorer in one (ssh -t HOST cka …)")

  static let taken = TerminalError(description: "the terminal is in use by another screen")

  static func cannotMoveCursor(_ term: String) -> TerminalError {
    TerminalError(description: "TERM=\(term) cannot move its cursor: \(remedy)")
  }

  static func unknown(_ term: String) -> TerminalError {
    TerminalError(
      description:
        "TERM=\(term) is not in this machine's terminfo database: \(remedy), or copy its "
        + "entry here from where it is known (infocmp -x | ssh HOST tic -x -)")
  }

  static func refused(_ term: String) -> TerminalError {
    TerminalError(description: "ncurses cannot use TERM=\(term): \(remedy)")
  }
}
