import CSignals
import Glibc

/// Seconds of the monotonic clock.
func benchClock() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// Something that kept a benchmark from running: one line.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// What the system says about the call that just failed.
  static func system(_ what: String, _ code: Int32 = errno) -> BenchFailure {
    BenchFailure("\(what): \(String(cString: strerror(code)))")
  }
}

/// A child process: started with chosen descriptors, and reaped with what it used.
enum BenchProcess {
  /// What a child that has ended did.
  struct Outcome {
    /// From the start until it was gone, in seconds.
    var seconds: Double
    /// The most memory it had resident, in bytes.
    var peakBytes: Double
    /// What it wrote to standard output.
    var output: String
  }

  /// Starts `arguments[0]`, looked for in PATH unless it is a path.
  /// - Parameters:
  ///   - environment: all of its variables.
  ///   - descriptors: what becomes its standard input, output and error; nil leaves ours.
  static func start(
    _ arguments: [String], environment: [String: String], descriptors: [Int32?]
  ) throws(BenchFailure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, source) in descriptors.enumerated() {
      if let source { posix_spawn_file_actions_adddup2(&actions, source, Int32(target)) }
    }
    var words = arguments.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, arguments[0], &actions, nil, &words, &variables)
    guard code == 0 else { throw .system(arguments[0], code) }
    return child
  }

  /// Runs a command to its end.
  /// - Throws: when it cannot be started or fails.
  static func run(
    _ arguments: [String], environment: [String: String]
  ) throws(BenchFailure) -> Outcome {
    var ends: [Int32] = [-1, -1]
    guard cka_pipe(&ends) == 0 else { throw .system("a pipe") }
    defer { close(ends[0]) }
    let start = benchClock()
    let child: pid_t
    do {
      child = try self.start(
        arguments, environment: environment, descriptors: [nil, ends[1], nil])
    } catch {
      close(ends[1])
      throw error
    }
    close(ends[1])
    let output = readAll(ends[0])
    var status: Int32 = 0
    var usage = rusage()
    wait4(child, &status, 0, &usage)
    let seconds = benchClock() - start
    guard status == 0 else { throw BenchFailure("\(arguments[0]) failed (status \(status))") }
    return Outcome(
      seconds: seconds, peakBytes: Double(usage.ru_maxrss) * 1024, output: output)
  }

  /// Everything that comes from `descriptor` until it ends, as text.
  static func readAll(_ descriptor: Int32) -> String {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return String(decoding: all, as: UTF8.self) }
      all += buffer[..<count]
    }
  }
}
