import Glibc

/// A program that was started: its standard output is read here, its standard input is empty.
public struct ChildProcess: ~Copyable {
  /// The reading end of its standard output.
  public let output: Int32
  private let process: pid_t
  private let hasOwnGroup: Bool

  /// Starts `arguments[0]`, looked for in PATH unless it is a path.
  /// - Parameters:
  ///   - complaints: the descriptor that becomes its standard error; nil for ours.
  ///   - environment: all of its variables; nil for ours.
  ///   - folder: where it works; nil for our working folder.
  ///   - ownGroup: whether it leads a process group of its own, which Ctrl-C in our terminal does
  ///     not reach and which `kill` ends as a whole.
  public init(
    _ arguments: [String], complaints: Int32? = nil, environment: [String: String]? = nil,
    folder: String? = nil, ownGroup: Bool = false
  ) throws(SystemError) {
    let pipe = try Descriptor.pipe()
    defer { close(pipe.writing) }
    var start = ProcessStart(arguments, environment: environment, folder: folder)
    start.output = .descriptor(pipe.writing)
    if let complaints { start.complaints = .descriptor(complaints) }
    if ownGroup { start.group = .own }
    do throws(SystemError) {
      process = try start.start()
    } catch {
      close(pipe.reading)
      throw error
    }
    hasOwnGroup = ownGroup
    output = pipe.reading
  }

  /// Sleeps until it has ended, so that the time is that of its end.
  public consuming func wait() -> ProcessEnding {
    let ending = ProcessEnding.wait(for: process)
    close(output)
    return ending
  }

  /// Waits until it has ended, looking at its memory and calling `meanwhile` every few
  /// milliseconds.
  public consuming func wait(meanwhile: () -> Void) -> ProcessEnding {
    var peakBytes = 0
    while !ProcessEnding.isOver(process) {
      peakBytes = max(peakBytes, Self.ownMemory(of: process))
      meanwhile()
      usleep(2000)
    }
    var ending = ProcessEnding.wait(for: process)
    ending.peakBytes = peakBytes
    close(output)
    return ending
  }

  /// Ends it, and everything it started if that is in a process group of its own.
  /// - Parameter patience: seconds that it gets to end by itself.
  /// - Returns: how it ended by itself; nil when it did not.
  @discardableResult
  public consuming func kill(after patience: Double = 0) -> ProcessEnding? {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(patience)
    while !ProcessEnding.isOver(process), clock.now < end { usleep(5000) }
    let isOver = ProcessEnding.isOver(process)
    // Its process is still there, dead or alive, so that the number can be nobody else's.
    Glibc.kill(hasOwnGroup ? -process : process, SIGKILL)
    let ending = ProcessEnding.wait(for: process)
    close(output)
    return isOver ? ending : nil
  }

  /// Sends it `signal`; its group, if that is its own.
  public func send(_ signal: Int32) { Glibc.kill(hasOwnGroup ? -process : process, signal) }

  /// Whether it has ended; it can still be waited for.
  public var hasEnded: Bool { ProcessEnding.isOver(process) }

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
}

/// How a process ended, and what it used.
public struct ProcessEnding: Sendable, Equatable {
  /// What `waitpid` tells.
  public var raw: Int32
  /// Seconds of processor time that it used, on all processors together.
  public var processorSeconds: Double
  /// The most memory of its own, not of files, that it was seen to use, in bytes; 0 if it ended at
  /// once, or nobody looked.
  public var peakBytes = 0
  /// The most memory that it had resident, files included, in bytes.
  public var residentBytes: Int

  /// The signal that ended it; 0 where none did.
  public var signal: Int32 { raw & 0x7F }
  /// Its exit code; 0 where a signal ended it.
  public var code: Int32 { raw >> 8 & 0xFF }
  /// Its exit code, or 128 and the number of the signal that ended it.
  public var status: Int32 { signal == 0 ? code : 128 + signal }

  /// Sleeps until `process`, a child of ours, has ended.
  public static func wait(for process: pid_t) -> ProcessEnding {
    var status: Int32 = 0
    var usage = rusage()
    _ = uninterrupted { wait4(process, &status, 0, &usage) }
    return ProcessEnding(
      raw: status, processorSeconds: usage.processorSeconds, residentBytes: usage.ru_maxrss * 1024)
  }

  /// Whether `process`, a child of ours, has ended; it can still be waited for.
  public static func isOver(_ process: pid_t) -> Bool {
    var information = siginfo_t()
    let code = waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT | WNOHANG)
    return code == 0 && information.si_signo != 0
  }
}

extension rusage {
  /// Seconds of processor time, for the program and for what the system did for it.
  public var processorSeconds: Double {
    [ru_utime, ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
  }
}
