import ArgumentParser
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
        "| \(keys(command)) | `\(command.name)` | \(command.help) | \(panes(command)) |"
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
    return ([title] + chapters).joined(separator: "\n\n")
  }()

  private static func keys(_ command: Command) -> String {
    // A backtick needs two around it, and a bar would end the table's cell.
    command.keys.map { key in
      key.name == "`" ? "`` ` ``" : "`\(key.name == "|" ? "\\|" : key.name)`"
    }.joined(separator: " ")
  }

  private static func panes(_ command: Command) -> String {
    command.panes.count == Pane.allCases.count
      ? "everywhere"
      : Pane.allCases.filter(command.panes.contains).map(\.rawValue).joined(separator: ", ")
  }
}
