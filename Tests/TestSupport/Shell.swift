import Foundation

/// Runs programs for tests.
///
/// Foundation's `Process` is not used: it waits until every descendant is gone, also a server that
/// the program leaves behind; files instead of pipes are for the same reason.
package enum Shell {
  /// A program that failed: what it was and what it said.
  package struct Failure: Error, CustomStringConvertible {
    package var description: String

    /// A failure that this line describes.
    package init(description: String) { self.description = description }
  }

  /// What a program leaves behind.
  package struct Outcome {
    /// Its exit code, or 128 and the number of the signal that ended it.
    package var status: Int32
    /// What it wrote on standard output.
    package var output: [UInt8]
    /// What it wrote on standard error.
    package var complaints: String

    /// Standard output as text.
    package var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// The output of `command`, found on `PATH`, in an environment of `PATH`, `HOME`, a UTF-8 locale
  /// and `environment`.
  /// - Throws: `Failure` with what it said unless it ends with exit code 0.
  @discardableResult
  package static func run(
    _ command: [String], environment: [String: String] = [:]
  ) throws -> String {
    let inherited = ProcessInfo.processInfo.environment
    var all = ["LC_ALL": "C.UTF-8"]
    for name in ["PATH", "HOME"] { all[name] = inherited[name] }
    let outcome = try outcome(of: command, environment: all.merging(environment) { _, new in new })
    guard outcome.status == 0 else {
      let said = outcome.text + outcome.complaints
      throw Failure(description: "\(command.joined(separator: " ")): \(said)")
    }
    return outcome.text
  }

  /// Runs `command` to its end, however it ends.
  /// - Parameters:
  ///   - environment: all of its variables.
  ///   - folder: where it works; nil for the tests' own folder.
  ///   - input: the file that is its standard input.
  ///   - output: the file that is its standard output; nil to get it as `Outcome.output`.
  package static func outcome(
    of command: [String], environment: [String: String], folder: String? = nil,
    input: String = "/dev/null", output: String? = nil
  ) throws -> Outcome {
    let stem = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
    let (said, complained) = ("\(stem).out", "\(stem).err")
    defer {
      for path in [said, complained] { try? FileManager.default.removeItem(atPath: path) }
    }
    let files: [File] = [
      (0, input, O_RDONLY), (1, output ?? said, O_WRONLY), (2, complained, O_WRONLY),
    ]
    let line = (folder.map { ["env", "-C", $0] } ?? []) + command
    let process = try spawn(line, environment.map { "\($0)=\($1)" }, files)
    let status = wait(for: process)
    let complaints = try Data(contentsOf: URL(filePath: complained))
    return Outcome(
      status: status, output: output == nil ? Array(try Data(contentsOf: URL(filePath: said))) : [],
      complaints: String(decoding: complaints, as: UTF8.self))
  }

  /// What a program finds open.
  private typealias File = (descriptor: Int32, path: String, mode: Int32)

  private static func spawn(
    _ command: [String], _ environment: [String], _ files: [File]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for file in files {
      posix_spawn_file_actions_addopen(
        &actions, file.descriptor, file.path, file.mode | O_CREAT, 0o600)
    }
    let arguments = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup($0) } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Tests run on threads that block signals, and programs would inherit that: a tmux server that
    // cannot be terminated stays for ever.
    var nothing = sigset_t()
    sigemptyset(&nothing)
    posix_spawnattr_setsigmask(&attributes, &nothing)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process: pid_t = 0
    let status = posix_spawnp(
      &process, command[0], &actions, &attributes, arguments, variables)
    guard status == 0 else {
      throw Failure(description: "\(command[0]): \(String(cString: strerror(status)))")
    }
    return process
  }

  private static func wait(for process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }
}
