import ArgumentParser
import Formats
import Foundation

/// The process in which cases run, one after another, until one ends it.
struct FuzzWorker: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

  /// Bytes that a case may take, in this process or in one that reads HDF5.
  static let memory = 768 << 20
  /// The exit code that says that one took more.
  static let tooMuchMemory: Int32 = 99

  @Argument var seed: UInt64
  @Argument var first: UInt64
  @Argument var corpus: String
  @Argument var progress: String

  func run() throws {
    HDF5Reading.isolate()
    let corpus = try Corpus(corpus)
    let board = try FuzzBoard(progress)
    let folder = URL(filePath: progress).deletingLastPathComponent().path
    var number = first
    while true {
      let one = FuzzCase(number, seed: seed, corpus: corpus)
      let path = "\(folder)/\(one.target.rawValue).\(one.ending)"
      try Data(one.bytes).write(to: URL(filePath: path))
      // Each file has the time that the first of a folder has.
      HDF5Service.beginFolder()
      board.begin(number)
      let isAccepted = one.target.read(path)
      board.end(one.target, accepted: isAccepted)
      if Self.peak > Self.memory { _exit(Self.tooMuchMemory) }
      number += 1
    }
  }

  private typealias HDF5Reading = Fuzz.HDF5Reading

  /// The most memory that this process, or one that it started, has taken so far, in bytes.
  private static var peak: Int {
    [RUSAGE_SELF, RUSAGE_CHILDREN].map { who in
      var usage = rusage()
      getrusage(__rusage_who_t(who.rawValue), &usage)
      return usage.ru_maxrss * 1024
    }.max() ?? 0
  }
}

/// What a worker tells, in memory that both processes map: it is there whatever becomes of the
/// worker.
final class FuzzBoard {
  private let numbers: UnsafeMutablePointer<UInt64>
  private static let size = 4096

  /// The board in the file at `path`, which is made where it is missing.
  init(_ path: String) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    defer { close(descriptor) }
    ftruncate(descriptor, off_t(Self.size))
    guard
      let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      memory != MAP_FAILED
    else { throw CocoaError(.fileWriteUnknown) }
    numbers = memory.bindMemory(to: UInt64.self, capacity: Self.size / 8)
  }

  deinit { munmap(numbers, Self.size) }

  /// The case that runs, or ran last.
  var number: UInt64 { numbers[0] }
  /// When it began, in nanoseconds of the machine's own clock; 0 between cases.
  var began: UInt64 { numbers[1] }

  /// Cases of `target` that were refused, and accepted.
  func count(_ target: FuzzTarget) -> (refused: UInt64, accepted: UInt64) {
    let slot = Self.slot(target)
    return (numbers[slot], numbers[slot + 1])
  }

  /// No case runs.
  func rest() { numbers[1] = 0 }

  func begin(_ number: UInt64) {
    numbers[0] = number
    numbers[1] = Self.now
  }

  func end(_ target: FuzzTarget, accepted: Bool) {
    rest()
    numbers[Self.slot(target) + (accepted ? 1 : 0)] += 1
  }

  static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

  private static func slot(_ target: FuzzTarget) -> Int {
    8 + 2 * (FuzzTarget.allCases.firstIndex(of: target) ?? 0)
  }
}
