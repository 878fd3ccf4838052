import Glibc

/// Why a process that reads HDF5 gave no answer. Only some of these speak of the file.
enum HDF5Failure: Error, Equatable {
  /// The system did not start it: the error's number.
  case notStarted(Int32)
  /// It ended before it had looked at the file, with this exit code or by this signal.
  case endedEarly(code: Int32, signal: Int32)
  /// libhdf5 crashed with this signal.
  case crashed(signal: Int32)
  /// It was ended after so many seconds.
  case late(seconds: Int)
  /// It needed more memory than it may have.
  case outOfMemory
  /// Somebody ended it: the system, where memory is short, or a person.
  case killed(signal: Int32)
  /// It went away, or sent what makes no sense.
  case nonsense
  /// Files of the same folder took all the time there is for files that do not end.
  case noPatienceLeft

  /// What became of a process with this status of `waitpid`.
  /// - Parameters:
  ///   - hasBegun: it had begun to read the file.
  ///   - seconds: what it was given.
  init(status: Int32, hasBegun: Bool, seconds: Int) {
    let signal = status & 0x7F
    let code = (status >> 8) & 0xFF
    guard hasBegun else {
      self = .endedEarly(code: code, signal: signal)
      return
    }
    switch signal {
    case 0: self = code == HDF5Service.outOfMemoryCode ? .outOfMemory : .nonsense
    case SIGALRM, SIGXCPU: self = .late(seconds: seconds)
    case SIGKILL, SIGTERM, SIGINT, SIGHUP: self = .killed(signal: signal)
    default: self = .crashed(signal: signal)
    }
  }

  /// The same as one line: what is wrong, and what can be done about it.
  var error: FormatError {
    let again = "copy the file again"
    switch self {
    case .notStarted(let code):
      return FormatError(
        .process,
        "HDF5 is read by a process of its own, which cannot be started: \(Self.text(code))",
        remedy: Self.remedy(code))
    case .endedEarly(let code, let signal):
      let end = signal == 0 ? "exit code \(code)" : "signal \(signal)"
      return FormatError(
        .process, "HDF5 is read by a process of its own, which ended as it started (\(end))",
        remedy: "see whether `cka doctor` runs here, and whether memory is limited (ulimit -v)")
    case .crashed(let signal):
      return FormatError(
        .damaged, "libhdf5 gave up (signal \(signal)): the HDF5 file is damaged", remedy: again)
    case .late(let seconds):
      return FormatError(
        .damaged, "libhdf5 did not finish within \(seconds) seconds: the file may be damaged",
        remedy: again)
    case .outOfMemory:
      return FormatError(
        .tooLarge, "libhdf5 needs more memory than this file should take; it may be damaged",
        remedy: again)
    case .killed(let signal):
      return FormatError(
        .process, "the process that reads HDF5 was ended from outside (signal \(signal))",
        remedy: "see whether memory is short, then try again")
    case .nonsense:
      return FormatError(.damaged, "libhdf5 gave up: the HDF5 file is damaged", remedy: again)
    case .noPatienceLeft:
      return FormatError(
        .process,
        "not read: other HDF5 files here took \(HDF5Patience.seconds) seconds without an end",
        remedy: "name it alone")
    }
  }

  private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

  private static func remedy(_ code: Int32) -> String {
    switch code {
    case EAGAIN: "you may have too many processes (ulimit -u); end some, then try again"
    case ENOMEM: "memory is short; end something, then try again"
    case EMFILE, ENFILE: "too many files are open (ulimit -n); close some, then try again"
    case ENOENT, EACCES: "cka finds itself at /proc/self/exe: see whether /proc is there"
    case ESTALE, ETXTBSY: "cka was replaced while it ran; start it again"
    default: "see whether `cka doctor` runs here"
    }
  }
}
