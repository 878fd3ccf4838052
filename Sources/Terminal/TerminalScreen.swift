import CNcurses
import CSignals
import Cells
import Glibc

/// The terminal, taken over from `init` to `close()`: one at a time, and only on the main thread.
///
/// Whatever ends the program meanwhile (a trap, a signal, `exit`), the terminal is put back in
/// order.
public final class TerminalScreen {
  /// The colours in use.
  public let depth: ColorDepth
  /// Whether glyphs beyond ASCII can be drawn.
  public let unicode: Bool

  var painter: ScreenPainter
  var reader: EventReader
  private let kind: TerminalKind
  private let tty: TerminalDevice
  private var screen: cka_screen?
  private var hasMouse = false

  /// Takes the terminal over.
  /// - Throws: `TerminalError` when there is none, or when it is too simple to draw on; nothing has
  ///   been changed then.
  public convenience init(_ options: TerminalOptions) throws(TerminalError) {
    let kind = try TerminalKind.choose(options)
    try self.init(options, kind, on: TerminalDevice())
  }

  /// Takes over the terminal `tty`, described by `kind`.
  init(_ options: TerminalOptions, _ kind: TerminalKind, on tty: TerminalDevice)
    throws(TerminalError)
  {
    unicode = TerminalLocale.prepare()
    guard let wake = tty.guardModes() else { throw .taken }
    guard let screen = Self.newScreen(kind, on: tty) else {
      cka_terminal_release()
      throw .refused(options.term ?? options.environment["TERM"] ?? kind.name)
    }
    self.kind = kind
    self.tty = tty
    self.screen = screen
    depth = Self.startColor(kind.color.depth)
    painter = ScreenPainter(depth: depth, terminalPairs: Int(cka_color_pairs()))
    reader = EventReader(terminal: tty.input, wake: wake)
    cka_terminal_watch_size()
    curs_set(0)
    setMouse(options.mouse)
    setPasteMarks(true)
  }

  deinit { close() }

  /// The screen's extent.
  public var size: Size { Size(width: Int(cka_columns()), height: Int(cka_lines())) }

  /// Shows `buffer`; only what changed since the last call is sent. The cursor is hidden unless it
  /// is given.
  public func draw(_ buffer: CellBuffer, cursor: (x: Int, y: Int)? = nil) {
    guard screen != nil else { return }
    painter.paint(buffer, cursor: cursor)
  }

  /// Sends every cell with the next `draw`, whatever the terminal shows now.
  public func repaint() {
    guard screen != nil else { return }
    painter.forget()
  }

  /// Lets clicks and the wheel reach the program, or leaves them to the terminal for selecting
  /// text.
  public func setMouse(_ on: Bool) {
    guard screen != nil else { return }
    hasMouse = on && cka_capability("kmous") != nil
    cka_set_mouse(hasMouse)
    updateRestore()
  }

  /// Asks the terminal to put `text` on the clipboard, which reaches through SSH; most ask or allow
  /// it.
  /// - Returns: false when the text is too long for terminals to take, or they have no such
  ///   sequence.
  @discardableResult
  public func copyToClipboard(_ text: String) -> Bool {
    guard screen != nil, kind.isXtermLike else { return false }
    guard let sequence = TerminalText.clipboard(text) else { return false }
    tty.write(sequence)
    return true
  }

  /// Waits for input and returns all of it.
  /// - Parameters:
  ///   - wake: further descriptors; when one can be read, the call returns, perhaps with no events.
  ///     Reading them is the caller's business.
  ///   - timeoutMilliseconds: the longest wait; -1 for ever.
  public func readEvents(wake: [Int32], timeoutMilliseconds: Int32) -> [InputEvent] {
    guard screen != nil else { return [.hangup] }
    let report = reader.read(wake: wake, timeout: timeoutMilliseconds)
    var events = report.events
    if report.signals & Int32(cka_stop_requested) != 0 {
      stop(job: false)
      events.append(.resumed)
    } else if report.signals & Int32(cka_continued) != 0 {
      setPasteMarks(false)
      endwin()
      resume()
      events.append(.resumed)
    }
    if let size = reader.newSize() {
      painter.forget()
      events.append(.resize(size))
    }
    return events
  }

  /// What ^Z does: gives the terminal back, stops, and returns when the shell continues the
  /// program. Draw again afterwards.
  public func suspend() {
    guard screen != nil else { return }
    stop(job: true)
  }

  /// Gives the terminal back as it was. Further calls do nothing.
  public func close() {
    guard let screen else { return }
    setPasteMarks(false)
    self.screen = nil
    endwin()
    reader.close()
    cka_delscreen(screen)
    cka_terminal_release()
  }

  private func stop(job: Bool) {
    setPasteMarks(false)
    endwin()
    cka_terminal_stop(job)
    // The SIGCONT that ended the stop is not news.
    _ = cka_terminal_take_signals()
    resume()
  }

  /// ncurses takes the terminal over again with the first output after `endwin`.
  private func resume() {
    painter.forget()
    doupdate()
    setPasteMarks(true)
  }

  /// Has the terminal mark pasted text, so that its letters are not taken for commands.
  private func setPasteMarks(_ on: Bool) {
    if kind.isXtermLike { tty.write(TerminalText.pasteMarks(on)) }
  }

  private func updateRestore() {
    tty.setRestore(TerminalText.restore(mouse: hasMouse, pasteMarks: kind.isXtermLike))
  }
}

extension TerminalScreen {
  private static func newScreen(_ kind: TerminalKind, on tty: TerminalDevice) -> cka_screen? {
    let inherited = getenv("TERMINFO").map { String(cString: $0) }
    if let entry = kind.entry { setenv("TERMINFO", entry.environmentValue, 1) }
    defer {
      if kind.entry != nil {
        if let inherited { setenv("TERMINFO", inherited, 1) } else { unsetenv("TERMINFO") }
      }
    }
    // The window's true size, not what a shell once exported as LINES and COLUMNS.
    use_env(false)
    use_tioctl(true)
    let screen = cka_newterm(kind.name, tty.input, tty.output)
    guard screen.screen != nil else { return nil }
    raw()
    noecho()
    nonl()
    typeahead(-1)
    set_escdelay(25)
    mouseinterval(0)
    for sequence in KeySequence.all + PastedText.marks {
      define_key(sequence.bytes, sequence.code)
    }
    return screen
  }

  private static func startColor(_ depth: ColorDepth) -> ColorDepth {
    guard depth != .none, has_colors(), start_color() == OK else { return .none }
    // Without it, "the terminal's own" would be white on black.
    use_default_colors()
    return depth
  }
}
