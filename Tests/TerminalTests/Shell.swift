import Foundation

/// Runs programs for tests.
enum Shell {
  /// A program that failed: what it was and what it said.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// The standard output of `command`, found on `PATH`, in an environment of `PATH`, `HOME`, a UTF-8 locale and
  /// `environment`.
  @discardableResult
  static func run(_ command: [String], environment: [String: String] = [:]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let inherited = ProcessInfo.processInfo.environment
    var base = ["LC_ALL": "C.UTF-8"]
    for name in ["PATH", "HOME"] { base[name] = inherited[name] }
    process.environment = base.merging(environment) { _, new in new }
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let complaint = String(decoding: complained, as: UTF8.self)
      throw Failure(description: "\(command.joined(separator: " ")): \(complaint)")
    }
    return String(decoding: said, as: UTF8.self)
  }
}
