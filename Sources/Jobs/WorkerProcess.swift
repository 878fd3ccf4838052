import Foundation
import Glibc

/// Which process a worker is, surely enough to send it a signal.
///
/// A number alone may belong to another process by now; with the moment that the process was
/// started, and the boot and the container it was started in, it does not.
struct WorkerProcess: Codable, Equatable, Sendable {
  var pid: Int32
  /// Clock ticks between the boot and the start of the process.
  var start: UInt64
  /// Names one boot of one machine.
  var boot: String
  /// Names the space of process numbers, which differs between containers.
  var space: String
  /// Whether it leads a process group, which then gets the signals.
  var leadsGroup: Bool

  /// This process; nil where /proc does not tell.
  static var current: WorkerProcess? {
    let pid = getpid()
    guard let start = startTicks(of: pid), let boot = bootID(), let space = space() else {
      return nil
    }
    return WorkerProcess(
      pid: pid, start: start, boot: boot, space: space, leadsGroup: getpgrp() == pid)
  }

  /// The process that the file at `path` names, if it is alive and in reach of signals.
  static func live(_ path: String) -> WorkerProcess? {
    guard let tail = try? SmallFile.tail(path, limit: 4096), tail.isWhole,
      let process = try? JSONDecoder().decode(WorkerProcess.self, from: Data(tail.bytes)),
      process.pid > 1, process.boot == bootID(), process.space == space(),
      process.start == startTicks(of: process.pid)
    else { return nil }
    return process
  }

  /// Records the process in the file at `path`.
  func write(to path: String) throws(JobError) {
    guard let json = try? JSONEncoder().encode(self) else { return }
    try SmallFile.replace(path, with: json)
  }

  /// Sends `signal` to the process and to what it started.
  func send(_ signal: Int32) { kill(leadsGroup ? -pid : pid, signal) }

  private static func startTicks(of pid: Int32) -> UInt64? {
    // The name, in parentheses, may hold anything; the 22nd field is the 20th after it.
    guard let text = text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? UInt64(fields[19]) : nil
  }

  private static func bootID() -> String? {
    text("/proc/sys/kernel/random/boot_id")?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func space() -> String? {
    var status = stat()
    return stat("/proc/self/ns/pid", &status) == 0 ? "\(status.st_dev):\(status.st_ino)" : nil
  }

  /// Files in /proc claim to be empty, so they are read to their end.
  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
