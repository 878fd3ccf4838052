import Core
import Similarity

/// Finds the CKA results in what a reader found: torch_cka's dictionary, dictionaries and lists of
/// such dictionaries; where there is none, tables with names; and at last bare matrices and vectors.
enum ResultExtractor {
  /// All results in `value`, in its order.
  /// - Parameter file: the path for `ResultID`.
  /// - Throws: `FormatError` when there is none, or when one of them is broken.
  static func comparisons(
    from value: ReadValue, file: String
  ) throws(FormatError) -> [Comparison] {
    var search = ResultSearch(builder: ComparisonBuilder(file: file, source: value))
    try search.marked(value.value, key: "", depth: 0)
    if search.results.isEmpty { try search.tables(value.value, key: "", entries: [], depth: 0) }
    if search.results.isEmpty { try search.bare(value.value) }
    guard !search.results.isEmpty else { throw search.firstProblem ?? nothing(in: value.value) }
    return search.results
  }

  private static func nothing(in value: Value) -> FormatError {
    if let other = OtherContent(value) { return other.error }
    let remedy = "cka opens what torch_cka's export() gives, a table with names, or a bare matrix"
    guard case .dictionary(let entries) = value else {
      return FormatError(
        .noResult, "no CKA result in it: the file holds \(value.kind)", remedy: remedy)
    }
    for name in ["CKA", "cka"] {
      guard case .dictionary(let content)? = entries[name] else { continue }
      let what =
        content.isEmpty ? "an empty dictionary" : "a dictionary, and \(list(content.map(\.key)))"
      return FormatError(
        .wrongType, "the key '\(name)' holds \(what), not a matrix",
        remedy: "save a matrix there, or numbers under the names of rows and columns")
    }
    let keys = entries.isEmpty ? "it is empty" : list(entries.map(\.key))
    return FormatError(
      .noSuchKey, "no key 'CKA': \(keys)", remedy: remedy, available: entries.map(\.key.label))
  }

  private static func list(_ keys: [Value]) -> String {
    let shown = keys.prefix(6).map { "'\(SafeText.sanitise(String($0.label.prefix(40))))'" }
    let more = keys.count > shown.count ? " and \(keys.count - shown.count) more" : ""
    return "it has \(shown.joined(separator: ", "))\(more)"
  }
}
