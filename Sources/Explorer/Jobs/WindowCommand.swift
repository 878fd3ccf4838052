import Cells

/// A key of a window in front of the panes. Like the panes' commands, these tables make dispatch,
/// the last line, help and documents.
public struct WindowCommand: Sendable {
  /// The windows whose keys do more than scroll and leave.
  public enum Window: String, Sendable, CaseIterable {
    case jobs = "In the list of jobs"
    case form = "In the form for a new comparison"
    case freeze = "In the table of layers to freeze"
  }

  /// The keys that do it.
  public let keys: [Key]
  /// What it does, in a few words.
  public let help: String
  /// A few words for the last line; nil where they would say nothing.
  let hint: @Sendable (State) -> String?
  /// Whether the key is the window's here; if not, it may be typed text.
  let isEnabled: @Sendable (State) -> Bool
  /// Does it.
  let perform: @Sendable (inout State) -> [Effect]

  init(
    _ keys: [Key], _ help: String, hint: @escaping @Sendable (State) -> String? = { _ in nil },
    when isEnabled: @escaping @Sendable (State) -> Bool = { _ in true },
    _ perform: @escaping @Sendable (inout State) -> [Effect]
  ) {
    (self.keys, self.help, self.hint) = (keys, help, hint)
    (self.isEnabled, self.perform) = (isEnabled, perform)
  }

  /// The keys as help writes them: "j, Down".
  public var keyNames: String { keys.map(\.name).joined(separator: ", ") }
}

extension WindowCommand.Window {
  /// The window's keys.
  public var commands: [WindowCommand] {
    switch self {
    case .jobs: WindowCommand.jobs
    case .form: WindowCommand.form
    case .freeze: WindowCommand.freeze
    }
  }

  /// What `key` does here now.
  func command(for key: Key, in state: State) -> WindowCommand? {
    commands.first { $0.keys.contains(key) && $0.isEnabled(state) }
  }

  /// Key and word of what can be done now; how to leave comes last.
  func hints(_ state: State) -> [Hint] {
    commands.compactMap { command in
      guard command.isEnabled(state), let word = command.hint(state) else { return nil }
      return command.keys.first.map { Hint(key: $0.name, word: word) }
    }
  }
}

extension WindowCommand.Window {
  /// The lines of the help.
  var helpLines: [String] {
    [rawValue] + commands.map { "  \($0.keyNames.padded(to: 18))\($0.help)" } + [""]
  }
}
