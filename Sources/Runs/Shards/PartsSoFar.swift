import Formats
import Glibc
import System

/// What shards have so far, as one result that can be looked at while others are at work.
struct PartsSoFar {
  private let folder: ShardFolder

  init(_ folder: ShardFolder) { self.folder = folder }

  /// The file of what is there of `count` shards, merged again where a part came since; nil while
  /// there is none, or none that fits. Whoever looks merges, also several at once: the file is
  /// replaced as a whole, and does not depend on who was last.
  func path(of count: Int) -> String? {
    let parts = (1...max(1, count)).map(folder.part).filter { access($0, R_OK) == 0 }
    guard !parts.isEmpty else { return nil }
    if let made = Self.time(folder.soFar),
      parts.allSatisfy({ Self.time($0).map { $0 <= made } ?? true })
    {
      return folder.soFar
    }
    guard let merged = try? MergedParts(parts, partial: true, command: []),
      let file = try? merged.encoded(),
      (try? AtomicFile.write(file, to: folder.soFar)) != nil
    else { return access(folder.soFar, R_OK) == 0 ? folder.soFar : nil }
    return folder.soFar
  }

  /// When a file was last written, in nanoseconds; files of other machines have their clock.
  private static func time(_ path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
  }
}
