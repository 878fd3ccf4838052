import Core
import Foundation

/// JSON as all commands print it.
enum PrettyJSON {
  /// `value` as JSON with sorted keys, safe on every terminal: what would steer one is escaped.
  /// - Throws: when it holds a number that JSON cannot say.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return SafeText.escaped(json: String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
