import ArgumentParser
import Cells
import Explorer

/// The explorer's keys as a Markdown page, from the same table as its help.
struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the explorer's keys as Markdown.")

  func run() throws {
    try StandardOutput.print(Self.page)
  }

  /// The page: a table for each chapter.
  static let page: String = {
    let chapters = Command.Group.allCases.map { group in
      let rows = Command.all.filter { $0.group == group }.map { command in
        "| \(keys(command.keys)) | `\(command.name)` | \(command.help) | \(panes(command)) |"
      }
      let head = [
        "## \(group.rawValue)", "", "| Keys | Command | What it does | Where |",
        "|---|---|---|---|",
      ]
      return (head + rows).joined(separator: "\n")
    }
    let title = """
      # Keys

      Made by `cka keys` from the explorer's command table. `C-` is Control, `S-` is Shift.
      `:` runs any command by its words or its name.
      """
    return ([title] + chapters + windows).joined(separator: "\n\n")
  }()

  /// A table for each window with keys of its own.
  private static var windows: [String] {
    WindowCommand.Window.allCases.map { window in
      let rows = window.commands.map { "| \(keys($0.keys)) | \($0.help) |" }
      let head = ["## \(window.rawValue)", "", "| Keys | What it does |", "|---|---|"]
      return (head + rows).joined(separator: "\n")
    }
  }

  private static func keys(_ keys: [Key]) -> String {
    // A backtick needs two around it, and a bar would end the table's cell.
    keys.map { key in
      key.name == "`" ? "`` ` ``" : "`\(key.name == "|" ? "\\|" : key.name)`"
    }.joined(separator: " ")
  }

  private static func panes(_ command: Command) -> String {
    command.panes.count == Pane.allCases.count
      ? "everywhere"
      : Pane.allCases.filter(command.panes.contains).map(\.rawValue).joined(separator: ", ")
  }
}
