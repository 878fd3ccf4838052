import Cells

/// The colours of everything but data, for what the terminal can show.
struct Theme {
  let depth: ColorDepth
  let unicode: Bool

  init(_ traits: TerminalTraits) {
    depth = traits.depth
    unicode = traits.unicode
  }

  private func style(
    _ rgb: RGB, ansi: UInt8, _ attributes: Attributes = [], background: Color = .standard
  ) -> Style {
    switch depth {
    case .trueColor: Style(foreground: .rgb(rgb), background: background, attributes: attributes)
    case .none: Style(attributes: attributes)
    default:
      Style(
        foreground: ansi == 7 ? .standard : .indexed(ansi), background: background,
        attributes: attributes)
    }
  }

  /// Running text.
  var text: Style { .plain }
  /// Text that may be overlooked.
  var faint: Style {
    depth == .none || depth == .ansi8
      ? Style(attributes: .dim) : style(RGB(128, 134, 150), ansi: depth == .indexed256 ? 245 : 8)
  }
  /// Names that matter.
  var strong: Style { Style(attributes: .bold) }
  /// Frames of panes that do not hold the focus.
  var frame: Style {
    depth == .none || depth == .ansi8
      ? Style(attributes: .dim) : style(RGB(74, 80, 98), ansi: depth == .indexed256 ? 240 : 8)
  }
  /// The frame of the pane that holds the focus.
  var focusedFrame: Style { style(RGB(97, 175, 239), ansi: depth == .indexed256 ? 75 : 6, .bold) }
  /// Keys in the footer and in help.
  var key: Style { style(RGB(97, 175, 239), ansi: depth == .indexed256 ? 75 : 6, .bold) }
  /// Model names in titles.
  var accent: Style { style(RGB(229, 192, 123), ansi: depth == .indexed256 ? 180 : 3, .bold) }
  /// Something went wrong.
  var error: Style { style(RGB(224, 108, 117), ansi: depth == .indexed256 ? 168 : 1, .bold) }
  /// Something to know.
  var warning: Style { style(RGB(229, 192, 123), ansi: depth == .indexed256 ? 180 : 3) }
  /// Something went well.
  var good: Style { style(RGB(152, 195, 121), ansi: depth == .indexed256 ? 114 : 2) }
  /// The chosen line of a list.
  var selection: Style {
    switch depth {
    case .trueColor: Style(background: .rgb(RGB(44, 58, 84)), attributes: .bold)
    case .indexed256: Style(background: .indexed(237), attributes: .bold)
    default: Style(attributes: .reverse)
    }
  }
  /// The same in a pane that does not hold the focus.
  var idleSelection: Style {
    switch depth {
    case .trueColor: Style(background: .rgb(RGB(36, 40, 52)))
    case .indexed256: Style(background: .indexed(235))
    default: Style(attributes: .underline)
    }
  }

  /// Box drawing, or its ASCII stand-ins.
  var horizontal: Unicode.Scalar { unicode ? "─" : "-" }
  var vertical: Unicode.Scalar { unicode ? "│" : "|" }
  /// Upper left, upper right, lower left, lower right.
  var corners: [Unicode.Scalar] { unicode ? ["╭", "╮", "╰", "╯"] : ["+", "+", "+", "+"] }
  /// Marks that have an ASCII form.
  func glyph(_ unicodeForm: String, _ ascii: String) -> String { unicode ? unicodeForm : ascii }
  /// The words' own special characters, spelt for the terminal.
  func spell(_ text: String) -> String {
    guard !unicode else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "×": result += "x"
      case "…": result += "~"
      case "·", "•": result += "-"
      case "↑": result += "^"
      case "↓": result += "v"
      case "→": result += ">"
      case "–", "−": result += "-"
      case "±": result += "+-"
      case "≥": result += ">="
      case "√": result += "sqrt "
      default:
        if scalar.isASCII { result.unicodeScalars.append(scalar) } else { result += "?" }
      }
    }
    return result
  }
  /// `text` spelt for the terminal in at most `width` cells, its beginning kept.
  func keepingStart(_ text: String, width: Int) -> String {
    spell(TextWidth.keepingStart(spell(text), width: width))
  }
  /// `text` spelt for the terminal in at most `width` cells, its end kept.
  func keepingEnd(_ text: String, width: Int) -> String {
    spell(TextWidth.keepingEnd(spell(text), width: width))
  }
}
