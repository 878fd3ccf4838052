import Explorer
import Foundation

/// Keeps the view of each folder from one session to the next, in `$XDG_STATE_HOME/cka/views`.
struct ViewStore {
  private let file: URL

  /// The store for the paths that the explorer was opened on; nil when there is no home to keep it in.
  init?(paths: [String], environment: [String: String] = ProcessInfo.processInfo.environment) {
    guard let state = Self.stateFolder(environment) else { return nil }
    let working = FileManager.default.currentDirectoryPath
    let absolute = paths.map { $0.hasPrefix("/") ? $0 : "\(working)/\($0)" }
    let name = Self.digest(absolute.joined(separator: "\u{0}"))
    file = state.appendingPathComponent("cka/views/\(name).json")
  }

  /// The saved view; nil when there is none or it cannot be understood.
  func load() -> SavedView? {
    guard let data = try? Data(contentsOf: file) else { return nil }
    return try? JSONDecoder().decode(SavedView.self, from: data)
  }

  /// Saves; failing to is not worth a word to someone who is leaving.
  func save(_ view: SavedView) {
    guard let data = try? JSONEncoder().encode(view) else { return }
    try? FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? data.write(to: file, options: .atomic)
  }

  /// Where state is kept; nil when there is no home.
  static func stateFolder(_ environment: [String: String]) -> URL? {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return URL(fileURLWithPath: state)
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return URL(fileURLWithPath: home).appendingPathComponent(".local/state")
  }

  /// FNV-1a, 64 bits: names files, guards nothing.
  private static func digest(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
