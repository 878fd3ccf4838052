import Core
import Foundation

/// A line that a backend writes on standard error, safe to show.
public enum BackendLine: Equatable {
  /// Something to keep: an object with `log`, or any text that is no such object.
  case log(String)
  /// How far it is, which the next line replaces: an object with `progress`.
  case progress(String)

  private struct Message: Decodable {
    var log: String?
    var progress: String?
  }

  /// What the bytes of a line, without its end, say.
  init(_ line: [UInt8]) {
    let message = try? JSONDecoder().decode(Message.self, from: Data(line))
    if let progress = message?.progress, message?.log == nil {
      self = .progress(SafeText.sanitise(progress))
    } else {
      self = .log(SafeText.sanitise(message?.log ?? String(decoding: line, as: UTF8.self)))
    }
  }

  /// The text of either.
  public var text: String {
    switch self {
    case .log(let text), .progress(let text): text
    }
  }
}
