import CWidth
import Glibc

/// How many terminal cells text takes.
public enum TextWidth {
  /// `wcwidth` knows only the characters of the current locale, so one that has them all is asked
  /// for.
  private static let localeIsReady: Bool = {
    for name in ["", "C.UTF-8", "en_US.UTF-8"] where setlocale(LC_CTYPE, name) != nil {
      if String(cString: nl_langinfo(nl_item(CODESET))) == "UTF-8" { return true }
    }
    return false
  }()

  /// Cells that `scalar` takes: 0 (combining or not printable), 1 or 2.
  public static func width(of scalar: Unicode.Scalar) -> Int {
    if scalar.value >= 0x20, scalar.value < 0x7F { return 1 }
    _ = localeIsReady
    return max(0, Int(cka_cells(scalar.value)))
  }

  /// Cells that `text` takes.
  public static func width(of text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
  }

  /// `text` in at most `width` cells; what is cut is marked `…`, and the end, which tells layer
  /// names apart, is kept.
  public static func keepingEnd(_ text: String, width: Int) -> String {
    guard self.width(of: text) > width else { return text }
    guard width > 0 else { return "" }
    var used = 1
    var kept: [Unicode.Scalar] = []
    for scalar in text.unicodeScalars.reversed() {
      let cells = self.width(of: scalar)
      if used + cells > width { break }
      used += cells
      kept.append(scalar)
    }
    var result = "…"
    result.unicodeScalars.append(contentsOf: kept.reversed())
    return result
  }

  /// `text` in at most `width` cells, keeping its beginning.
  public static func keepingStart(_ text: String, width: Int) -> String {
    guard self.width(of: text) > width else { return text }
    guard width > 0 else { return "" }
    var used = 1
    var result = ""
    for scalar in text.unicodeScalars {
      let cells = self.width(of: scalar)
      if used + cells > width { break }
      used += cells
      result.unicodeScalars.append(scalar)
    }
    return result + "…"
  }
}
