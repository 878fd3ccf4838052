import Core
import Foundation
import Similarity
import System

/// What a file that a result was made from is now.
public enum SourceState: Sendable, Equatable {
  /// All its bytes are the same: the hash says so.
  case same
  /// Size and date are the same; nothing else was compared.
  case looksSame
  /// It was written again, with as many bytes; whether they are others is not known.
  case writtenAgain
  /// It holds something else.
  case differs
  /// It is not there, or cannot be read.
  case missing
}

extension SourceFile {
  /// The file at `path` as it is now, without its hash.
  public init(at path: String) {
    let absolute = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
    var status = stat()
    guard stat(path, &status) == 0 else {
      self.init(path: SafeText.sanitise(absolute), bytes: 0, modified: 0)
      return
    }
    let (seconds, _) = Int(status.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    self.init(
      path: SafeText.sanitise(absolute), bytes: Int(status.st_size),
      modified: seconds &+ Int(status.st_mtim.tv_nsec))
  }

  /// What it is now, at `place` where it was moved.
  /// - Parameter most: bytes of a file that is read for its hash: 0 compares size and date alone, and
  ///   a file whose date is the same is read only where this is `.max`.
  public func state(at place: String? = nil, hashingUpTo most: Int) -> SourceState {
    let place = place ?? path
    let now = SourceFile(at: place)
    guard now.modified != 0 || now.bytes != 0, access(place, R_OK) == 0 else { return .missing }
    let isFolder = hash?.hasPrefix(FileHash.listName) == true
    guard isFolder || now.bytes == bytes else { return .differs }
    if most < .max, now.modified == modified { return .looksSame }
    guard let hash, now.bytes <= most, let found = FileHash.text(of: place) else {
      return now.modified == modified ? .looksSame : .writtenAgain
    }
    return found == hash ? .same : .differs
  }

  /// One line about what became of it; nil where it looks the same.
  public func change(_ state: SourceState) -> String? {
    switch state {
    case .same, .looksSame: nil
    case .writtenAgain: "\(path) was written again since; cka verify tells whether it differs"
    case .differs: "\(path) differs now from what this was made from"
    case .missing: "\(path) is no longer there"
    }
  }
}

extension FileHash {
  /// What stands before the hash of a folder's list.
  static let listName = "list-"

  /// The hash of what is at `path`: of all bytes of a file; of a folder, of its list of files with
  /// their sizes and dates, since it may hold a million. Nil where it cannot be read, or changes
  /// meanwhile.
  /// - Parameter shouldStop: asked for every few megabytes.
  public static func text(of path: String, shouldStop: () -> Bool = { false }) -> String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    return isFolder.boolValue
      ? list(of: path, shouldStop: shouldStop) : contents(of: path, shouldStop: shouldStop)
  }

  private static func contents(of path: String, shouldStop: () -> Bool) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var before = stat()
    guard fstat(descriptor, &before) == 0, before.st_mode & S_IFMT == S_IFREG else { return nil }
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    var hash = FileHash()
    let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 64)
    defer { part.deallocate() }
    while true {
      if shouldStop() { return nil }
      guard let count = try? Descriptor.fill(part, from: descriptor) else { return nil }
      if count == 0 { break }
      hash.add(UnsafeRawBufferPointer(rebasing: part[..<count]))
    }
    var after = stat()
    guard fstat(descriptor, &after) == 0, after.st_size == before.st_size,
      after.st_mtim.tv_sec == before.st_mtim.tv_sec,
      after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
    else { return nil }
    return hash.text
  }

  private static func list(of folder: String, shouldStop: () -> Bool) -> String? {
    guard let names = FileManager.default.enumerator(atPath: folder) else { return nil }
    var lines: [String] = []
    for case let name as String in names {
      if shouldStop() { return nil }
      var status = stat()
      guard stat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG
      else { continue }
      lines.append(
        "\(name)\0\(status.st_size)\0\(status.st_mtim.tv_sec)\0\(status.st_mtim.tv_nsec)\n")
    }
    var hash = FileHash()
    for line in lines.sorted() { Array(line.utf8).withUnsafeBytes { hash.add($0) } }
    return listName + hash.text
  }
}
