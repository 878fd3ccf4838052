import Foundation
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
