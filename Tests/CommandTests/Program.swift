import Foundation
import TestSupport

/// A folder of its own for one test, with a home, settings and state in it; removed with its last
/// reference.
final class Place {
  /// Where programs work.
  let folder: String
  private let root: String

  init() throws {
    root = "\(FileManager.default.temporaryDirectory.path)/cka-commands-\(UUID().uuidString)"
    folder = "\(root)/work"
    for name in ["work", "home", "config/cka", "state"] {
      try FileManager.default.createDirectory(
        atPath: "\(root)/\(name)", withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// All the variables that a program gets here; `cka` is found on `PATH`.
  var environment: [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return [
      "PATH": "\(Program.folder):\(path)", "LC_ALL": "C.UTF-8", "TERM": "dumb",
      "HOME": "\(root)/home", "XDG_CONFIG_HOME": "\(root)/config",
      "XDG_STATE_HOME": "\(root)/state",
    ]
  }

  /// Runs the program with `arguments`, here.
  /// - Parameters:
  ///   - environment: further variables.
  ///   - output: the file that is its standard output; nil to get it back.
  func cka(
    _ arguments: String..., environment: [String: String] = [:], output: String? = nil
  ) throws -> Shell.Outcome {
    // A program that hangs ends with status 124.
    try Shell.outcome(
      of: ["timeout", "-k", "5", "60", Program.path] + arguments,
      environment: self.environment.merging(environment) { _, new in new }, folder: folder,
      output: output)
  }

  /// Runs a line of shell, here.
  func shell(_ line: String) throws -> Shell.Outcome {
    try Shell.outcome(
      of: ["timeout", "-k", "5", "60", "bash", "-c", line], environment: environment,
      folder: folder)
  }

  /// The path of `name` in the working folder.
  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Writes the settings file.
  func configure(_ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(root)/config/cka/config"))
  }

  /// Puts a copy of a sample file into the working folder.
  func copy(sample: String, as name: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path(name) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Fixture.sample(sample), toPath: path(name))
  }

  /// The bytes of a file in the working folder.
  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path(name))))
  }

  /// The names in the working folder, hidden ones too.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }
}

/// The built executable, which stands beside the tests' own.
enum Program {
  static let folder: String = {
    let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ((tests ?? "") as NSString).deletingLastPathComponent
  }()

  static let path = "\(folder)/cka"
}

/// The files that tests read.
enum Fixture {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The project's folder.
  static let project = (tests as NSString).deletingLastPathComponent

  static func sample(_ name: String) -> String { "\(tests)/Fixtures/samples/\(name)" }
  static func hostile(_ name: String) -> String { "\(tests)/Fixtures/hostile/\(name)" }
  static func made(_ name: String) -> String { "\(tests)/Fixtures/made/\(name)" }

  static let layers = sample("real/resnet18_vs_resnet34_full.pkl")
  static let minibatches = sample("real/mb400_resnet18_vs_resnet34_fc.pkl")
}
