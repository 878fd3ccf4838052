import Formats
import Foundation
import Runs
import Similarity

/// What `cka verify` found, in words.
struct VerifyReport {
  let study: Study
  /// The cells that were computed again.
  let checked: [Verification.Cell]
  /// Cells that could have been.
  let cellCount: Int
  /// The largest deviation that passes.
  let limit: Double
  /// Where the bundle contradicts itself.
  let disagreements: [String]
  /// What became of the files that it was made from.
  var sources: [(file: SourceFile, state: SourceState)] = []

  /// Cells that are told one by one, at most.
  private static let mostRows = 20

  /// Every cell is near enough, and the bundle does not contradict itself.
  var passes: Bool { failing == 0 && disagreements.isEmpty && changed == 0 }

  private var changed: Int {
    sources.count { [.differs, .missing].contains($0.state) }
  }

  /// A line for each file.
  static func lines(_ sources: [(file: SourceFile, state: SourceState)]) -> [String] {
    sources.map { file, state in
      switch state {
      case .same: "  \(file.path): the same bytes (\(file.hash ?? ""))"
      case .looksSame: "  \(file.path): the same size and date; it has no hash to compare"
      case .writtenAgain: "  \(file.path): written again since; it has no hash to compare"
      case .differs, .missing: "  " + (file.change(state) ?? file.path)
      }
    }
  }

  private var failing: Int { checked.count { $0.deviation > limit } }

  /// Models, what was computed again, the cells that deviate most, and the verdict.
  var lines: [String] {
    let worst = checked.sorted { $0.deviation > $1.deviation }
    let options = study.options
    let how =
      "\(options.estimator.rawValue), \(options.kernel), "
      + StudyOutline.count(study.countedMinibatches, "minibatch", "minibatches")
    let sample =
      "  \(checked.count) of \(StudyOutline.count(cellCount, "cell")) computed again in float64 "
      + "(\(how))"
    let more = checked.count - Self.mostRows
    let left = more > 0 ? ["    and \(more) more, which deviate no further"] : []
    return models + Self.lines(sources) + [sample]
      + TextTable.lines(worst.prefix(Self.mostRows).map(row), right: [1, 2])
      .map { "    " + $0 } + left + deviation(worst.first) + disagreements.map { "  " + $0 }
      + ["verdict: " + verdict]
  }

  private var models: [String] {
    study.models.map { model in
      "  \(model.axis.figureTitle), \(StudyOutline.count(model.layers.count, "layer"))"
    }
  }

  private func row(_ cell: Verification.Cell) -> [String] {
    [
      "\(name(cell.row)) × \(name(cell.column))", "stored \(cell.stored.fixed(6))",
      "again \(cell.found.fixed(6))", "deviation \(cell.deviation.brief)",
    ]
  }

  private func deviation(_ worst: Verification.Cell?) -> [String] {
    guard let worst else { return [] }
    return [
      "  largest deviation \(worst.deviation.brief) (at most \(limit.brief) passes), of "
        + "\(name(worst.row)) × \(name(worst.column))"
    ]
  }

  private var verdict: String {
    if passes { return "ok, the bundle is what its activations give" }
    let deviating = failing > 0 ? ["\(failing) of \(checked.count) cells deviate too far"] : []
    let contradicting = disagreements.isEmpty ? [] : ["the bundle contradicts itself"]
    let others =
      changed > 0
      ? ["\(changed) of \(sources.count) files are not those that it was made from"] : []
    return "FAILED, " + (deviating + contradicting + others).joined(separator: ", and ")
  }

  /// "resnet18 layer1.0", with the data set where models share their name.
  private func name(_ layer: Int) -> String {
    let model = study.models[study.position(of: layer).model]
    let isShared = study.models.count { $0.name == model.name } > 1
    let dataset = isShared && !model.dataset.isEmpty ? "@\(model.dataset)" : ""
    return "\(model.name)\(dataset) \(study.name(of: layer).named)"
  }
}

extension Double {
  /// Two significant digits: "1.2e-16".
  fileprivate var brief: String { isFinite ? String(format: "%.2g", self) : "\(self)" }
}
