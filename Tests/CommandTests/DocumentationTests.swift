import Foundation
import Recipe
import Testing

@testable import cka

/// Pages that are made from the program stay what it makes.
@Suite struct DocumentationTests {
  private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test("docs/keys.md is what `cka keys` prints")
  func keys() throws {
    let page = try String(contentsOf: root.appendingPathComponent("docs/keys.md"), encoding: .utf8)
    #expect(page == Keys.page + "\n", "run: cka keys > docs/keys.md")
  }

  @Test("docs/recipe.md is what `cka recipe` prints, and names every option")
  func recipe() throws {
    let page = try String(
      contentsOf: root.appendingPathComponent("docs/recipe.md"), encoding: .utf8)
    #expect(page == RecipeCommand.page + "\n", "run: cka recipe > docs/recipe.md")
    #expect(RecipeOption.table.allSatisfy { page.contains("| `\($0.name)` |") })
  }

  @Test("README names every setting, and no other")
  func settings() throws {
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let block = readme.components(separatedBy: "```yaml\n").dropFirst().first ?? ""
    let names = block.components(separatedBy: "```")[0].split(separator: "\n").compactMap {
      $0.split(separator: ":").first.map(String.init)
    }
    #expect(names.sorted() == Configuration.settings.map(\.name).sorted())
  }
}
