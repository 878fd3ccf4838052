import Core

/// Why a layer has no kernel matrix in a minibatch: a reason for the study, not an end of the run.
///
/// `code` and `figures` are what files hold; the text of `description` may change.
public enum LayerProblem: Error, Sendable, Hashable {
  /// So many activations, `of` all, are NaN or infinite.
  case notFinite(count: Int, of: Int)
  /// There are `rows` rows of features for `samples` samples.
  case rows(Int, samples: Int)
  /// There is no feature.
  case noFeatures
  /// RBF: over half of the distances are 0, so that their median gives no bandwidth.
  case zeroMedian
  /// The kernel leaves float64 although it is measured in a unit of the layer's own: the layer grew
  /// by more than 10^70 since its first minibatch.
  case outOfRange
  /// A sent Gram matrix has this shape for `samples` samples.
  case sentShape(rows: Int, columns: Int, samples: Int)
  /// A sent Gram matrix has NaN or infinite entries.
  case sentNotFinite
  /// A sent Gram matrix is not symmetric.
  case sentNotSymmetric
  /// The distances between samples are lost in the rounding of a sent Gram matrix of floats of so
  /// many bits.
  case sentTooCoarse(bits: Int)
  /// What a backend says, or an older file; one line, ready to show.
  case told(String)
}

extension LayerProblem: CustomStringConvertible, ExpressibleByStringInterpolation {
  /// What somebody else says: one line, ready to show.
  public init(stringLiteral text: String) { self = .told(text) }

  /// One line, ready to show.
  public var description: String {
    switch self {
    case .notFinite(let count, let all): "\(count) of \(all) activations are NaN or infinite"
    case .rows(let rows, let samples): "\(rows) rows of features for \(samples) samples"
    case .noFeatures: "no features"
    case .zeroMedian: "most samples have the same activations: the median distance is 0"
    case .outOfRange:
      "the activations grew by more than 1e70 since the first minibatch: their HSIC overflows"
    case .sentShape(let rows, let columns, let samples):
      "its Gram matrix is \(rows) × \(columns) for \(samples) samples"
    case .sentNotFinite: "its Gram matrix is not finite"
    case .sentNotSymmetric: "its Gram matrix is not symmetric"
    case .sentTooCoarse(let bits):
      "the distances between samples are lost in the rounding of its float\(bits) Gram matrix, as "
        + "a sample lies very far from the others; "
        + (bits == 32 ? "form it in float64 (--precision float64)" : "leave that sample out")
    case .told(let text): text
    }
  }
}

// MARK: In files

extension LayerProblem {
  /// The name of the case in files.
  public var code: String {
    switch self {
    case .notFinite: "not_finite"
    case .rows: "rows"
    case .noFeatures: "no_features"
    case .zeroMedian: "zero_median"
    case .outOfRange: "out_of_range"
    case .sentShape: "sent_shape"
    case .sentNotFinite: "sent_not_finite"
    case .sentNotSymmetric: "sent_not_symmetric"
    case .sentTooCoarse: "sent_too_coarse"
    case .told: "told"
    }
  }

  /// The figures of the case, in order.
  public var figures: [Int] {
    switch self {
    case .notFinite(let count, let all): [count, all]
    case .rows(let rows, let samples): [rows, samples]
    case .sentShape(let rows, let columns, let samples): [rows, columns, samples]
    case .sentTooCoarse(let bits): [bits]
    case .noFeatures, .zeroMedian, .outOfRange, .sentNotFinite, .sentNotSymmetric, .told: []
    }
  }

  /// The problem that a file names; its `text` where there is no code, or one that is not known.
  public init(code: String?, figures: [Int], text: String) {
    self =
      switch (code, figures.count) {
      case ("not_finite", 2): .notFinite(count: figures[0], of: figures[1])
      case ("rows", 2): .rows(figures[0], samples: figures[1])
      case ("no_features", 0): .noFeatures
      case ("zero_median", 0): .zeroMedian
      case ("out_of_range", 0): .outOfRange
      case ("sent_shape", 3):
        .sentShape(rows: figures[0], columns: figures[1], samples: figures[2])
      case ("sent_not_finite", 0): .sentNotFinite
      case ("sent_not_symmetric", 0): .sentNotSymmetric
      case ("sent_too_coarse", 1): .sentTooCoarse(bits: figures[0])
      default: .told(text)
      }
  }
}
