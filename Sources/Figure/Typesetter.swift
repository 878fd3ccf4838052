import CCairo
import Cells
import Core

/// Measures and draws text with Cairo's toy interface. Fontconfig picks another family where DejaVu
/// Sans is missing, and without any font Cairo falls back to its built-in one.
struct Typesetter: ~Copyable {
  static let family = "DejaVu Sans"

  private let surface: OpaquePointer?
  private let context: OpaquePointer?

  init() {
    surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1)
    context = surface.flatMap { cairo_create($0) }
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Length of `text` in pixels, rounded up.
  func length(_ text: String, _ font: Font) -> Int {
    guard let context else { return estimate(text, font) }
    Self.select(font, on: context)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    guard cairo_status(context) == CAIRO_STATUS_SUCCESS else { return estimate(text, font) }
    return Int(max(extents.x_advance, extents.width).rounded(.up))
  }

  /// `text`, its beginning replaced by `…` where it is longer than `limit`: module paths differ at
  /// the end.
  func keepingEnd(_ text: String, _ font: Font, limit: Int) -> String {
    cut(Array(text.unicodeScalars), font, limit) { scalars, kept in
      "…" + String(String.UnicodeScalarView(scalars.suffix(kept)))
    }
  }

  /// `text`, its end replaced by `…` where it is longer than `limit`.
  func keepingStart(_ text: String, _ font: Font, limit: Int) -> String {
    cut(Array(text.unicodeScalars), font, limit) { scalars, kept in
      String(String.UnicodeScalarView(scalars.prefix(kept))) + "…"
    }
  }

  /// `text` broken at spaces into lines of at most `limit` pixels; what is left after `lines` is
  /// cut.
  func wrap(_ text: String, _ font: Font, limit: Int, lines: Int) -> [String] {
    var result: [String] = []
    var line = ""
    var words = text.split(separator: " ").map(String.init)[...]
    while let word = words.first {
      let longer = line.isEmpty ? word : line + " " + word
      if line.isEmpty || length(longer, font) <= limit {
        line = longer
        words = words.dropFirst()
      } else if result.count == lines - 1 {
        line += " " + words.joined(separator: " ")
        words = []
      } else {
        result.append(line)
        line = ""
      }
    }
    if !line.isEmpty { result.append(line) }
    return result.map { keepingStart($0, font, limit: limit) }
  }

  /// Draws a line of text.
  static func draw(_ mark: TextMark, on context: OpaquePointer) {
    cairo_save(context)
    defer { cairo_restore(context) }
    select(mark.font, on: context)
    cairo_set_source_rgb(
      context, Double(mark.color.red) / 255, Double(mark.color.green) / 255,
      Double(mark.color.blue) / 255)
    cairo_translate(context, Double(mark.x), Double(mark.y))
    if mark.rotated { cairo_rotate(context, -Double.pi / 2) }
    let shift =
      switch mark.anchor {
      case .start: 0
      case .middle: mark.length / 2
      case .end: mark.length
      }
    cairo_move_to(context, Double(-shift), 0)
    cairo_show_text(context, mark.text)
  }

  private func cut(
    _ scalars: [Unicode.Scalar], _ font: Font, _ limit: Int,
    _ shortened: ([Unicode.Scalar], Int) -> String
  ) -> String {
    let whole = String(String.UnicodeScalarView(scalars))
    guard length(whole, font) > limit else { return whole }
    // Bisection: the length grows with the number of scalars kept.
    var (fits, tooMany) = (0, scalars.count)
    while tooMany - fits > 1 {
      let middle = (fits + tooMany) / 2
      if length(shortened(scalars, middle), font) <= limit {
        fits = middle
      } else {
        tooMany = middle
      }
    }
    return shortened(scalars, fits)
  }

  private func estimate(_ text: String, _ font: Font) -> Int {
    text.unicodeScalars.count * font.size * 6 / 10
  }

  private static func select(_ font: Font, on context: OpaquePointer) {
    cairo_select_font_face(
      context, family, CAIRO_FONT_SLANT_NORMAL,
      font.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, Double(font.size))
    // The same outlines at every size and on every machine, whatever the desktop's settings.
    let options = cairo_font_options_create()
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
  }
}
