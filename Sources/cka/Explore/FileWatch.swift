import Core
import Glibc

/// Notices when files that were read are replaced, cut or deleted, at no cost while nothing
/// happens.
final class FileWatch {
  /// Something happened to a file since it was read.
  struct News {
    let path: String
    /// One line that says what.
    let line: String
  }

  /// Readable when a watched folder has news; −1 when the system gives no watches.
  let descriptor: Int32
  private var files: [String: FileIdentity?] = [:]
  private var folders: [String: Int32] = [:]
  /// Files that may have changed before their folder was watched.
  private var unchecked: Set<String> = []

  init() {
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
  }

  /// Takes these versions of files for the ones that are shown, now or with the next `watch`.
  func note(_ identities: [String: FileIdentity]) {
    for (path, identity) in identities {
      files[path] = .some(identity)
      unchecked.insert(path)
    }
  }

  /// Watches exactly these files; those that were never noted, as they are now.
  func watch(_ paths: Set<String>) {
    let wanted = Set(paths.map(Self.folder))
    for (folder, watch) in folders where !wanted.contains(folder) {
      folders[folder] = nil
      // The system knows a folder by one number, however its path is spelt.
      if !folders.values.contains(watch) { inotify_rm_watch(descriptor, watch) }
    }
    let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MODIFY)
    for folder in wanted where folders[folder] == nil {
      // The folder is watched, because a file that is replaced is another file under the same name.
      folders[folder] = inotify_add_watch(descriptor, folder, events)
    }
    files = files.filter { paths.contains($0.key) }
    for path in paths where files[path] == nil { files[path] = .some(FileIdentity(path)) }
  }

  /// What has happened to the watched files since the last call, one item each.
  func news() -> [News] {
    let names = changedNames()
    defer { unchecked = [] }
    return files.keys.sorted().compactMap { path in
      guard names.contains(Self.name(path)) || names.contains("") || unchecked.contains(path)
      else { return nil }
      let now = FileIdentity(path)
      guard let before = files[path], before != now else { return nil }
      files[path] = .some(now)
      let name = SafeText.sanitise(path)
      return News(
        path: path,
        line: now == nil
          ? "\(name) was deleted; the picture is from before"
          : "\(name) has changed; R reads it again")
    }
  }

  /// The names that the waiting events are about, without folder; "" when it may be any.
  private func changedNames() -> Set<String> {
    let isComplete = descriptor >= 0 && folders.values.allSatisfy { $0 >= 0 }
    var names: Set<String> = isComplete ? [] : [""]
    let header = MemoryLayout<inotify_event>.size
    var buffer = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return names }
      buffer.withUnsafeBytes { bytes in
        var offset = 0
        while offset + header <= count {
          let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
          let end = min(count, offset + header + Int(event.len))
          let name = bytes[offset + header..<end].prefix { $0 != 0 }
          names.insert(String(decoding: name, as: UTF8.self))
          offset = end
        }
      }
    }
  }

  private static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func name(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
