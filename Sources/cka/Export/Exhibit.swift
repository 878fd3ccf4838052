import Formats
import Similarity

/// A pane ready to be written, in any format: the explorer's `e` and `cka export` both end here, so
/// their bytes are the same.
protocol Exhibit {
  /// What must be said of it: a figure has it in its caption, JSON and npz hold it, and the names of
  /// files have its mark.
  var caveats: [Caveat] { get }

  /// The picture as `format`; nil when that is a format of values.
  /// - Parameters:
  ///   - raw: the cells alone, without title, names and colour bar.
  ///   - scale: pixels for a value; nil picks a size.
  func picture(_ format: ExportFormat, raw: Bool, scale: Int?) throws -> [UInt8]?

  /// The values as `format`.
  func values(_ format: ExportFormat) throws(FormatError) -> [UInt8]
}
