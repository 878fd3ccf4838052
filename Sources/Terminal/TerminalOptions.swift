import Cells

/// What the user asks of the terminal.
public struct TerminalOptions: Sendable {
  /// The terminal's type; nil takes `TERM` from the environment.
  public var term: String?
  /// How many colours to use; nil detects it.
  public var depth: ColorDepth?
  /// Whether clicks and the wheel are reported to the program, instead of selecting text.
  public var mouse: Bool
  /// The environment in which to look for `TERM`, `COLORTERM`, `NO_COLOR` and `TMUX`.
  public var environment: [String: String]

  /// Options; by default everything is detected and the mouse is on.
  public init(
    term: String? = nil, depth: ColorDepth? = nil, mouse: Bool = true,
    environment: [String: String]
  ) {
    self.term = term
    self.depth = depth
    self.mouse = mouse
    self.environment = environment
  }
}
