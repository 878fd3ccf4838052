import CNcurses
import FoundationEssentials

/// Sequences that are sent past ncurses.
enum TerminalText {
  /// DEC mode 2004: what is pasted is marked.
  static func pasteMarks(_ on: Bool) -> String { "\u{1B}[?2004\(on ? "h" : "l")" }

  /// What makes the current terminal itself again, from its terminfo entry.
  static func restore(mouse: Bool, pasteMarks: Bool) -> String {
    // CAN ends a sequence that was cut off in the middle.
    var text = "\u{18}"
    if mouse { text += "\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1006l" }
    if pasteMarks { text += Self.pasteMarks(false) }
    let names = ["sgr0", "op", "rmkx", "cnorm", "rmcup"]
    text += names.map { capability($0) }.joined()
    // Without an alternate screen, the shell's prompt needs a line of its own.
    if capability("rmcup").isEmpty { text += "\r\n" }
    return text
  }

  /// OSC 52: `text` for the clipboard; nil when it is longer than terminals take.
  static func clipboard(_ text: String) -> String? {
    let encoded = Data(text.utf8).base64EncodedString()
    guard encoded.utf8.count <= mostClipboardBytes else { return nil }
    return "\u{1B}]52;c;\(encoded)\u{7}"
  }

  /// xterm and hterm take no more.
  private static let mostClipboardBytes = 74_994

  /// A string capability without the delays (`$<5>`) of printing terminals.
  private static func capability(_ name: String) -> String {
    guard let value = cka_capability(name) else { return "" }
    return withoutDelays(String(cString: value))
  }

  static func withoutDelays(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let start = rest.firstRange(of: "$<") {
      result += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstIndex(of: ">") else { return result }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
