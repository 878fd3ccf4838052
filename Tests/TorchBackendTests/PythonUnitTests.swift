import Foundation
import TestSupport
import Testing

/// The Python package's own tests.
@Suite struct PythonUnitTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent().path + "/Python"
  private static let package =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path + "/Sources/TorchBackend/Python"

  /// `test_*.py`, each of which runs in a process of its own.
  static let files: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: tests)) ?? []
    return names.filter { $0.hasPrefix("test_") && $0.hasSuffix(".py") }.sorted()
  }()

  @Test func thereAreSome() {
    #expect(!Self.files.isEmpty)
  }

  @Test(arguments: files)
  func passes(_ file: String) throws {
    var environment = ProcessInfo.processInfo.environment
    environment["PYTHONPATH"] = "\(Self.package):\(Self.tests)"
    // Nothing is written beside the sources.
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    let outcome = try Shell.outcome(
      of: [
        "timeout", "-k", "5", "1800", try TestPython.path(), "-m", "unittest",
        String(file.dropLast(3)),
      ],
      environment: environment, folder: Self.tests)
    #expect(outcome.status == 0, "\(outcome.complaints)")
  }
}
