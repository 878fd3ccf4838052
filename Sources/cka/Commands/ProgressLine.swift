import Core
import Glibc
import Runs

/// Progress on standard error: a bar that is drawn over on a terminal, and now and then a plain
/// line anywhere else. There is one of it: what computes and what a backend says share it.
final class ProgressLine {
  private let isTerminal: Bool
  private let isQuiet: Bool
  private let clock = ContinuousClock()
  private var next: ContinuousClock.Instant
  private var isDrawn = false
  private var isUnderWay = false

  /// - Parameter isQuiet: nothing is shown.
  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    let kind = getenv("TERM").map { String(cString: $0) } ?? "dumb"
    isTerminal = isatty(STDERR_FILENO) == 1 && kind != "dumb"
    next = clock.now + (isTerminal ? .milliseconds(100) : .seconds(5))
  }

  /// Shows `progress`, unless something was shown a moment ago.
  func show(_ progress: RunProgress) {
    isUnderWay = true
    show(progress.text, drawn: Self.bar(progress, columns: Self.columns))
  }

  /// Shows what a backend says. How far it is counts only until minibatches come.
  func hear(_ line: BackendLine) {
    switch line {
    case .log(let text):
      clear()
      complain("backend: \(text)")
    case .progress(let text):
      guard !isUnderWay else { return }
      show("backend: \(text)", drawn: String(text.prefix(max(0, Self.columns - 1))))
    }
  }

  private func show(_ text: String, drawn: String) {
    let now = clock.now
    guard !isQuiet, now >= next else { return }
    guard isTerminal else {
      next = now + .seconds(5)
      return complain(text)
    }
    next = now + .milliseconds(100)
    isDrawn = true
    write("\r\(drawn)\u{1B}[K")
  }

  /// Takes the bar away, before something else is said.
  func clear() {
    guard isDrawn else { return }
    isDrawn = false
    write("\r\u{1B}[K")
  }

  /// "[#####-----]  52 %  12 of 23 minibatches, …", no longer than a line of so many columns.
  static func bar(_ progress: RunProgress, columns: Int) -> String {
    let percent = "\(Int(progress.fraction * 100))"
    let text =
      String(repeating: " ", count: max(0, 4 - percent.count)) + "\(percent) %  "
      + progress.text
    let width = min(30, columns - text.count - 3)
    guard width >= 5 else { return String(text.dropFirst().prefix(max(0, columns - 1))) }
    let filled = Int(progress.fraction * Double(width))
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: "-", count: width - filled) + "]" + text
  }

  private static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private func write(_ text: String) {
    StandardOutput.write(Array(text.utf8), to: STDERR_FILENO)
  }
}
