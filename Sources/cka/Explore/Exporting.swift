import CKACore
import Explorer
import Formats

/// Writes panes to files for the explorer.
enum Exporting {
  /// The answer to `.export`: the files written, or why not.
  static func write(_ requests: [ExportRequest], preferences: Preferences) -> Action {
    .failed("not yet")
  }
}
