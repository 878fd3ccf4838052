import Cells

/// Something the user can do: the one table of these makes dispatch, footer, help, palette and
/// documents.
public struct Command: Sendable {
  /// Chapters of the help.
  public enum Group: String, Sendable, CaseIterable {
    case moving = "Moving"
    case view = "View"
    case colours = "Colours"
    case pairs = "Pairs"
    case analysis = "Analysis"
    case curves = "Curves"
    case panes = "Panes and export"
    case jobs = "Computing"
    case finding = "Finding"
    case general = "General"
  }

  /// What it is called in the command palette.
  public let name: String
  /// The keys that do it.
  public let keys: [Key]
  /// Its chapter.
  public let group: Group
  /// What it does, in a few words.
  public let help: String
  /// A word for the footer; nil keeps it out of there.
  public let hint: String?
  /// The panes in which its keys are bound.
  public let panes: Set<Pane>
  /// What the result on the screen must have for it: where that is missing, the user is told so.
  let needs: String?
  /// Whether it can be done now.
  let isEnabled: @Sendable (State) -> Bool
  /// Does it.
  let perform: @Sendable (inout State) -> [Effect]

  init(
    _ name: String, _ keys: [Key], _ group: Group, _ help: String, hint: String? = nil,
    in panes: Set<Pane> = Set(Pane.allCases), needs: String? = nil,
    when isEnabled: @escaping @Sendable (State) -> Bool = { _ in true },
    _ perform: @escaping @Sendable (inout State) -> [Effect]
  ) {
    self.name = name
    self.keys = keys
    self.group = group
    self.help = help
    self.hint = hint
    self.panes = panes
    self.needs = needs
    self.isEnabled = isEnabled
    self.perform = perform
  }
}

extension State {
  /// Why a command cannot be done, in one line.
  func whyNot(_ command: Command) -> String {
    guard let needs = command.needs, let shown else { return "nothing to do: \(command.help)" }
    return "\(difference == nil ? shown.words : "a difference has") no \(needs)"
  }
}

extension Opened {
  /// The result as the subject of a sentence about what it lacks.
  fileprivate var words: String {
    switch self {
    case .comparison(let result) where result.comparison.kind == .minibatches:
      "minibatch scores have"
    case .comparison: "this result has"
    case .curves: "curves have"
    }
  }
}

extension Command {
  /// Every command, chapter by chapter.
  public static let all: [Command] =
    moving + view + colours + pairs + analysis + curveCommands + paneCommands + jobCommands
    + finding + general

  /// The panes that show values.
  static let heatPanes: Set<Pane> = [.layers, .minibatches]

  /// The panes with a cursor of their own; that of the profile is the layers'.
  static let crosshairPanes: Set<Pane> = heatPanes.union([.profile, .curves])

  /// The command that `key` is bound to in `pane`.
  static func bound(to key: Key, in pane: Pane) -> Command? { bindings[pane]?[key] }

  private static let bindings: [Pane: [Key: Command]] = {
    var table: [Pane: [Key: Command]] = [:]
    for command in all {
      for pane in command.panes {
        for key in command.keys { table[pane, default: [:]][key] = command }
      }
    }
    return table
  }()

  /// The keys as help writes them: "h, Left".
  public var keyNames: String { keys.map(\.name).joined(separator: ", ") }
}
