import Core
import Foundation
import Testing

@testable import Formats

@Suite("Hostile files are refused in one clear line, and never run")
struct PickleHostileTests {
  /// Wrong only as results, not as values: whoever makes results of values refuses them.
  static let wellFormed: Set<String> = [
    "empty_0x0.pkl", "empty_0x5.pkl", "count_mismatch.pkl", "missing_CKA.pkl", "ragged_lists.pkl",
    "top_level_none.pkl",
  ]

  private struct Entry: Decodable {
    let file: String
    let expect: String
  }

  private static func names(accepted: Bool) -> [String] {
    let url = BinaryFixtures.folder.appendingPathComponent("hostile/manifest.json")
    guard let data = try? Data(contentsOf: url),
      let entries = try? JSONDecoder().decode([Entry].self, from: data)
    else { return [] }
    let endings = [".pkl", ".pt", ".npy", ".npz", "pickle_as.json"]
    return entries.filter { entry in
      endings.contains { entry.file.hasSuffix($0) }
        && accepted == (entry.expect != "reject" || wellFormed.contains(entry.file))
    }.map(\.file)
  }

  @Test("refused", arguments: names(accepted: false))
  func refused(name: String) throws {
    let error = #expect(throws: FormatError.self) { try BinaryFixtures.read("hostile/" + name) }
    let line = error?.description ?? ""
    #expect(!line.isEmpty && line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
  }

  @Test("opened", arguments: names(accepted: true))
  func opened(name: String) throws {
    #expect(throws: Never.self) { try BinaryFixtures.read("hostile/" + name) }
  }

  @Test("both lists are whole")
  func listsAreWhole() {
    #expect(Self.names(accepted: false).count >= 35)
    #expect(Self.names(accepted: true).count >= 18)
  }

  @Test(
    "the refused name and its place are told",
    arguments: [
      ("evil_os_system.pkl", "posix.system"), ("evil_eval.pkl", "builtins.eval"),
      ("evil_inst_opcode.pkl", "os.system"), ("evil_obj_opcode.pkl", "os.system"),
      ("evil_dotted_name.pkl", "torch._utils.sys.modules.pop.__class__"),
      ("evil_newobj_ex.pkl", "subprocess.Popen"),
      ("evil_nested_load_from_bytes.pkl", "posix.system"),
    ])
  func named(file: String, symbol: String) throws {
    let error = #expect(throws: FormatError.self) { try BinaryFixtures.read("hostile/" + file) }
    #expect(error?.kind == .unsafe)
    #expect(error?.problem == "refuses \(symbol): this pickle would run code")
    #expect(error?.place.hasPrefix("byte ") == true)
  }

  @Test("no file called PWNED appears")
  func nothingRuns() throws {
    for name in Self.names(accepted: false) { _ = try? BinaryFixtures.read("hostile/" + name) }
    let folders = [
      FileManager.default.currentDirectoryPath, BinaryFixtures.folder.path,
      BinaryFixtures.folder.appendingPathComponent("hostile").path,
    ]
    for folder in folders {
      #expect(!FileManager.default.fileExists(atPath: folder + "/PWNED"))
    }
  }
}
