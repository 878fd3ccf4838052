import Formats
import Foundation
import Similarity
import Synchronization

/// The files that a run reads, as they were when it began, and their hashes, which a thread of
/// their own computes while the run goes on: the files are in memory then, or about to be.
final class SourceHashes: Sendable {
  /// Set to `off` in the environment: no hashes, for those whose disks have better to do.
  static let variable = "CKA_HASH"

  private let paths: [String]
  private let found: [SourceFile]
  private let isOn: Bool
  private let hashes: Mutex<[Int: String]> = Mutex([:])
  private let isWanted = Atomic(true)
  private let isBegun = Atomic(false)
  private let end = DispatchGroup()

  /// The files at `paths`; nothing is read yet.
  init(
    _ paths: [String], environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.paths = paths
    found = paths.map { SourceFile(at: $0) }
    isOn = environment[Self.variable] != "off"
  }

  deinit { isWanted.store(false, ordering: .relaxed) }

  /// Begins to compute the hashes, unless that was done before.
  func begin() {
    guard isOn, !isBegun.exchange(true, ordering: .relaxed) else { return }
    DispatchQueue.global(qos: .utility).async(group: end) { [weak self, paths] in
      for (index, path) in paths.enumerated() {
        let hash = FileHash.text(of: path) { self?.isWanted.load(ordering: .relaxed) != true }
        guard let self else { return }
        if let hash { self.hashes.withLock { $0[index] = hash } }
      }
    }
  }

  /// The files, with the hashes that are known.
  /// - Parameter isWaiting: waits for all hashes.
  func sources(isWaiting: Bool) -> [SourceFile] {
    if isWaiting {
      begin()
      end.wait()
    }
    return hashes.withLock { hashes in
      found.enumerated().map { index, file in
        var file = file
        file.hash = hashes[index]
        return file
      }
    }
  }

  /// The first of the files of an earlier run that is another now; nil when all are the same. Where
  /// their hashes are known the bytes are compared, else size and date.
  func change(since earlier: [SourceFile]) -> String? {
    guard earlier.map(\.path) == found.map(\.path) else {
      return earlier.first { old in !found.contains { $0.path == old.path } }?.path
        ?? found.first?.path ?? ""
    }
    for (path, old) in zip(paths, earlier) {
      switch old.state(at: path, hashingUpTo: isOn ? .max : 0) {
      case .same, .looksSame: continue
      case .writtenAgain, .differs, .missing: return old.path
      }
    }
    return nil
  }
}
