import Foundation

/// Runs programs for tests.
enum Shell {
  /// A program that failed: what it was and what it said.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// The output of `command`, found on `PATH`, in an environment of `PATH`, `HOME`, a UTF-8 locale and
  /// `environment`.
  ///
  /// Foundation's `Process` is not used: it waits until every descendant is gone, also a server that the
  /// program leaves behind; a file instead of a pipe is for the same reason.
  @discardableResult
  static func run(_ command: [String], environment: [String: String] = [:]) throws -> String {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    let status = try wait(for: spawn(command, variables(environment), output: file.path))
    let said = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    guard status == 0 else {
      throw Failure(description: "\(command.joined(separator: " ")): \(said)")
    }
    return said
  }

  private static func variables(_ additions: [String: String]) -> [String] {
    let inherited = ProcessInfo.processInfo.environment
    var all = ["LC_ALL": "C.UTF-8"]
    for name in ["PATH", "HOME"] { all[name] = inherited[name] }
    return all.merging(additions) { _, new in new }.map { "\($0)=\($1)" }
  }

  private static func spawn(
    _ command: [String], _ environment: [String], output: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let arguments = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup($0) } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var process: pid_t = 0
    let status = posix_spawnp(&process, command[0], &actions, nil, arguments, variables)
    guard status == 0 else {
      throw Failure(description: "\(command[0]): \(String(cString: strerror(status)))")
    }
    return process
  }

  /// The raw status that `process` ends with.
  private static func wait(for process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status
  }
}
