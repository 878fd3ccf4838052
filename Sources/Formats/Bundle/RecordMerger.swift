import Core
import Similarity

/// Makes one record of the bundles of several shards.
///
/// What the study says is compared by `StudyMerger`; this compares where the figures come from: the
/// files and their hashes, the backend, its settings and versions, and the plan that all shards read.
public struct RecordMerger: Sendable {
  private var merger = StudyMerger()
  private var names: [(ranges: [Range<Int>], name: String)] = []
  private var provenance: StudyProvenance?

  /// Nothing yet.
  public init() {}

  /// Minibatches that no part has.
  public var missing: [Range<Int>] { merger.missing }
  /// Minibatches that are there.
  public var seen: [Range<Int>] { merger.seen }
  /// Minibatches of the whole; 0 before the first part.
  public var total: Int { merger.total }

  /// Adds the record of the file `name`.
  /// - Throws: `RecordMergeError` where it does not fit the others; nothing was changed then.
  public mutating func add(_ record: StudyRecord, name: String) throws(RecordMergeError) {
    let other = names.first?.name
    guard record.disagreements.isEmpty else {
      throw RecordMergeError(.changed(record.disagreements[0]), file: name, other: nil)
    }
    do throws(MergeError) {
      try merger.check(record.study)
    } catch {
      throw RecordMergeError(.study(error), file: name, other: holder(of: error) ?? other)
    }
    if let provenance, let difference = provenance.difference(to: record.provenance) {
      throw RecordMergeError(.provenance(difference), file: name, other: other)
    }
    do throws(MergeError) {
      try merger.add(record.study)
    } catch {
      throw RecordMergeError(.study(error), file: name, other: holder(of: error) ?? other)
    }
    names.append((record.study.seen, name))
    for line in provenance?.differences(from: record.provenance) ?? []
    where provenance?.warnings.contains(line) == false {
      provenance?.warnings.append(line)
    }
    if provenance == nil { provenance = record.provenance }
    for source in record.provenance.sources { provenance?.takeHash(of: source) }
    for line in record.provenance.warnings where provenance?.warnings.contains(line) == false {
      provenance?.warnings.append(line)
    }
  }

  /// The record of what is there: complete, or partial where `partial` allows that.
  /// - Throws: `RecordMergeError` where minibatches are missing and may not be.
  public func merged(partial: Bool = false) throws(RecordMergeError) -> StudyRecord {
    do throws(MergeError) {
      let study = try merger.merged(partial: partial)
      var provenance = provenance ?? StudyProvenance()
      provenance.state = study.isComplete ? .complete : .partial
      provenance.plannedMinibatches = merger.total
      return StudyRecord(study: study, provenance: provenance)
    } catch {
      throw RecordMergeError(.study(error), file: "", other: nil)
    }
  }

  /// The file that already has what is there twice.
  private func holder(of error: MergeError) -> String? {
    guard case .overlap(let range) = error else { return nil }
    return names.first { $0.ranges.contains { $0.overlaps(range) } }?.name
  }
}

/// Why a file does not fit the others.
public struct RecordMergeError: Error, Sendable, Hashable {
  /// What does not fit.
  public enum Reason: Sendable, Hashable {
    /// The studies.
    case study(MergeError)
    /// Where the figures come from.
    case provenance(ProvenanceDifference)
    /// The matrices in the file are not those of its sums.
    case changed(String)
  }

  /// What does not fit.
  public var reason: Reason
  /// The file; empty where it is none in particular.
  public var file: String
  /// The file that it does not fit.
  public var other: String?

  init(_ reason: Reason, file: String, other: String?) {
    (self.reason, self.file, self.other) = (reason, file, other)
  }
}

extension RecordMergeError: CustomStringConvertible {
  /// One line, ready to show.
  public var description: String {
    let text =
      switch reason {
      case .study(let error): "\(error)"
      case .provenance(let difference): "\(difference)"
      case .changed(let line): line
      }
    let place = file.isEmpty ? "" : SafeText.sanitise(file) + ": "
    guard let other, reason != .study(.notAPart) else { return place + text }
    return place + text + " (compared with \(SafeText.sanitise(other)))"
  }
}

/// In what two parts of one whole differ though they may not.
public enum ProvenanceDifference: Sendable, Hashable {
  /// They were made by another plan.
  case plan
  /// The words or the command that made the matrices.
  case backend
  /// A file has another content, or is one of only one of them.
  case source(path: String)
  /// A choice, such as the batch size, and what it is in either.
  case choice(String, String, String)
}

extension ProvenanceDifference: CustomStringConvertible {
  /// One line, ready to show.
  public var description: String {
    switch self {
    case .plan: "it is a part of another run: its plan is another one"
    case .backend: "other words made its matrices"
    case .source(let path): "\(path) is not the same file in both"
    case .choice(let name, let first, let second):
      "\(name) is \(first.isEmpty ? "not set" : first) in one and "
        + "\(second.isEmpty ? "not set" : second) in the other"
    }
  }
}

extension StudyProvenance {
  /// In what `other` differs though it is to be a part of the same whole; nil where it fits.
  func difference(to other: Self) -> ProvenanceDifference? {
    if plan != other.plan { return .plan }
    if backend != other.backend { return .backend }
    let (mine, theirs) = (choices, other.choices)
    for name in Set(mine.keys).union(theirs.keys).sorted() where mine[name] != theirs[name] {
      return .choice(name, mine[name] ?? "", theirs[name] ?? "")
    }
    for (mine, theirs) in [(sources, other.sources), (other.sources, sources)] {
      for source in mine {
        guard let same = theirs.first(where: { $0.path == source.path }), same.bytes == source.bytes
        else { return .source(path: source.path) }
        if let hash = source.hash, let other = same.hash, hash != other {
          return .source(path: source.path)
        }
      }
    }
    return nil
  }

  /// Everything else that must be the same, by its name.
  private var choices: [String: String] {
    // The second card of a machine computes as the first.
    let settings = settings.filter { $0.key != Self.maker }.mapValues { text in
      text.replacing(#/\b(cuda|mps|xpu|hip):[0-9]+\b/#) { String($0.output.1) }
    }
    return settings.merging([
      "the batch size": batchSize.map(String.init) ?? "all", "the layer filter": layers,
      "pooling": pool, "the layout": layout, "what the axes are": axes, "what tokens are": tokens,
      "the seed of the shuffle": shuffle.map(String.init) ?? "",
      "the seed": seed.map(String.init) ?? "",
    ]) { $1 }
  }

  /// The setting that tells what made Gram matrices: a kernel of ours, or torch where it cannot be
  /// built.
  private static let maker = "matrices"

  /// What to say where `other` was made by other means, such as versions; the last bits may not be
  /// those of one run then.
  fileprivate func differences(from other: Self) -> [String] {
    let (mine, theirs) = (settings[Self.maker], other.settings[Self.maker])
    let made = [mine, theirs].map { $0 ?? "otherwise" }.sorted().joined(separator: ", others ")
    return [
      versionWarning(of: other),
      mine == theirs
        ? nil
        : "matrices of some parts were made \(made): the last digits may differ from those of one run",
    ].compactMap { $0 }
  }

  private func versionWarning(of other: Self) -> String? {
    let names = Set(versions.keys).union(other.versions.keys)
      .filter { versions[$0] != other.versions[$0] }
    return names.isEmpty
      ? nil
      : "parts were made by different versions of \(names.sorted().joined(separator: ", ")): the last "
        + "digits may differ from those of one run"
  }

  /// Takes a file's hash where only `source` has it.
  fileprivate mutating func takeHash(of source: Source) {
    guard let index = sources.firstIndex(where: { $0.path == source.path }),
      sources[index].hash == nil
    else { return }
    sources[index] = source
  }
}
