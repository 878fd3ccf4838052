import ArgumentParser
import Recipe

/// The options of a recipe as a Markdown page, from the table that makes all of them.
struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe",
    abstract: "Print what a recipe may say, as Markdown.",
    discussion: """
      `cka compute RECIPE.yaml` carries a recipe out; with --dry-run it prints it and what it takes.
      """)

  func run() throws { try StandardOutput.print(Self.page) }

  /// The page: a table of all options.
  static let page: String = {
    let rows = RecipeOption.table.map { option in
      "| `\(option.name)` | \(value(option)) | \(option.standard.map(escaped) ?? "") "
        + "| \(subjects(option)) | \(escaped(option.help)) |"
    }
    let title = """
      # Recipes

      Made by `cka recipe` from the table of options. A recipe is a YAML file of `key: value` lines;
      `cka compute RECIPE.yaml` carries it out. On the command line the same options begin with `--`,
      and they win over the file; a flag can only be set there. `features` (or `models` and `data`, or `backend`) must be there:

      ```yaml
      features: [resnet18.safetensors, resnet34.safetensors]
      output: depth.cka.safetensors
      batch-size: 128
      weighting: pairs
      ```

      Paths lead from the recipe's folder. A recipe without `weighting` means `equal`, as all did
      before there was another; the explorer's form writes it always. `-o` is short for `--output`.

      | Key | Values | Default | For | Meaning |
      |---|---|---|---|---|
      | `features` | paths | | | files and folders of saved activations |
      | `models` | specifications | | | networks to run, see [torch.md](torch.md) |
      """
    return ([title] + rows).joined(separator: "\n")
  }()

  private static func value(_ option: RecipeOption) -> String {
    if let choices = option.choices, !option.isFlag {
      return choices.map { "`\($0)`" }.joined(separator: ", ")
    }
    return escaped(option.expected)
  }

  private static func subjects(_ option: RecipeOption) -> String {
    option.subjects.count == RecipeOption.Subject.allCases.count
      ? "all"
      : RecipeOption.Subject.allCases.filter(option.subjects.contains).map(\.rawValue)
        .joined(separator: ", ")
  }

  /// A bar would end the table's cell, and asterisks would make letters slant.
  private static func escaped(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("*", with: "\\*").replacing("<", with: "&lt;")
  }
}
