import CKACore
import Compute
import Formats
import Foundation

/// The names of the networks that a Python library makes, as the torch backend lists them.
enum NetworkNames {
  /// Seconds that Python gets: importing torch may take several.
  private static let patience = 30.0
  /// Bytes of names that are read at most.
  private static let longest = 1 << 20

  /// All names that `library`, `torchvision` or `timm`, knows.
  /// - Parameter python: the interpreter; empty for the one that a comparison would use.
  /// - Throws: `FormatError`, one line, when they cannot be had.
  static func list(_ library: String, python: String) throws(FormatError) -> [String] {
    let interpreter = python.isEmpty ? standardInterpreter : python
    guard let package else {
      throw FormatError("the names of \(library)'s networks need the torch backend")
    }
    let command = [
      "/usr/bin/env", "PYTHONPATH=\(package)", interpreter, "-m", "cka_torch", "list", library,
    ]
    let (text, status) = try output(of: command)
    guard status == 0 else {
      throw FormatError(
        "\(SafeText.sanitise(interpreter)) cannot list \(library)'s networks",
        remedy: "cka doctor says what it lacks")
    }
    return text.split(separator: "\n").map(String.init).filter { SafeText.sanitise($0) == $0 }
  }

  private static func output(
    of command: [String]
  ) throws(FormatError) -> (text: String, status: Int32) {
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(nowhere) }
    let child: ChildProcess
    do {
      child = try ChildProcess(command, complaints: nowhere)
    } catch {
      throw FormatError(error.description)
    }
    let deadline = Date(timeIntervalSinceNow: patience)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < longest {
      var waiting = pollfd(fd: child.output, events: Int16(POLLIN), revents: 0)
      let left = deadline.timeIntervalSinceNow
      guard left > 0, poll(&waiting, 1, Int32(left * 1000)) != 0 else {
        child.kill()
        throw FormatError("Python did not list the networks within \(Int(patience)) seconds")
      }
      let count = read(child.output, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
    }
    return (String(decoding: bytes, as: UTF8.self), child.wait().status)
  }

  /// The interpreter that is used unasked.
  private static var standardInterpreter: String {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["CKA_PYTHON"], !named.isEmpty { return named }
    if let folder = environment["VIRTUAL_ENV"], !folder.isEmpty { return folder + "/bin/python" }
    return "python3"
  }

  /// The folder of the backend's Python package, beside the program; nil where there is none.
  private static var package: String? {
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let folder =
      (program as NSString).deletingLastPathComponent + "/cka_TorchBackend.resources/Python"
    return access(folder, R_OK) == 0 ? folder : nil
  }
}
