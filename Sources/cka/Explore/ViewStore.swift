import Explorer
import Foundation
import System

/// Keeps the view of each folder from one session to the next, in `$XDG_STATE_HOME/cka/views`.
struct ViewStore {
  private let file: URL
  private let paths: [String]

  /// The store for the paths that the explorer was opened on; nil when there is no home to keep it
  /// in.
  init?(paths: [String], environment: [String: String] = ProcessInfo.processInfo.environment) {
    guard let state = Self.stateFolder(environment) else { return nil }
    self.paths = paths
    let name = Self.digest(paths.map { realPath($0) ?? $0 }.joined(separator: "\u{0}"))
    file = state.appendingPathComponent("cka/views/\(name).json")
  }

  /// The saved view; nil when there is none or it cannot be understood.
  func load() -> SavedView? {
    guard let data = try? Data(contentsOf: file) else { return nil }
    guard var view = try? JSONDecoder().decode(SavedView.self, from: data) else { return nil }
    view.path = spelt(view.path)
    return view
  }

  /// Saves; failing to is not worth a word to someone who is leaving.
  func save(_ view: SavedView) {
    var view = view
    view.path = relative(view.path)
    guard let data = try? JSONEncoder().encode(view) else { return }
    try? FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? data.write(to: file, options: .atomic)
  }

  /// A result's path as `NUMBER:REST` below one of the paths, which may be spelt otherwise the next
  /// time.
  private func relative(_ path: String) -> String {
    for (number, root) in paths.enumerated() {
      if path == root { return "\(number):" }
      let start = root == "." ? "" : (root.hasSuffix("/") ? root : root + "/")
      if path.hasPrefix(start) { return "\(number):\(path.dropFirst(start.count))" }
    }
    return path
  }

  /// The path as the walk of today's paths spells it.
  private func spelt(_ saved: String) -> String {
    let parts = saved.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), paths.indices.contains(number) else {
      return saved
    }
    let root = paths[number]
    if parts[1].isEmpty { return root }
    if root == "." { return String(parts[1]) }
    return (root.hasSuffix("/") ? root : root + "/") + parts[1]
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
