import Foundation
import Glibc
import Runs

/// What the worker for tests can be asked to do.
struct Work {
  let session: WorkerSession

  func run() throws -> JobOutcome {
    let command = session.spec.command
    switch command.first {
    case "count": return try count(to: Int(command[1]) ?? 0, pause: Int32(command[2]) ?? 0)
    case "until": return waitUntil(command[1])
    case "stubborn": return ignoreRequests()
    case "crash": kill(getpid(), SIGKILL)
    case "inspect": inspect()
    default: return .failed("cannot \(command)")
    }
    return .finished
  }

  /// Counts with a checkpoint at every step, going on from the last one. The checkpoint is long
  /// enough to be torn if it could be, and its lines are chained, so that a wrong step shows.
  private func count(to total: Int, pause: Int32) throws -> JobOutcome {
    var lines: [String] = []
    if let path = session.lastCheckpoint {
      lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        .map(String.init)
    }
    while lines.count < total {
      if session.isCancelled { return .cancelled }
      let last = lines.last.flatMap { UInt64($0.prefix(20)) } ?? 1
      let next = String(last &* 6_364_136_223_846_793_005 &+ UInt64(lines.count))
      lines.append(
        String(repeating: "0", count: 20 - next.count) + next + String(repeating: "x", count: 2000))
      try session.checkpoint(Array((lines.joined(separator: "\n") + "\n").utf8))
      session.report(JobProgress(phase: "counting", done: lines.count, total: total))
      poll(nil, 0, pause)
    }
    return .finished
  }

  private func waitUntil(_ path: String) -> JobOutcome {
    session.report(JobProgress(phase: "waiting"))
    while access(path, F_OK) != 0 {
      if session.isCancelled { return .cancelled }
      poll(nil, 0, 10)
    }
    return .finished
  }

  /// Also starts a child, which must not outlive the worker when that is killed.
  private func ignoreRequests() -> JobOutcome {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sh")
    child.arguments = ["-c", "trap '' TERM; while :; do sleep 0.05; done"]
    try? child.run()
    session.report(JobProgress(phase: "deaf", numbers: ["child": Double(child.processIdentifier)]))
    while true { pause() }
  }

  /// Prints what a worker is born with.
  private func inspect() {
    let numbers = (0..<256).filter { fcntl(Int32($0), F_GETFD) >= 0 }
    let open = numbers.filter { isInherited(Int32($0)) }
    var mask = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &mask)
    print("session \(getsid(0) == getpid()) group \(getpgrp() == getpid())")
    print("descriptors \(open)")
    print("blocked \((1...31).filter { sigismember(&mask, Int32($0)) == 1 })")
    print("pipe \(isIgnored(SIGPIPE)) hangup \(isIgnored(SIGHUP))")
    print("folder \(FileManager.default.currentDirectoryPath)")
    print("terminal \(open.contains { isatty(Int32($0)) == 1 })")
    print("secret \(ProcessInfo.processInfo.environment["SECRET"] ?? "none")")
    print("greeting \(ProcessInfo.processInfo.environment["CKA_GREETING"] ?? "none")")
    FileHandle.standardError.write(Data("standard error\n".utf8))
  }

  /// What this program opened itself, it opened to be closed on exec.
  private func isInherited(_ descriptor: Int32) -> Bool {
    fcntl(descriptor, F_GETFD) & FD_CLOEXEC == 0
  }

  private func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}
