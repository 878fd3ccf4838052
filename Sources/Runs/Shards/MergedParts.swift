import Core
import Formats
import Foundation
import Similarity

/// The parts of one run put together.
public struct MergedParts {
  /// The study, and where it comes from.
  public let record: StudyRecord
  /// Minibatches that no part has.
  public let missing: [Range<Int>]

  /// Puts the bundles at `paths` together, in any order; each is read, added and let go.
  /// - Parameters:
  ///   - partial: minibatches may be missing; the result says so then.
  ///   - command: the command line, for the record.
  /// - Throws: `FormatError`, one line: which does not fit which, and why.
  public init(
    _ paths: [String], partial: Bool, command: [String]
  ) throws(FormatError) {
    var merger = RecordMerger()
    for path in paths {
      guard var record = try ResultBundle.record(path: path) else {
        throw FormatError(
          .noResult, "it holds no study that could be merged", file: SafeText.sanitise(path))
      }
      // The only shard of a run is the run.
      if paths.count == 1, record.provenance.state == .complete {
        record.provenance.command = command
        (self.record, missing) = (record, [])
        return
      }
      do throws(RecordMergeError) { try merger.add(record, name: path) } catch {
        throw FormatError(.mismatch, error.description)
      }
    }
    missing = merger.missing
    do throws(RecordMergeError) {
      var record = try merger.merged(partial: partial)
      record.provenance.command = command
      record.provenance.created = Date().formatted(.iso8601)
      self.record = record
    } catch {
      throw FormatError(.mismatch, error.description)
    }
  }

  /// The bundle that holds it.
  public func encoded(
    _ intervals: StudyIntervals? = nil
  ) throws(FormatError) -> EncodedFile {
    try ResultBundle.file(
      of: record.study, intervals: intervals ?? StudyIntervals(record.study),
      provenance: record.provenance)
  }

  /// "minibatches 25–36 and 61–72 of 100 are missing"; nil where none is.
  public var missingLine: String? {
    guard !missing.isEmpty else { return nil }
    let ranges = missing.map { range in
      range.count == 1 ? "\(range.upperBound)" : "\(range.lowerBound + 1)–\(range.upperBound)"
    }
    let count = missing.reduce(0) { $0 + $1.count }
    let total = " of \(record.provenance.plannedMinibatches)"
    return "\(count == 1 ? "minibatch" : "minibatches") \(ranges.joined(separator: ", "))\(total) "
      + "\(count == 1 ? "is" : "are") missing"
  }
}
