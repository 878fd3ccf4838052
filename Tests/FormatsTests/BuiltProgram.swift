import Foundation

/// The `cka` that was built with the tests: it reads HDF5 for them in a process of its own.
enum BuiltProgram {
  /// Its path: beside the bundle of tests.
  static let path: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
    let folder = bundle.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let built = folder ?? root.appendingPathComponent(".build/debug")
    return built.appendingPathComponent("cka").path
  }()
}
