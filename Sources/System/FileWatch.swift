/// Notices when files that were read are replaced, cut or deleted, at no cost while nothing
/// happens.
public final class FileWatch {
  /// Something happened to a file since it was read.
  public struct News: Equatable, Sendable {
    /// The file.
    public let path: String
    /// It is gone; else there is another version of it.
    public let isGone: Bool
  }

  private let watch = FolderWatch()
  private var files: [String: FileIdentity?] = [:]
  private var folders: [String: Int32?] = [:]
  /// Files that may have changed before their folder was watched.
  private var unchecked: Set<String> = []

  /// No file is watched yet.
  public init() {}

  /// Readable when a watched folder has news; −1 when the system gives no watches.
  public var descriptor: Int32 { watch.descriptor }

  /// Takes these versions of files for the ones that are shown, now or with the next `watch`.
  public func note(_ identities: [String: FileIdentity]) {
    for (path, identity) in identities {
      files[path] = .some(identity)
      unchecked.insert(path)
    }
  }

  /// Watches exactly these files; those that were never noted, as they are now.
  public func watch(_ paths: Set<String>) {
    let wanted = Set(paths.map(Self.folder))
    for (folder, number) in folders where !wanted.contains(folder) {
      folders[folder] = nil
      // The system knows a folder by one number, however its path is spelt.
      if let number, !folders.values.contains(number) { watch.remove(number) }
    }
    for folder in wanted where folders[folder] == nil {
      // The folder is watched, because a file that is replaced is another file under the same name.
      folders[folder] = .some(watch.add(folder, [.writing, .naming]))
    }
    files = files.filter { paths.contains($0.key) }
    for path in paths where files[path] == nil { files[path] = .some(FileIdentity(path)) }
  }

  /// What has happened to the watched files since the last call, one item each.
  public func news() -> [News] {
    var names = watch.names()
    // What is not watched may have changed at any time.
    if folders.values.contains(nil) { names.insert("") }
    defer { unchecked = [] }
    return files.keys.sorted().compactMap { path in
      guard names.contains(Self.name(path)) || names.contains("") || unchecked.contains(path)
      else { return nil }
      let now = FileIdentity(path)
      guard let before = files[path], before != now else { return nil }
      files[path] = .some(now)
      return News(path: path, isGone: now == nil)
    }
  }

  private static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func name(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}
