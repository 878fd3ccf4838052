import Foundation

/// Starts workers, watches them, and keeps what ended them.
struct Supervisor {
  /// Seconds that one case may take: a process that reads HDF5 ends itself after sixty.
  static let deadline = 75

  private(set) var found = 0
  private let seed: UInt64
  private let corpus: String
  private let files: Corpus
  private let findings: String
  private let folder: String
  private let board: FuzzBoard

  init(seed: UInt64, corpus: String, findings: String) throws {
    self.seed = seed
    self.corpus = corpus
    self.findings = findings
    files = try Corpus(corpus)
    folder = FileManager.default.temporaryDirectory.path + "/cka-fuzz-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    board = try FuzzBoard(folder + "/board")
  }

  /// Runs cases for so many seconds, then says what came of them.
  mutating func run(seconds: Double) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let start = ContinuousClock.now
    let end = start + .seconds(seconds)
    print("seed \(seed), \(files.entries.count) files")
    fflush(nil)
    var next: UInt64 = 0
    while ContinuousClock.now < end {
      let process = try worker(from: next)
      guard let reason = watch(process, until: end) else { break }
      try keep(board.number, reason)
      next = board.number + 1
    }
    report(start.duration(to: .now) / .seconds(1))
  }

  private func worker(from number: UInt64) throws -> Process {
    board.rest()
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["worker", "\(seed)", "\(number)", corpus, folder + "/board"]
    // What a trap has to say is in the case, which can be had again.
    process.standardError = FileHandle.nullDevice
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    process.environment = environment
    try process.run()
    return process
  }

  /// Why the worker ended; nil where it did not before the time was over.
  private func watch(_ worker: Process, until end: ContinuousClock.Instant) -> String? {
    while worker.isRunning {
      usleep(20_000)
      let began = board.began
      let now = FuzzBoard.now
      if began != 0, now > began, now - began > UInt64(Self.deadline) * 1_000_000_000 {
        kill(worker.processIdentifier, SIGKILL)
        worker.waitUntilExit()
        return "hang"
      }
      if ContinuousClock.now > end {
        kill(worker.processIdentifier, SIGKILL)
        worker.waitUntilExit()
        return nil
      }
    }
    if worker.terminationStatus == FuzzWorker.tooMuchMemory { return "memory" }
    let how = worker.terminationReason == .exit ? "exit" : "signal"
    return "\(how)-\(worker.terminationStatus)"
  }

  private mutating func keep(_ number: UInt64, _ reason: String) throws {
    found += 1
    try FileManager.default.createDirectory(atPath: findings, withIntermediateDirectories: true)
    let one = FuzzCase(number, seed: seed, corpus: files)
    let path = "\(findings)/\(one.target.rawValue)-\(seed)-\(number)-\(reason).\(one.ending)"
    try Data(one.bytes).write(to: URL(filePath: path))
    print("found: \(reason), case \(number): \(path)")
    fflush(nil)
  }

  private func report(_ seconds: Double) {
    var total: UInt64 = 0
    for target in FuzzTarget.allCases {
      let (refused, accepted) = board.count(target)
      total += refused + accepted
      print("\(target.rawValue): \(refused + accepted) cases, \(accepted) of them could be read")
    }
    let rate = (Double(total) / seconds).rounded()
    print("\(total) cases in \(Int(seconds)) s, \(Int(rate)) a second; findings: \(found)")
  }
}
