import Foundation

/// The Python with torch that tests run models with.
package enum TestPython {
  /// Its path: `$CKA_TEST_PYTHON`, else the one that `.ci/setup --tests` makes.
  /// - Throws: `Shell.Failure` that says what to do where there is none.
  package static func path() throws -> String {
    if let path = ProcessInfo.processInfo.environment["CKA_TEST_PYTHON"] { return path }
    let project = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    let path = "\(project)/.build/test-python/bin/python"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Shell.Failure(
        description: "no Python with torch: run bash .ci/setup --tests, or set CKA_TEST_PYTHON")
    }
    return path
  }
}
