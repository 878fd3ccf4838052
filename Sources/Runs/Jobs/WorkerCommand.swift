import Glibc

/// The program that does a job's work: it is started as `executable arguments… FOLDER` and opens a
/// `WorkerSession` on that folder.
public struct WorkerCommand: Equatable, Sendable {
  /// The program's path; without a slash it is looked for on the worker's `PATH`.
  public var executable: String
  /// What comes before the folder, such as `["worker"]`.
  public var arguments: [String]

  /// The program at `executable`.
  public init(executable: String, arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// This very program, with other arguments. If its file was replaced by a newer one since it was
  /// started, that is the newer one.
  public static func thisProgram(_ arguments: [String]) -> WorkerCommand {
    var path = link("/proc/self/exe") ?? CommandLine.arguments.first ?? "cka"
    let mark = " (deleted)"
    if path.hasSuffix(mark), access(path, F_OK) != 0 { path.removeLast(mark.count) }
    return WorkerCommand(executable: path, arguments: arguments)
  }

  /// The absolute path of the program, where it can be started.
  func resolved(searching path: String?) throws(JobError) -> String {
    if executable.contains("/") {
      guard let real = realpath(executable, nil) else {
        throw JobError(.cannotStart, "the worker's program is missing", at: executable)
      }
      defer { free(real) }
      return String(cString: real)
    }
    for folder in (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
      let candidate = "\(folder)/\(executable)"
      if folder.hasPrefix("/"), access(candidate, X_OK) == 0 { return candidate }
    }
    throw JobError(
      .cannotStart, "the worker's program is not on PATH", at: executable,
      remedy: "name it with its folder")
  }

  /// What the symbolic link at `path` says.
  private static func link(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: 4096)
    let length = readlink(path, &bytes, bytes.count)
    guard length > 0, length < bytes.count else { return nil }
    return String(decoding: bytes.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
