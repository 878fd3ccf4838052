import CKACore
import Glibc

/// Notices when the open files are replaced, cut or deleted, at no cost while nothing happens.
final class FileWatch {
  /// Readable when a watched folder has news; −1 when the system gives no watches.
  let descriptor: Int32
  private var files: [String: FileIdentity?] = [:]
  private var folders: [String: Int32] = [:]

  init() {
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
  }

  /// Watches exactly these files, as they are now.
  func watch(_ paths: [String]) {
    guard Set(paths) != Set(files.keys) else { return }
    for (_, watch) in folders { inotify_rm_watch(descriptor, watch) }
    folders = [:]
    files = [:]
    for path in paths {
      files[path] = FileIdentity(path)
      // The folder is watched, because a file that is replaced is another file under the same name.
      let folder =
        path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]) : "."
      let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MODIFY)
      folders[folder] = inotify_add_watch(descriptor, folder.isEmpty ? "/" : folder, events)
    }
  }

  /// What has happened to the watched files since the last call: one line each.
  func news() -> [String] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while read(descriptor, &buffer, buffer.count) > 0 {}
    return files.keys.sorted().compactMap { path in
      let now = FileIdentity(path)
      guard let before = files[path], before != now else { return nil }
      files[path] = .some(now)
      let name = SafeText.sanitise(path)
      return now == nil
        ? "\(name) was deleted; the picture is from before"
        : "\(name) has changed; R reads it again"
    }
  }

  /// Takes the files as they are now for the ones on the screen.
  func refresh() {
    for path in files.keys { files[path] = .some(FileIdentity(path)) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
