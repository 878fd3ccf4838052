import Foundation
import Testing

@testable import Core

/// A matrix that torch_cka really exported, against the claim that its rows are in execution order.
@Suite struct ExportedOrderTests {
  /// The network's `named_modules()`: its first name is the root, its last the classifier `fc`.
  private let names = [
    "", "stem", "stem.0", "stem.1", "stem.2", "blocks", "blocks.0", "blocks.0.conv1",
    "blocks.0.bn1", "blocks.0.conv2", "blocks.0.bn2", "blocks.0.relu", "blocks.0.skip",
    "blocks.0.skip.0", "blocks.0.skip.1", "pool", "fc",
  ]

  @Test func rowsOfTheRootAndOfTheLastLayerAreTheSame() throws {
    // `fc` gives the network's output, and so does the root: their rows of CKA must be equal. By
    // the exported names they are the first and the last column; in execution order, the last two.
    let matrix = try exported("cka")
    let columns = matrix.transposed
    #expect(columns.rows == names.count)
    func column(_ layer: String, in labels: [String]) throws -> [Double] {
      let index = try #require(labels.firstIndex(of: layer))
      return MatrixView(columns, rows: [index]).values()
    }
    let executed = LayerOrder.executed(names)
    #expect(try column("", in: executed) == column("fc", in: executed))
    #expect(try column("", in: names) != column("fc", in: names))
  }

  /// A version 1 npy file of little-endian float32 values in row-major order.
  private func exported(_ name: String) throws -> Matrix {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/samples/variants/\(name).npy")
    let bytes = [UInt8](try Data(contentsOf: file))
    let body = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    let columns = names.count
    return try #require(
      Matrix(
        rows: (bytes.count - body) / 4 / columns, columns: columns, type: .float32,
        region: ByteRegion(copying: bytes), offset: body))
  }
}
