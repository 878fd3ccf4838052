import Core
import Formats
import Foundation
import Runs
import Similarity
import System

/// A run's side that is a terminal: a bar, lines on standard error, and the result where it was to
/// go. What is unfinished is beside it, under its name and `.partial`.
final class TerminalSink: RunSink {
  /// Whether the result is where it was to go.
  private(set) var isInPlace = false
  private let output: String
  private let isQuiet: Bool
  private let line: ProgressLine
  private let stop = StopRequest()
  private var isTold = false

  /// The result goes to `output`.
  init(output: String, isQuiet: Bool) {
    self.output = output
    self.isQuiet = isQuiet
    line = ProgressLine(isQuiet: isQuiet)
  }

  /// The signal that stopped it; nil when none has.
  var signal: Int32? { stop.signal }
  var unfinished: String? { Self.unfinished(of: output) }
  var shouldStop: Bool { stop.signal != nil }

  /// Where the unfinished result of what is written to `output` is.
  static func unfinished(of output: String) -> String { output + ".partial" }

  func note(_ line: String) {
    self.line.clear()
    complain(line)
  }

  func hear(_ line: BackendLine) { self.line.hear(line) }

  func begin(_ run: Run, note: String?) {
    line.clear()
    run.warnings.forEach(complain)
    if let note { complain(note) }
  }

  func report(_ progress: RunProgress, halfWidth: Double?) { line.show(progress) }

  func save(_ file: () throws(FormatError) -> EncodedFile) {
    do throws(FormatError) {
      try AtomicFile.write(try file(), to: Self.unfinished(of: output))
    } catch {
      line.clear()
      if !isTold { complain("\(error.description); the run goes on without a copy") }
      isTold = true
    }
  }

  func keep(_ kept: RunResult) throws {
    line.clear()
    let partial = Self.unfinished(of: output)
    try AtomicFile.write(kept.file, to: partial)
    complain(
      "\(kept.study.minibatches.count) of \(kept.planned) minibatches are in \(partial); the same "
        + "command goes on from there")
  }

  /// Writes the whole result, and says what was written and what has no value.
  func finish(_ result: RunResult) throws {
    line.clear()
    let place = try rescue(result.file)
    isInPlace = place == output
    tell(result, at: place)
    unlink(Self.unfinished(of: output))
  }

  private func tell(_ result: RunResult, at place: String) {
    let study = result.study
    if !isQuiet || !isInPlace {
      complain(
        result.choice.map { Self.summary(of: $0, study, output: place) }
          ?? Self.summary(of: study, output: place))
    }
    // What a shard lacks the others have.
    guard result.choice == nil else { return }
    if !isQuiet { StudyWarning.lines(study.warnings).forEach { complain("warning: \($0)") } }
    let dead = (0..<study.layerCount).count { study.reason($0) != nil }
    guard dead > 0 else { return }
    complain(
      "\(dead) of \(study.layerCount) layers \(dead == 1 ? "has" : "have") no value; "
        + "cka info \(SafeText.sanitise(place)) tells why")
  }

  /// Writes the result where it was to go; where that is no longer possible, beside other temporary
  /// files, rather than lose it.
  /// - Returns: where it was written.
  private func rescue(_ file: EncodedFile) throws -> String {
    do throws(FormatError) {
      try AtomicFile.write(file, to: output)
      return output
    } catch {
      let name = output.split(separator: "/").last.map(String.init) ?? "result.cka.safetensors"
      // Nobody else has this process's number.
      let place = FileManager.default.temporaryDirectory.path + "/\(getpid())-\(name)"
      guard (try? AtomicFile.write(file, to: place)) != nil else { throw error }
      complain("\(error.description); the result is in \(SafeText.sanitise(place)) instead")
      return place
    }
  }

  private static func summary(of choice: ShardChoice, _ study: Study, output: String) -> String {
    let range = study.shard?.range ?? 0..<0
    let minibatches =
      range.isEmpty
      ? "no minibatches" : "minibatches \(range.lowerBound + 1)–\(range.upperBound)"
    return "wrote shard \(choice), \(minibatches) of \(study.shard?.total ?? 0), to \(output); "
      + "cka merge puts shards together"
  }

  /// What was written, in words.
  static func summary(of study: Study, output: String) -> String {
    let pairs = study.models.count * (study.models.count + 1) / 2
    let counted = study.countedMinibatches
    return
      "wrote \(pairs) \(pairs == 1 ? "comparison" : "comparisons") of "
      + "\(StudyOutline.count(study.layerCount, "layer")) over "
      + "\(StudyOutline.count(counted, "minibatch", "minibatches")), "
      + "\(study.countedSamples) samples, to \(output)"
  }
}
