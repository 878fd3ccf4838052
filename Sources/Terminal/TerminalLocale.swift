import Glibc

/// Whether text leaves as UTF-8.
enum TerminalLocale {
  /// Sets the locale's characters, not its numbers, which files must not depend on. Where the
  /// user's locale is not UTF-8 (`LC_ALL=C`, as many servers have it) but the terminal most likely
  /// is, C.UTF-8 is taken.
  /// - Returns: whether glyphs beyond ASCII can be drawn.
  static func prepare() -> Bool {
    for name in ["", "C.UTF-8", "en_US.UTF-8"] where setlocale(LC_CTYPE, name) != nil {
      if String(cString: nl_langinfo(nl_item(CODESET))) == "UTF-8" { return true }
    }
    return false
  }
}
