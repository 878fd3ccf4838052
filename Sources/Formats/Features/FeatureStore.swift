import Core
import Synchronization

/// Files of activations, a bounded number of which is open at a time.
///
/// A thousand files of a minibatch each take no more memory and mappings than ten. A file that was
/// closed is opened again when it is asked for, and must be the same as before.
final class FeatureStore: Sendable {
  /// Files that stay open.
  static let mostOpen = 64

  private struct Known {
    var path: String
    var stamp: FileStamp
  }

  private struct State {
    var known: [Known] = []
    /// Open files by their numbers, the one used last at the end.
    var open: [(number: Int, file: any FeatureFile)] = []
  }

  private let state = Mutex(State())

  /// Opens the file at `path` for the first time; its number is how it is asked for later.
  func add(path: String) throws(FormatError) -> (number: Int, file: any FeatureFile) {
    try state.withLock { state throws(FormatError) in
      let stamp = try Self.stamp(path)
      let file = try Self.open(path)
      let number = state.known.count
      state.known.append(Known(path: path, stamp: stamp))
      Self.keep(file, number, in: &state)
      return (number, file)
    }
  }

  /// The part `box` of the array `entry` of file `number`, a range on each axis.
  /// - Throws: also when the file was changed since it was added.
  func part(
    _ box: [Range<Int>], of entry: Int, file number: Int
  ) throws(FormatError) -> NDArray {
    try with(number, entry: entry) { file throws(FormatError) in
      try file.part(box, of: entry)
    }
  }

  /// The sample IDs that the array `entry` of file `number` holds.
  func ids(of entry: Int, file number: Int) throws(FormatError) -> [String] {
    try with(number, entry: entry) { file throws(FormatError) in
      switch file.entries[entry].content {
      case .texts:
        let texts = try file.texts(of: entry)
        let isIndex = file.entries[entry].name == FeatureItem.sentenceIndex
        return isIndex ? try SentenceIndex.sentences(texts) : texts
      case .numbers(_, let shape) where !shape.isEmpty && shape.dropFirst().allSatisfy { $0 == 1 }:
        if let ids = try file.rows(0..<shape[0], of: entry).spelledIntegers() { return ids }
      case .refused(let error): throw error
      case .numbers, .other: break
      }
      throw FormatError(
        .wrongType, "sample IDs are neither a list of whole numbers nor of texts",
        remedy: "save one ID for each sample, or give the array another name")
    }
  }

  /// Runs `body` on file `number`, outside the lock; errors name the file and the entry.
  private func with<Result>(
    _ number: Int, entry: Int, _ body: (any FeatureFile) throws(FormatError) -> Result
  ) throws(FormatError) -> Result {
    let (file, path) = try state.withLock { state throws(FormatError) in
      (try Self.file(number, in: &state), state.known[number].path)
    }
    do throws(FormatError) { return try body(file) } catch {
      let name = SafeText.sanitise(file.entries[entry].name)
      var error = name.isEmpty ? error : error.located("entry '\(name)'")
      error.file = SafeText.sanitise(path)
      throw error
    }
  }

  /// Checks that no open file was cut short or written to.
  func checkIntact() throws(FormatError) {
    try state.withLock { state throws(FormatError) in
      for (number, file) in state.open {
        try Self.checkUnchanged(state.known[number])
        if file.region?.hasLostBytes == true { throw Self.changed(state.known[number].path) }
      }
    }
  }

  private static func file(
    _ number: Int, in state: inout State
  ) throws(FormatError) -> any FeatureFile {
    let known = state.known[number]
    if let index = state.open.firstIndex(where: { $0.number == number }) {
      try checkUnchanged(known)
      let file = state.open.remove(at: index).file
      keep(file, number, in: &state)
      return file
    }
    guard try stamp(known.path) == known.stamp else { throw changed(known.path) }
    let file = try open(known.path)
    keep(file, number, in: &state)
    return file
  }

  private static func keep(_ file: any FeatureFile, _ number: Int, in state: inout State) {
    if state.open.count >= mostOpen { state.open.removeFirst() }
    state.open.append((number, file))
  }

  private static func open(_ path: String) throws(FormatError) -> any FeatureFile {
    do throws(FormatError) {
      return try FeatureFiles.open(path: path)
    } catch {
      var error = error
      error.file = SafeText.sanitise(path)
      throw error
    }
  }

  /// A file that was replaced or removed still stands behind its open mapping; one that was written
  /// to does not.
  private static func checkUnchanged(_ known: Known) throws(FormatError) {
    guard let now = try? stamp(known.path), now.isSameFile(as: known.stamp) else { return }
    guard now == known.stamp else { throw changed(known.path) }
  }

  private static func stamp(_ path: String) throws(FormatError) -> FileStamp {
    guard let stamp = FileStamp(path: path) else {
      throw FormatError(
        .changed, "there is no such file any more", remedy: "check the path",
        file: SafeText.sanitise(path))
    }
    return stamp
  }

  private static func changed(_ path: String) -> FormatError {
    FormatError(
      .changed, "the file was changed while it was read",
      remedy: "let its writer finish, then start again", file: SafeText.sanitise(path))
  }
}
