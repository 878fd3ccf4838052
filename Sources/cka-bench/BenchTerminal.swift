import Cells
import Glibc
import Similarity
import System

/// An explorer that runs in a pseudo-terminal of its own, with a clock beside it.
///
/// It is a process of its own, as its users start it: nothing that it does at start or at the end
/// is left out. The terminal answers no questions and takes bytes as fast as they come.
final class BenchTerminal {
  /// What came back, up to a silence.
  struct Paint {
    /// Bytes received.
    var bytes = 0
    /// From the cause (the start, or the key) to the first byte and to the last, in seconds; the
    /// silence by which the end is known is not counted. NaN when nothing came.
    var first = Double.nan
    var last = Double.nan
  }

  private let child: pid_t
  private let master: Int32
  private let started: Double
  private var halfBlocks = HalfBlockCount()
  private var hasQuit = false

  /// Starts `arguments` in a terminal of `size` cells.
  init(_ arguments: [String], environment: [String: String], size: Size) throws(ComputeError) {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    let device = Self.device(of: master)
    guard device >= 0 else { throw .system("a pseudo-terminal") }
    defer { close(device) }
    var window = winsize(
      ws_row: UInt16(size.height), ws_col: UInt16(size.width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(device, UInt(TIOCSWINSZ), &window)
    started = benchClock()
    var start = ProcessStart(arguments, environment: environment)
    start.input = .descriptor(device)
    start.output = .descriptor(device)
    start.complaints = .descriptor(device)
    do throws(SystemError) { child = try start.start() } catch { throw ComputeError(error) }
  }

  /// What `posix_openpt`'s companions do, which Swift's Glibc module does not offer: unlocks the
  /// other end of a pseudo-terminal and opens it. The requests are those of Linux's
  /// `asm-generic/ioctls.h`.
  private static func device(of master: Int32) -> Int32 {
    let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    var (locked, number): (Int32, UInt32) = (0, 0)
    guard ioctl(master, setLock, &locked) == 0, ioctl(master, getNumber, &number) == 0 else {
      return -1
    }
    return open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
  }

  /// Waits for the first heatmap: until a burst of output that holds half blocks has ended.
  func firstPicture() throws(ComputeError) -> Paint {
    let paint = read(since: started, quiet: 5, limit: 60_000) { self.halfBlocks.count >= 50 }
    guard halfBlocks.count >= 50 else { throw ComputeError("the explorer showed no heatmap") }
    return paint
  }

  /// Takes what still comes, until `quiet` milliseconds pass without a byte.
  @discardableResult
  func settle(quiet: Int32 = 300) -> Paint { read(since: benchClock(), quiet: quiet, limit: quiet) }

  /// Types `keys` at once, and takes the answer.
  func press(_ keys: String) -> Paint {
    let bytes = Array(keys.utf8)
    let start = benchClock()
    _ = write(master, bytes, bytes.count)
    return read(since: start, quiet: 100, limit: 5_000)
  }

  /// Seconds of processor time that the explorer has used, with all its threads.
  var processorSeconds: Double {
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(child, &clock) == 0, clock_gettime(clock, &time) == 0 else {
      return .nan
    }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Leaves the explorer by its own key.
  /// - Returns: the most memory that it had resident, in bytes.
  @discardableResult
  func quit() -> Double {
    hasQuit = true
    _ = press("\u{3}")
    // With the terminal gone it ends even if the key was lost.
    close(master)
    return Double(ProcessEnding.wait(for: child).residentBytes)
  }

  deinit { if !hasQuit { quit() } }

  /// Reads until nothing has come for `quiet` milliseconds.
  /// - Parameters:
  ///   - limit: milliseconds to wait for the first byte, or for `isEnough` to come true.
  ///   - isEnough: whether a silence may end the paint.
  private func read(
    since start: Double, quiet: Int32, limit: Int32, isEnough: () -> Bool = { true }
  ) -> Paint {
    var paint = Paint()
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      var polled = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      let isWaiting = paint.bytes == 0 || !isEnough()
      let left = Int32(max(0, Double(limit) - (benchClock() - start) * 1000))
      guard poll(&polled, 1, isWaiting ? left : quiet) > 0 else { return paint }
      let count = Glibc.read(master, &buffer, buffer.count)
      guard count > 0 else { return paint }
      paint.last = benchClock() - start
      if paint.bytes == 0 { paint.first = paint.last }
      paint.bytes += count
      halfBlocks.scan(buffer[..<count])
    }
  }
}

/// Counts `▀`, `▄` and `█` in bytes that arrive in pieces: heatmaps are made of them, and nothing
/// else is.
struct HalfBlockCount {
  private(set) var count = 0
  private var matched = 0

  mutating func scan(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      // U+2580, U+2584 and U+2588 in UTF-8.
      switch (matched, byte) {
      case (_, 0xE2): matched = 1
      case (1, 0x96): matched = 2
      case (2, 0x80), (2, 0x84), (2, 0x88): (count, matched) = (count + 1, 0)
      default: matched = 0
      }
    }
  }
}
