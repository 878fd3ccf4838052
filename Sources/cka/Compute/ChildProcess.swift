import CSignals
import Foundation
import Glibc
import Similarity

/// A program that was started: its standard output is read here, its standard input is empty.
struct ChildProcess: ~Copyable {
  /// The reading end of its standard output.
  let output: Int32
  private let process: pid_t
  private let hasOwnGroup: Bool

  /// Starts `arguments[0]`, looked for in PATH unless it is a path.
  /// - Parameters:
  ///   - complaints: the descriptor that becomes its standard error; nil for ours.
  ///   - environment: all of its variables; nil for ours.
  ///   - folder: where it works; nil for our working folder.
  ///   - ownGroup: whether it leads a process group of its own, which Ctrl-C in our terminal does
  ///     not reach and which `kill` ends as a whole.
  /// - Throws: `ComputeError`, one line, when it cannot be started.
  init(
    _ arguments: [String], complaints: Int32? = nil, environment: [String: String]? = nil,
    folder: String? = nil, ownGroup: Bool = false
  ) throws(ComputeError) {
    var ends: [Int32] = [-1, -1]
    guard cka_pipe(&ends) == 0 else { throw .system("a pipe cannot be made") }
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer {
      close(ends[1])
      close(nothing)
    }
    do throws(ComputeError) {
      process = try Self.start(
        arguments, descriptors: [nothing, ends[1], complaints], environment: environment,
        folder: folder, flags: ownGroup ? Int16(POSIX_SPAWN_SETPGROUP) : 0)
    } catch {
      close(ends[0])
      throw error
    }
    hasOwnGroup = ownGroup
    output = ends[0]
  }

  /// Starts `arguments[0]` and leaves it to the caller.
  /// - Parameters:
  ///   - descriptors: what becomes its standard input, output and error; nil leaves ours.
  ///   - flags: further ones of `posix_spawnattr_setflags`.
  static func start(
    _ arguments: [String], descriptors: [Int32?], environment: [String: String]? = nil,
    folder: String? = nil, flags: Int16 = 0
  ) throws(ComputeError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, source) in descriptors.enumerated() {
      if let source { posix_spawn_file_actions_adddup2(&actions, source, Int32(target)) }
    }
    if let folder { cka_spawn_in(&actions, folder) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Signals that we ignore would be ignored there too.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, flags | Int16(POSIX_SPAWN_SETSIGDEF))
    var words = arguments.map { strdup($0) } + [nil]
    let all = environment ?? ProcessInfo.processInfo.environment
    var variables = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var process: pid_t = 0
    let code = posix_spawnp(&process, arguments[0], &actions, &attributes, &words, &variables)
    guard code == 0 else { throw Self.noStart(arguments[0], code) }
    return process
  }

  /// Why `program` cannot be started. Where it is there and the system finds none, what is missing is
  /// the interpreter that its first line names, or its loader.
  private static func noStart(_ program: String, _ code: Int32) -> ComputeError {
    guard code == ENOENT, program.contains("/"), access(program, F_OK) == 0 else {
      return .system("'\(program)' cannot be started", code)
    }
    return ComputeError(
      "'\(program)' cannot be started: it is there, but the interpreter that it names is not")
  }

  /// How a program ended.
  struct Ending {
    /// Its exit code, or 128 and the number of the signal that ended it.
    var status: Int32
    /// Seconds of processor time that it used, on all processors together.
    var processorSeconds: Double
    /// The most memory of its own, not of files, that it was seen to use, in bytes; 0 if it ended
    /// at once, or nobody looked.
    var peakBytes: Int
    /// The most memory that it had resident, files included, in bytes.
    var residentBytes: Int

    /// What `wait4` tells.
    fileprivate init(_ status: Int32, _ usage: rusage, peakBytes: Int = 0) {
      self.status = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
      self.peakBytes = peakBytes
      processorSeconds = usage.processorSeconds
      residentBytes = usage.ru_maxrss * 1024
    }
  }

  /// Sleeps until it has ended, so that the time is that of its end.
  consuming func wait() -> Ending {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
    close(output)
    return Ending(status, usage)
  }

  /// Waits until it has ended, looking at its memory and calling `meanwhile` every few
  /// milliseconds.
  consuming func wait(meanwhile: () -> Void) -> Ending {
    var peakBytes = 0
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, WNOHANG, &usage) == 0 {
      peakBytes = max(peakBytes, Self.ownMemory(of: process))
      meanwhile()
      usleep(2000)
    }
    close(output)
    return Ending(status, usage, peakBytes: peakBytes)
  }

  /// Ends it, and everything it started if that is in a process group of its own.
  /// - Parameter patience: seconds that it gets to end by itself.
  /// - Returns: how it ended by itself, as `waitpid` tells; nil when it did not.
  @discardableResult
  consuming func kill(after patience: Double = 0) -> Int32? {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(patience)
    while !hasEnded, clock.now < end { usleep(5000) }
    let isOver = hasEnded
    // Its process is still there, dead or alive, so that the number can be nobody else's.
    Glibc.kill(hasOwnGroup ? -process : process, SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    close(output)
    return isOver ? status : nil
  }

  private var hasEnded: Bool {
    var information = siginfo_t()
    let code = waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT | WNOHANG)
    return code == 0 && information.si_signo != 0
  }

  /// Pages that are neither a file's nor shared, in bytes.
  private static func ownMemory(of process: pid_t) -> Int {
    guard let file = fopen("/proc/\(process)/status", "re") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix("RssAnon:") else { continue }
      return (Int(text.split { !$0.isNumber }.first ?? "") ?? 0) * 1024
    }
    return 0
  }

  /// Everything that comes from `descriptor` until it ends, as text.
  static func text(from descriptor: Int32) -> String {
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

extension ComputeError {
  /// What the system says about the call that just failed, after `what`.
  static func system(_ what: String, _ code: Int32 = errno) -> ComputeError {
    ComputeError("\(what): \(String(cString: strerror(code)))")
  }
}

extension rusage {
  /// Seconds of processor time, for the program and for what the system did for it.
  var processorSeconds: Double {
    [ru_utime, ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
  }
}
