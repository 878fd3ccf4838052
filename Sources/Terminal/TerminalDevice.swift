import CSignals
import Glibc
import System

/// The terminal as files: what is read and what is written.
final class TerminalDevice {
  let input: Int32
  let output: Int32
  private let opened: Int32

  /// Standard input and output if both are the terminal, else the one that controls the program:
  /// input may be a pipe.
  init() throws(TerminalError) {
    if isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 {
      opened = -1
      input = STDIN_FILENO
      output = STDOUT_FILENO
    } else {
      opened = open("/dev/tty", O_RDWR | O_CLOEXEC)
      guard opened >= 0 else { throw .noTerminal }
      input = opened
      output = opened
    }
  }

  /// A terminal that is open already, and stays so.
  init(descriptor: Int32) {
    opened = -1
    input = descriptor
    output = descriptor
  }

  deinit {
    if opened >= 0 { close(opened) }
  }

  /// Saves the terminal's modes and has signals restore them. Until `setRestore` there is nothing
  /// to write.
  /// - Returns: a descriptor that wakes `poll` after a signal; nil when a screen is open already.
  func guardModes() -> Int32? {
    let wake = cka_terminal_guard(output)
    return wake < 0 ? nil : wake
  }

  /// Replaces what signals write to the terminal.
  func setRestore(_ text: String) {
    let bytes = Array(text.utf8CString)
    cka_terminal_set_restore(bytes, bytes.count - 1)
  }

  /// Writes all of `text`, past ncurses, whose own output has always been flushed by then.
  func write(_ text: String) {
    try? Descriptor.write(Array(text.utf8), to: output)
  }
}
