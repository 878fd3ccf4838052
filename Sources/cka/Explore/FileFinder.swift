import Core
import Formats
import Glibc
import System

/// Walks files and folders for names that may hold results.
struct FileFinder {
  /// Receives each file, in natural order.
  let found: (String) -> Void
  /// Receives a line for each path that cannot be looked into.
  let problem: (String) -> Void
  private var visited: Set<FileIdentity.Place> = []
  private var passedOver: Set<FileIdentity.Place> = []

  /// - Parameter skipped: a file that folders are searched as if without.
  init(
    skipping skipped: FileIdentity? = nil, found: @escaping (String) -> Void,
    problem: @escaping (String) -> Void
  ) {
    if let skipped { passedOver.insert(skipped.place) }
    self.found = found
    self.problem = problem
  }

  /// Visits what the user named: a file whatever its name is, a folder with all below it.
  mutating func visit(_ path: String) {
    guard let identity = FileIdentity(path) else {
      problem(Self.missing(path))
      return
    }
    // A folder reached a second time, through a link, would go round for ever.
    guard visited.insert(identity.place).inserted else { return }
    if identity.isFolder {
      visitFolder(path)
    } else {
      found(path)
    }
  }

  /// What to say of a path where nothing is.
  static func missing(_ path: String) -> String {
    "\(SafeText.sanitise(path)): no such file or folder; check the name"
  }

  private mutating func visitFolder(_ path: String) {
    guard let (names, unreadable) = Folder.entries(in: path) else {
      problem("\(SafeText.sanitise(path)): cannot be opened; check its permissions")
      return
    }
    for name in unreadable where ResultFile.isCandidate(name: name) {
      problem("\(SafeText.sanitise(join(path, name))): its name is not UTF-8; rename it")
    }
    let described = ResultFile.describedByIndex(names: names, in: path)
    for name in names where !name.hasPrefix(".") && !described.contains(name) {
      let child = join(path, name)
      guard let identity = FileIdentity(child) else { continue }
      if identity.isFolder {
        visit(child)
      } else if identity.isRegular, ResultFile.isCandidate(name: name),
        !passedOver.contains(identity.place), visited.insert(identity.place).inserted
      {
        found(child)
      }
    }
  }

  private func join(_ folder: String, _ name: String) -> String {
    folder == "." ? name : (folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)")
  }
}

/// A folder's contents.
enum Folder {
  /// The names in natural order, and apart those that are not UTF-8, for which there is no path;
  /// nil when the folder cannot be opened.
  static func entries(in path: String) -> (names: [String], unreadable: [String])? {
    guard let stream = opendir(path) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    var unreadable: [String] = []
    while let entry = readdir(stream) {
      withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) {
          if let name = String(validatingCString: $0) {
            names.append(name)
          } else {
            unreadable.append(String(cString: $0))
          }
        }
      }
    }
    names.removeAll { $0 == "." || $0 == ".." }
    return (names.sorted(by: naturalOrder), unreadable.sorted(by: naturalOrder))
  }
}
