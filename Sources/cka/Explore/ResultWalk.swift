import Core
import Explorer
import Formats
import Similarity
import System

/// Finds the results in files and folders, telling as it goes.
///
/// The first readable file is told at once, so that a folder of thousands does not delay the first
/// picture.
final class ResultWalk {
  private let paths: [String]
  private let first: String?
  private let isWanted: () -> Bool
  private let tell: (Action) -> Void

  private var queue: [String] = []
  private var progress = ScanProgress()
  private var batch: [CatalogEntry] = []
  private var seen: Set<ResultID> = []
  private var lastTold = ContinuousClock.now
  private var hasTold = false

  /// - Parameters:
  ///   - paths: what the user named: files and folders.
  ///   - first: a file to read before all others, when it is among them.
  ///   - isWanted: false once nobody waits for this walk any more: it then stops.
  ///   - tell: receives results and progress; called on the walking thread.
  init(
    paths: [String], first: String? = nil, isWanted: @escaping () -> Bool = { true },
    tell: @escaping (Action) -> Void
  ) {
    self.paths = paths
    self.first = first
    self.isWanted = isWanted
    self.tell = tell
  }

  /// Walks everything, then tells that it is finished.
  func run() {
    HDF5Service.beginFolder()
    if let first, FileIdentity(first) != nil, paths.contains(where: { isInside(first, $0) }) {
      read(first)
    }
    var finder = FileFinder(
      found: { self.found($0) }, problem: { self.progress.problems.append($0) })
    for path in paths where isWanted() { finder.visit(path) }
    for path in queue where path != first && isWanted() { read(path) }
    guard isWanted() else { return }
    progress.isFinished = true
    flush()
    tell(.walked(seen))
  }

  private func isInside(_ file: String, _ root: String) -> Bool {
    file == root || root == "." || file.hasPrefix(root.hasSuffix("/") ? root : root + "/")
  }

  private func found(_ path: String) {
    guard isWanted() else { return }
    progress.filesFound += 1
    if hasTold { queue.append(path) } else if path != first { read(path) }
  }

  private func read(_ path: String) {
    do {
      // The first one is the first picture.
      let entries = try NamedPlaces(paths: paths).entries(in: path, isKept: !hasTold)
      batch += entries
      seen.formUnion(entries.map(\.id))
    } catch {
      progress.problems.append(error.description)
    }
    progress.filesRead += 1
    if !hasTold || ContinuousClock.now - lastTold > .milliseconds(100) { flush() }
  }

  private func flush() {
    if !batch.isEmpty {
      tell(.found(batch))
      hasTold = true
      batch = []
    }
    tell(.scanned(progress))
    lastTold = .now
  }
}
