import Core

/// A word of a command line that somebody may copy into a shell.
enum ShellWord {
  /// `argument` as a shell takes it, made safe to show.
  static func quoted(_ argument: String) -> String {
    let plain = argument.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 && byte >= 0x40
        || "0123456789-_./=:,+@%".utf8.contains(byte)
    }
    let text = plain && !argument.isEmpty ? argument : "'\(argument.replacing("'", with: "'\\''"))'"
    return SafeText.sanitise(text)
  }
}
