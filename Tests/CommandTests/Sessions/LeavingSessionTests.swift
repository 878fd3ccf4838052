import Foundation
import TestSupport
import Testing

/// Whatever ends or stops the explorer, the terminal is as it was.
@Suite(.serialized) struct LeavingSessionTests {
  private let session: ExplorerSession

  init() throws {
    let place = try Place()
    try place.copySampleData()
    session = try ExplorerSession(in: place)
  }

  @Test(arguments: ["q", "C-c"])
  func byKey(_ key: String) throws {
    try session.start("cka SampleData")
    try session.waitForPicture()
    try session.terminal.send(key)
    try session.expectShell()
  }

  @Test("Every signal that ends a program leaves the terminal as it was")
  func bySignal() throws {
    for signal in Self.fatalSignals {
      try session.start("cka SampleData")
      try session.waitForPicture()
      #expect(try session.terminal.state().isAlternate)
      try session.kill(signal)
      try session.expectShell("signal \(signal)")
    }
  }

  /// All that `kill -l` knows, but those that stop or do nothing, those that the program ignores
  /// (PIPE, XFSZ: a write tells instead), and KILL; of the real-time ones
  /// the first, the last and one between.
  private static let fatalSignals: [Int32] = [
    SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGUSR1,
    SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGSYS, SIGPWR, SIGSTKFLT, SIGPOLL, 34,
    50, 64,
  ]

  @Test(
    "What is no reason to end does not end it",
    arguments: [SIGURG, SIGCHLD, SIGWINCH, SIGCONT, SIGXFSZ])
  func harmlessSignal(_ signal: Int32) throws {
    try session.start("cka SampleData")
    try session.waitForPicture()
    try session.kill(signal)
    try session.press("j", turn: 1)
    try session.leave()
  }

  @Test("The window is closed while the explorer runs: it ends") func byHangup() throws {
    try session.start("cka SampleData")
    try session.waitForPicture()
    let process = try session.terminal.foreground()
    try session.terminal.close()
    let deadline = Date(timeIntervalSinceNow: 10)
    while Self.isRunning(process), Date() < deadline { usleep(10_000) }
    #expect(!Self.isRunning(process))
  }

  /// A process that nobody has asked about yet is still listed, as a zombie.
  private static func isRunning(_ process: pid_t) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return status.map { !$0.contains(") Z ") } ?? false
  }

  @Test func stoppedAndContinued() throws {
    try session.start("cka SampleData")
    let before = try session.waitForPicture()
    for _ in 0..<2 {
      try session.terminal.send("C-z")
      try session.expectShell()
      try session.terminal.type("fg")
      try session.waitForPicture()
      let after = try session.wait { $0.readout == before.readout }
      #expect(after.hasFrame)
      #expect(try session.terminal.state().isAlternate)
    }
    // From outside, as a batch system does.
    try session.kill(SIGTSTP)
    try session.expectShell()
    try session.terminal.type("fg")
    try session.waitForPicture()
    try session.leave()
  }

  @Test func inputFromAPipeLeavesTheKeyboard() throws {
    try session.start("echo j j q | cka SampleData")
    // The pipe's first program names the job, so the foreground tells nothing.
    try session.terminal.wait { $0.hasFrame && $0.hasReadout }
    try session.leave()
  }

  @Test func outputToAFileIsTextAtOnce() throws {
    try session.start("cka SampleData/2-data-sets > out.txt; echo status $?")
    try session.terminal.wait { $0.contains("status 0") }
    let text = String(decoding: try session.place.bytes("out.txt"), as: UTF8.self)
    #expect(text.contains("Teacher-10") && text.steeringCharacters.isEmpty)
  }
}
