import Foundation
import Synchronization
import TestSupport

/// Both ends of a terminal: a program in this process draws on `device`, the test reads what it
/// sent.
final class PseudoTerminal {
  /// The end that a program takes for its terminal.
  let device: Int32
  private let master: Int32
  private let received = Received()

  /// Bytes that arrived, added to by the thread that reads them.
  private final class Received: Sendable {
    let bytes = Mutex<[UInt8]>([])
  }

  /// Opens a terminal of `width` × `height` cells.
  init(width: Int, height: Int) throws {
    var ends: (master: Int32, device: Int32) = (-1, -1)
    guard openpty(&ends.master, &ends.device, nil, nil, nil) == 0 else {
      throw Shell.Failure(description: "no pseudo-terminal: \(String(cString: strerror(errno)))")
    }
    (master, device) = ends
    resize(width: width, height: height)
    read()
  }

  deinit {
    close(device)
    close(master)
  }

  /// Gives the terminal another size.
  func resize(width: Int, height: Int) {
    var size = winsize(
      ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(device, UInt(TIOCSWINSZ), &size)
  }

  /// Sends `text` as a keyboard would.
  func type(_ text: String) { put(text, on: master) }

  /// What was sent since the last call; everything that has been written by now is in it, unless
  /// the terminal is broken: then what came within ten seconds.
  func output() -> String {
    // What is written last arrives last, so this mark closes what came before.
    let mark = "\u{1B}_end\u{1B}\\"
    put(mark, on: device)
    let deadline = Date(timeIntervalSinceNow: 10)
    while true {
      let text = String(decoding: received.bytes.withLock { $0 }, as: UTF8.self)
      if text.hasSuffix(mark) || Date() > deadline {
        received.bytes.withLock { $0 = [] }
        return text.hasSuffix(mark) ? String(text.dropLast(mark.count)) : text
      }
      Thread.sleep(forTimeInterval: 0.005)
    }
  }

  /// Reads until the last copy of `device` is closed. The thread has a descriptor of its own: the
  /// number of a closed one is soon another terminal's.
  private func read() {
    let own = dup(master)
    Thread.detachNewThread { [received] in
      defer { close(own) }
      var buffer = [UInt8](repeating: 0, count: 65536)
      while true {
        let count = Foundation.read(own, &buffer, buffer.count)
        guard count > 0 else { return }
        received.bytes.withLock { $0 += buffer[..<count] }
      }
    }
  }

  private func put(_ text: String, on descriptor: Int32) {
    let bytes = Array(text.utf8)
    _ = write(descriptor, bytes, bytes.count)
  }
}
