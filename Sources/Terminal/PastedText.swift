import CNcurses

/// Text between the marks that a terminal puts around what is pasted (DEC mode 2004).
struct PastedText {
  /// ncurses codes for the marks, beyond its own.
  static let start = KEY_MAX + 1
  static let end = KEY_MAX + 2
  /// The marks, to be made known with `define_key`.
  static let marks: [(bytes: String, code: Int32)] = [
    ("\u{1B}[200~", start), ("\u{1B}[201~", end),
  ]

  /// More than anybody means to paste into a prompt.
  private static let longest = 4096
  private var scalars = String.UnicodeScalarView()

  /// Takes a character that was pasted; what is too much is dropped.
  mutating func append(_ value: UInt32) {
    guard scalars.count < Self.longest, let scalar = Unicode.Scalar(value) else { return }
    scalars.append(scalar)
  }

  /// One line: ends of lines, tabs and other control characters become single blanks.
  var line: String {
    scalars.split { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
      .map { String($0) }.joined(separator: " ")
  }
}
