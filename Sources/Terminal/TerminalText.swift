import CNcurses

/// Sequences that are sent past ncurses.
enum TerminalText {
  static let saveTitle = "\u{1B}[22;2t"
  static let restoreTitle = "\u{1B}[23;2t"

  /// What makes the current terminal itself again, from its terminfo entry.
  static func restore(mouse: Bool, title: Bool) -> String {
    // CAN ends a sequence that was cut off in the middle.
    var text = "\u{18}"
    if mouse { text += "\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1006l" }
    if title { text += restoreTitle }
    let names = ["sgr0", "op", "rmkx", "cnorm", "rmcup"]
    text += names.map { capability($0) }.joined()
    // Without an alternate screen, the shell's prompt needs a line of its own.
    if capability("rmcup").isEmpty { text += "\r\n" }
    return text
  }

  /// OSC 2: `title` without control characters, at most 200 characters.
  static func title(_ title: String) -> String {
    let plain = title.unicodeScalars.filter {
      $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
    }
    var text = "\u{1B}]2;"
    text.unicodeScalars.append(contentsOf: plain.prefix(200))
    return text + "\u{7}"
  }

  /// OSC 52: `text` for the clipboard; nil when it is longer than terminals take.
  static func clipboard(_ text: String) -> String? {
    let encoded = Base64.encode(Array(text.utf8))
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
