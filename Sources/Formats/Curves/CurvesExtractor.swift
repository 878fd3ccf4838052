import Core
import Similarity

/// Finds curves in what a reader found: a dictionary whose key `curves` holds one figure, or a list
/// of figures, each with its `series`.
enum CurvesExtractor {
  /// The key that holds them.
  static let key = "curves"

  /// All curves in `value`; nil when it holds something else.
  /// - Parameter file: the path for `ResultID`.
  /// - Throws: `FormatError` when they are broken.
  static func curves(from value: ReadValue, file: String) throws(FormatError) -> [Curves]? {
    guard case .dictionary(let top) = value.value, top["CKA"] == nil, top["cka"] == nil,
      let content = top[key]
    else { return nil }
    if case .dictionary(let figure) = content {
      return isFigure(figure)
        ? [try curves(figure, ResultID(path: file), value, at: "key '\(key)'")] : nil
    }
    guard case .list(let elements) = content, !elements.isEmpty else { return nil }
    guard elements.count <= Limits.resultsPerFile else {
      throw FormatError(.tooLarge, "the file holds more than \(Limits.resultsPerFile) results")
    }
    var all: [Curves] = []
    for (index, element) in elements.enumerated() {
      guard case .dictionary(let figure) = element, isFigure(figure) else { return nil }
      let id = ResultID(path: file, key: "[\(index)]")
      all.append(try curves(figure, id, value, at: "key '\(key)', element \(index)"))
    }
    return all
  }

  /// A dictionary that is meant to be a figure, whether or not it is a good one.
  private static func isFigure(_ entries: [(key: Value, value: Value)]) -> Bool {
    switch entries["series"] {
    case .list, .array: true
    case .dictionary: false
    default: entries["title"]?.text != nil || entries["caption"]?.text != nil
    }
  }

  private static func curves(
    _ entries: [(key: Value, value: Value)], _ id: ResultID, _ source: ReadValue, at place: String
  ) throws(FormatError) -> Curves {
    do throws(FormatError) {
      guard case .list(let elements) = entries["series"] else {
        throw FormatError(
          .wrongType, "no list of series", remedy: "each needs a name, x and mean under 'series'")
      }
      var reader = SeriesReader()
      for element in elements { try reader.read(element) }
      let texts = try ["title", "x", "y"].map { (key) throws(FormatError) in
        SafeText.sanitise(try text(key, of: entries))
      }
      let caption = SafeText.sanitiseParagraph(try text("caption", of: entries))
      let (series, errorBar) = (reader.series, reader.errorBar)
      let warnings = source.warnings.map(\.description) + reader.warnings
      return try CurvesExtractor.checked { () throws(CurvesError) in
        try Curves(
          id: id, format: source.format.description, title: texts[0], xName: texts[1],
          yName: texts[2],
          caption: caption, errorBar: errorBar, series: series, warnings: warnings)
      }
    } catch {
      var error = error
      error.place = error.place.isEmpty ? place : "\(place), \(error.place)"
      throw error
    }
  }

  /// The text under `key`, empty where there is none.
  private static func text(
    _ key: String, of entries: [(key: Value, value: Value)]
  ) throws(FormatError) -> String {
    guard let value = entries[key] else { return "" }
    if case .none = value { return "" }
    guard let text = value.text else {
      throw FormatError(.wrongType, "\(value.kind) where text should stand", at: "key '\(key)'")
    }
    return text
  }

  /// What `make` makes, its refusal as a reader's.
  static func checked<Made>(
    _ make: () throws(CurvesError) -> Made
  ) throws(FormatError) -> Made {
    do throws(CurvesError) {
      return try make()
    } catch {
      throw FormatError(.damaged, error.description)
    }
  }
}
