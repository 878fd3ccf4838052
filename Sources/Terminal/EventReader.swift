import CNcurses
import CSignals
import Cells
import Glibc

/// Waits for the keyboard, the mouse, signals and the caller's descriptors, and reads all that is
/// there.
struct EventReader {
  private let terminal: Int32
  private let wake: Int32
  /// Keys are read through a pad of their own: reading from `stdscr` would refresh it.
  private var pad: UnsafeMutablePointer<WINDOW>?
  private var reportedSize: Size
  private var doublePress = DoublePress()
  private var emptyReads = 0
  /// What has come of a paste so far, and when its last part came; the rest may need another read.
  private var paste: PastedText?
  private var pasteTime = 0

  /// What one wait brought.
  struct Report {
    var events: [InputEvent] = []
    /// Flags of `cka_terminal_take_signals`.
    var signals: Int32 = 0
  }

  /// After `newterm`.
  init(terminal: Int32, wake: Int32) {
    self.terminal = terminal
    self.wake = wake
    pad = newpad(1, 1)
    keypad(pad, true)
    nodelay(pad, true)
    reportedSize = Size(width: Int(cka_columns()), height: Int(cka_lines()))
  }

  mutating func close() {
    delwin(pad)
    pad = nil
  }

  /// Waits at most `timeout` milliseconds (-1: for ever), then reads everything.
  mutating func read(wake others: [Int32], timeout: Int32) -> Report {
    var polled = ([terminal, wake] + others).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    // Interrupted by a signal, its flag says what to do; nothing is lost by returning.
    let ready = poll(&polled, nfds_t(polled.count), timeout)
    var report = Report()
    if ready > 0, polled[1].revents != 0 { drainWake() }
    report.signals = cka_terminal_take_signals()
    report.events = readKeys()

    let state = ready > 0 ? Int32(polled[0].revents) : 0
    let isEmpty = state & POLLIN != 0 && report.events.isEmpty && paste == nil
    emptyReads = isEmpty ? emptyReads + 1 : 0
    // Input that is announced again and again but never there: an orphan whose terminal refuses it.
    if state & (POLLHUP | POLLERR | POLLNVAL) != 0 || emptyReads >= Self.mostEmptyReads {
      report.events.append(.hangup)
    }
    return report
  }

  /// The screen's size when it is not the one reported last; ncurses is brought up to it.
  mutating func newSize() -> Size? {
    var window = winsize()
    if ioctl(terminal, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0, window.ws_col > 0,
      Int32(window.ws_row) != cka_lines() || Int32(window.ws_col) != cka_columns()
    {
      resizeterm(Int32(window.ws_row), Int32(window.ws_col))
    }
    let size = Size(width: Int(cka_columns()), height: Int(cka_lines()))
    guard size != reportedSize else { return nil }
    reportedSize = size
    return size
  }

  private mutating func readKeys() -> [InputEvent] {
    var decoder = KeyDecoder()
    var events: [InputEvent] = []
    var value: UInt32 = 0
    if let lost = endLostPaste() { events.append(.paste(lost)) }
    while events.count < Self.mostEvents {
      let kind = cka_next_key(pad, &value)
      guard kind != ERR else { break }
      if isPasted(kind, value, &events) { continue }
      if kind != KEY_CODE_YES {
        events += decoder.decode(.character(value)).map(InputEvent.key)
      } else if Int32(bitPattern: value) == KEY_MOUSE {
        events += decoder.finish().map(InputEvent.key) + readMouse()
      } else if Int32(bitPattern: value) != KEY_RESIZE {
        events += decoder.decode(.code(Int32(bitPattern: value))).map(InputEvent.key)
      }
    }
    return events + decoder.finish().map(InputEvent.key)
  }

  /// Whether what was read belongs to a paste, or begins or ends one.
  private mutating func isPasted(
    _ kind: Int32, _ value: UInt32, _ events: inout [InputEvent]
  ) -> Bool {
    let code = kind == KEY_CODE_YES ? Int32(bitPattern: value) : 0
    guard paste != nil else {
      if code == PastedText.start { (paste, pasteTime) = (PastedText(), Self.milliseconds()) }
      return code == PastedText.start || code == PastedText.end
    }
    pasteTime = Self.milliseconds()
    if code == PastedText.end {
      events += paste.map { [.paste($0.line)] } ?? []
      paste = nil
    } else if code == KEY_MOUSE {
      _ = readMouse()
    } else if code == 0 {
      paste?.append(value)
    }
    return true
  }

  /// A paste whose end never came, so that it does not take the keys for ever.
  private mutating func endLostPaste() -> String? {
    guard let lost = paste, Self.milliseconds() - pasteTime > Self.longestPause else { return nil }
    paste = nil
    return lost.line
  }

  private mutating func readMouse() -> [InputEvent] {
    var waiting: [MEVENT] = []
    var mouse = MEVENT()
    // ncurses hands out the latest event first.
    while getmouse(&mouse) == OK { waiting.append(mouse) }
    return waiting.reversed().compactMap { event($0) }
  }

  private mutating func event(_ mouse: MEVENT) -> InputEvent? {
    let (x, y, buttons) = (Int(mouse.x), Int(mouse.y), UInt32(mouse.bstate))
    if buttons & cka_button4_pressed() != 0 { return .mouse(MouseEvent(.wheelUp, x: x, y: y)) }
    if buttons & cka_button5_pressed() != 0 { return .mouse(MouseEvent(.wheelDown, x: x, y: y)) }
    guard buttons & cka_button1_pressed() != 0 else { return nil }
    let action = doublePress.action(x: x, y: y, time: Self.milliseconds())
    return .mouse(MouseEvent(action, x: x, y: y))
  }

  private func drainWake() {
    var count: UInt64 = 0
    _ = Glibc.read(wake, &count, MemoryLayout<UInt64>.size)
  }

  private static func milliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
  }

  /// A pasted novel must not keep the screen from being drawn.
  private static let mostEvents = 4096
  private static let mostEmptyReads = 8
  /// Milliseconds between two parts of a paste.
  private static let longestPause = 2000
}
