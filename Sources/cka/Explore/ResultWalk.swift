import CKACore
import Explorer
import Formats
import Glibc

/// Finds the results in files and folders, telling as it goes.
///
/// The first readable file is told at once, so that a folder of thousands does not delay the first picture.
struct ResultWalk {
  /// What the user named: files and folders.
  let paths: [String]
  /// A file to read before all others, when it is among them.
  let first: String?
  /// Receives results and progress; called on the walking thread.
  let tell: (Action) -> Void

  private var queue: [(path: String, folder: String)] = []
  private var visited: Set<FileIdentity> = []
  private var progress = ScanProgress()
  private var batch: [CatalogEntry] = []
  private var lastTold = ContinuousClock.now
  private var hasTold = false

  init(paths: [String], first: String? = nil, tell: @escaping (Action) -> Void) {
    self.paths = paths
    self.first = first
    self.tell = tell
  }

  /// Walks everything, then tells that it is finished.
  mutating func run() {
    if let first, FileIdentity(first) != nil, paths.contains(where: { isInside(first, $0) }) {
      read(first, folder: folder(of: first))
    }
    for path in paths { visit(path) }
    while !queue.isEmpty {
      let (path, folder) = queue.removeFirst()
      if path != first { read(path, folder: folder) }
    }
    progress.isFinished = true
    flush()
  }

  private func isInside(_ file: String, _ root: String) -> Bool {
    file == root || root == "." || file.hasPrefix(root.hasSuffix("/") ? root : root + "/")
  }

  /// The heading under which a file is listed: its folder, without what all files share.
  private func folder(of path: String) -> String {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    if paths.count == 1, let root = paths.first, path.hasPrefix(root), path != root {
      let rootParts = root.split(separator: "/").count + (root.hasPrefix("/") ? 1 : 0)
      let below = parts.dropFirst(rootParts)
      parts = below.isEmpty ? parts.suffix(1) : below
    }
    let name = parts.joined(separator: "/")
    return SafeText.sanitise(name.isEmpty ? "." : name)
  }

  private mutating func visit(_ path: String) {
    guard let identity = FileIdentity(path) else {
      problem("\(SafeText.sanitise(path)): no such file or folder; check the name")
      return
    }
    guard visited.insert(identity).inserted else { return }
    if identity.isFolder {
      visitFolder(path)
    } else {
      // A file that the user named is read whatever its name is.
      found(path)
    }
  }

  private mutating func visitFolder(_ path: String) {
    guard let names = Folder.names(in: path) else {
      problem("\(SafeText.sanitise(path)): cannot be opened; check its permissions")
      return
    }
    for name in names where !name.hasPrefix(".") {
      let child = path == "." ? name : (path.hasSuffix("/") ? path + name : "\(path)/\(name)")
      guard let identity = FileIdentity(child) else { continue }
      if identity.isFolder || (identity.isRegular && ResultFile.isCandidate(name: name)) {
        if identity.isFolder {
          visit(child)
        } else if visited.insert(identity).inserted {
          found(child)
        }
      }
    }
  }

  private mutating func found(_ path: String) {
    progress.filesFound += 1
    guard hasTold || path == first else {
      read(path, folder: folder(of: path))
      return
    }
    queue.append((path, folder(of: path)))
  }

  private mutating func read(_ path: String, folder: String) {
    do {
      let comparisons = try ResultFile.read(path: path)
      let file = path.split(separator: "/").last.map(String.init) ?? path
      for comparison in comparisons {
        let name = comparisons.count == 1 ? file : "\(file) \(comparison.id.key)"
        batch.append(
          CatalogEntry(comparison, folder: folder, name: SafeText.sanitise(name)))
      }
    } catch {
      progress.problems.append(error.description)
    }
    progress.filesRead += 1
    if !hasTold || ContinuousClock.now - lastTold > .milliseconds(100) { flush() }
  }

  private mutating func problem(_ line: String) {
    progress.problems.append(line)
  }

  private mutating func flush() {
    if !batch.isEmpty {
      tell(.found(batch))
      hasTold = true
      batch = []
    }
    tell(.scanned(progress))
    lastTold = .now
  }
}

/// Which file or folder a path leads to, whatever links lie between.
struct FileIdentity: Hashable {
  private let device: UInt64
  private let inode: UInt64
  private let mode: UInt32
  /// Bytes, and the time of the last change: what tells a rewritten file from the one that was read.
  let size: Int64
  let seconds: Int
  let nanoseconds: Int

  /// Nil when nothing is there.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    mode = status.st_mode
    size = Int64(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }

  var isFolder: Bool { mode & S_IFMT == S_IFDIR }
  var isRegular: Bool { mode & S_IFMT == S_IFREG }
}

/// A folder's contents.
enum Folder {
  /// The names in natural order; nil when the folder cannot be opened.
  static func names(in path: String) -> [String]? {
    guard let stream = opendir(path) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted(by: naturalOrder)
  }
}
