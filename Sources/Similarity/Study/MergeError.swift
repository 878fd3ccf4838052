/// Why studies do not make one.
public enum MergeError: Error, Sendable, Hashable {
  /// There is nothing to merge.
  case nothing
  /// It is not known which minibatches of how many it has seen, or only its totals are left.
  case notAPart
  /// They compare other models, or in another order.
  case models
  /// A model has other layers.
  case layers(model: String)
  /// A layer has another shape.
  case shape(layer: String, [Int], [Int])
  /// They were made with another choice; the name and what it is in either.
  case option(String, String, String)
  /// The whole has so many minibatches for one, and so many for the other.
  case total(Int, Int)
  /// Both have seen these minibatches.
  case overlap(Range<Int>)
  /// The activations of a layer are beyond 10^±60, and too different in size to be added exactly.
  case range(layer: String)
  /// So many bad minibatches that parts have set aside take more memory than they may.
  case pending(Int, bytes: Int, most: Int)
  /// No part has these minibatches of so many.
  case missing([Range<Int>], total: Int)
}

extension MergeError: CustomStringConvertible {
  /// One line, ready to show; minibatches are counted from 1.
  public var description: String {
    switch self {
    case .nothing: "there is nothing to merge"
    case .notAPart: "it is no part of a run: it is finished, or an earlier version began it"
    case .models: "it compares other models"
    case .layers(let model): "\(model) has other layers"
    case .shape(let layer, let first, let second):
      "\(layer) is \(first) in one and \(second) in the other"
    case .option(let name, let first, let second):
      "\(name) is \(first) in one and \(second) in the other"
    case .total(let first, let second): "one is of \(first) minibatches, the other of \(second)"
    case .overlap(let range): "both have \(Self.text([range]))"
    case .range(let layer):
      "the activations of \(layer) differ by too much in size to be added; run it in one piece"
    case .pending(let count, let bytes, let most):
      "\(count) bad minibatches that parts have set aside take \(bytes >> 20) MiB, more than "
        + "\(most >> 20); find out why they are bad, or run it in one piece or with a smaller --null"
    case .missing(let ranges, let total): "\(Self.text(ranges)) of \(total) are missing"
    }
  }

  /// Most ranges that are named one by one.
  private static let mostRanges = 8

  /// "minibatches 3–8, 11".
  static func text(_ ranges: [Range<Int>]) -> String {
    let texts = ranges.prefix(mostRanges).map {
      $0.count == 1 ? "\($0.lowerBound + 1)" : "\($0.lowerBound + 1)–\($0.upperBound)"
    }
    let more = ranges.count > mostRanges ? " and \(ranges.count - mostRanges) more ranges" : ""
    let isOne = ranges.count == 1 && ranges[0].count == 1
    return (isOne ? "minibatch " : "minibatches ") + texts.joined(separator: ", ") + more
  }
}

extension Study {
  /// - Throws: where `other` is no part of the same whole.
  func checkWhole(_ other: Study) throws(MergeError) {
    guard models.count == other.models.count else { throw .models }
    for (model, second) in zip(models, other.models) {
      guard model.name == second.name, model.dataset == second.dataset,
        model.specification == second.specification
      else { throw .models }
      guard model.layers.map(\.name) == second.layers.map(\.name),
        model.layers.map(\.kind) == second.layers.map(\.kind)
      else { throw .layers(model: model.name) }
      for (layer, other) in zip(model.layers, second.layers) where layer.shape != other.shape {
        throw .shape(layer: "\(model.name), \(layer.name)", layer.shape, other.shape)
      }
    }
    for (name, first, second) in zip(options.texts, other.options.texts).map({
      ($0.name, $0.text, $1.text)
    }) where first != second {
      throw .option(name, first, second)
    }
    guard let shard, let second = other.shard else { throw .notAPart }
    guard shard.total == second.total else { throw .total(shard.total, second.total) }
  }
}

extension StudyOptions {
  /// Every choice and its name, for messages.
  fileprivate var texts: [(name: String, text: String)] {
    let keep =
      switch keep {
      case .upTo(let bytes): "\(bytes) bytes"
      case .sumsOnly: "sums"
      }
    return [
      ("the estimator", estimator.rawValue), ("the kernel", "\(kernel)"),
      ("the weighting", weighting.rawValue), ("the precision", precision.rawValue),
      ("what is kept", keep),
      ("the null", null.map { "\($0.draws) draws with seed \($0.seed)" } ?? "none"),
      ("skipping bad minibatches", skipBad ? "on" : "off"),
    ]
  }
}
