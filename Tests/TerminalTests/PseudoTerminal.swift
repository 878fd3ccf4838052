import Foundation
import Synchronization

/// Both ends of a terminal: a program in this process draws on `device`, the test reads what it sent.
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
    master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0, let name = ptsname(master) else {
      throw Shell.Failure(description: "no pseudo-terminal: \(String(cString: strerror(errno)))")
    }
    device = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
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

  /// What was sent since the last call; everything that has been written by now is in it.
  func output() -> String {
    // What is written last arrives last, so this mark closes what came before.
    let mark = "\u{1B}_end\u{1B}\\"
    put(mark, on: device)
    while true {
      let text = String(decoding: received.bytes.withLock { $0 }, as: UTF8.self)
      if text.hasSuffix(mark) {
        received.bytes.withLock { $0 = [] }
        return String(text.dropLast(mark.count))
      }
      Thread.sleep(forTimeInterval: 0.005)
    }
  }

  private func read() {
    Thread.detachNewThread { [master, received] in
      var buffer = [UInt8](repeating: 0, count: 65536)
      while true {
        let count = Foundation.read(master, &buffer, buffer.count)
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
