import CKACore
import Foundation

/// A line that a backend writes on standard error: a JSON object with `log` or `progress`, or plain text.
enum BackendLine {
  private struct Message: Decodable {
    var log: String?
    var progress: String?
  }

  /// What to show of it, safe to show; the line itself where it is no such object.
  static func text(of line: [UInt8]) -> String {
    let message = try? JSONDecoder().decode(Message.self, from: Data(line))
    return SafeText.sanitise(
      message?.log ?? message?.progress ?? String(decoding: line, as: UTF8.self))
  }
}
