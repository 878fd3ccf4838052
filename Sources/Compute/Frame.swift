import CKACore

/// One minibatch as a backend sends it: a centred linear Gram matrix for every layer.
public struct Frame: Sendable {
  /// A layer's Gram matrix, or why there is none.
  public enum Layer: Sendable {
    /// K = Xc Xcᵀ, n × n, where Xc are the layer's features less their means over the minibatch.
    case gram(Matrix)
    /// One line, ready to show.
    case fault(String)
  }

  /// Number of samples, n.
  public var samples: Int
  /// A hash of the samples' IDs in their order, where known.
  public var sampleHash: String?
  /// Every layer of every model, in the study's order.
  public var layers: [Layer]

  /// A frame of `samples` samples.
  public init(samples: Int, sampleHash: String? = nil, layers: [Layer]) {
    self.samples = samples
    self.sampleHash = sampleHash
    self.layers = layers
  }
}

extension GramMaker {
  /// A sent Gram matrix as one of our own, in float64.
  /// - Throws: `LayerProblem` unless it is n × n for n = `samples`, finite and symmetric.
  func gram(sent matrix: Matrix, samples: Int) throws -> GramView {
    guard matrix.rows == samples, matrix.columns == samples else {
      throw LayerProblem(
        "its Gram matrix is \(matrix.rows) × \(matrix.columns) for \(samples) samples")
    }
    let gram = cleared(side: samples)
    for i in 0..<samples {
      matrix.copyRow(
        i, columns: 0..<samples,
        into: UnsafeMutableBufferPointer(start: gram.values + i * gram.pitch, count: samples))
    }
    guard gram.trace.isFinite else { throw LayerProblem("its Gram matrix is not finite") }
    let tolerance = 1e-4 * gram.trace / Double(samples)
    for i in 0..<samples {
      for j in i..<samples {
        let (upper, lower) = (gram.values[i * gram.pitch + j], gram.values[j * gram.pitch + i])
        guard upper.isFinite, lower.isFinite else {
          throw LayerProblem("its Gram matrix is not finite")
        }
        guard abs(upper - lower) <= tolerance else {
          throw LayerProblem("its Gram matrix is not symmetric")
        }
      }
    }
    return gram
  }
}
