import Foundation
import Glibc

/// Which process it is, surely enough to send it a signal.
///
/// A number alone may belong to another process by now; with the moment that the process was
/// started, and the boot and the container it was started in, it does not.
public struct ProcessIdentity: Codable, Equatable, Sendable {
  /// Its number.
  public private(set) var pid: Int32
  /// Clock ticks between the boot and the start of the process.
  public private(set) var start: UInt64
  /// Names one boot of one machine.
  public private(set) var boot: String
  /// Names the space of process numbers, which differs between containers.
  public private(set) var space: String
  /// Whether it leads a session, which then gets the signals.
  public private(set) var leadsSession: Bool

  /// This process; nil where /proc does not tell.
  public static var current: ProcessIdentity? {
    let pid = getpid()
    guard let start = startTicks(of: pid), let boot = bootID(), let space = space() else {
      return nil
    }
    return ProcessIdentity(
      pid: pid, start: start, boot: boot, space: space, leadsSession: getsid(0) == pid)
  }

  /// It is alive, and in reach of signals.
  public var isAlive: Bool {
    pid > 1 && boot == Self.bootID() && space == Self.space() && start == Self.startTicks(of: pid)
  }

  /// Sends `signal` to the process, and then to what it started.
  ///
  /// Those are all processes of its session: its group would not do, since Foundation's `Process`
  /// gives every child a group of its own.
  public func send(_ signal: Int32) {
    kill(pid, signal)
    guard leadsSession else { return }
    // A child that was started during the first look is found by the second.
    for _ in 0..<2 {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      for other in names.compactMap(Int32.init) where other != pid {
        if Self.field(3, of: other) == UInt64(pid) { kill(other, signal) }
      }
    }
  }

  private static func startTicks(of pid: Int32) -> UInt64? { field(19, of: pid) }

  /// A field of /proc/PID/stat, counted from the state, which is 0: 3 is the session, 19 the start.
  private static func field(_ number: Int, of pid: Int32) -> UInt64? {
    // The name before it, in parentheses, may hold anything.
    guard let text = text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return number < fields.count ? UInt64(fields[number]) : nil
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
