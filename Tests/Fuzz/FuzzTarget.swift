import Core
import Formats
import Foundation
import Recipe
import Similarity

/// A door through which untrusted bytes come in.
enum FuzzTarget: String, CaseIterable, Sendable {
  /// Saved results of any format.
  case results
  /// Saved activations.
  case activations
  /// Bundles of studies, and the `.partial` files of runs that were ended.
  case bundles
  /// What a backend sends: a header and a frame, with their lengths before them.
  case frames
  /// Recipes.
  case recipes

  /// Reads the file at `path` as far as a user of it would.
  /// - Returns: whether it was accepted.
  func read(_ path: String) -> Bool {
    do throws(FormatError) {
      switch self {
      case .results: try Self.results(path)
      case .activations: try Self.activations(path)
      case .bundles: try Self.bundle(path)
      case .frames: try Self.frames(path)
      case .recipes: _ = try Recipe.read(path: path)
      }
      return true
    } catch {
      // What is refused is refused in one line that a terminal can show.
      precondition(Self.isSafe(error.description), "an error's text is not safe to show")
      precondition(!error.problem.isEmpty, "an error says nothing")
      return false
    }
  }

  /// Whether `line` is one line, of a length that can be read, and steers no terminal.
  private static func isSafe(_ line: String) -> Bool {
    line.unicodeScalars.count <= 4 * SafeText.longestName
      && line.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
      }
  }

  private static func results(_ path: String) throws(FormatError) {
    for result in try ResultFile.results(path: path) {
      switch result {
      case .curves(let curves):
        precondition(!curves.series.isEmpty)
        _ = ResultWriter.json([curves])
      case .comparison(let comparison):
        let (rows, columns) = (comparison.matrix.rows, comparison.matrix.columns)
        precondition(comparison.kind == .minibatches || comparison.rows.layers.count == rows)
        precondition(comparison.kind == .minibatches || comparison.columns.layers.count == columns)
        _ = comparison.summary
        guard rows * columns <= 10_000 else { continue }
        precondition(comparison.matrix.values().count == rows * columns)
        for line in comparison.warnings {
          precondition(isSafe(line), "a warning's text is not safe to show")
        }
        _ = ResultWriter.csv(comparison)
        _ = ResultWriter.json([comparison])
        _ = try ResultWriter.npz([comparison])
      }
    }
  }

  private static func activations(_ path: String) throws(FormatError) {
    let set = try FeatureSet.open([path])
    for minibatch in set.sampleCounts.indices.prefix(2) {
      for model in set.models.indices.prefix(4) {
        for layer in set.models[model].layers.indices.prefix(4) {
          let matrix = try set.features(minibatch: minibatch, model: model, layer: layer)
          precondition(matrix.rows == set.sampleCounts[minibatch])
          if matrix.rows * matrix.columns <= 1 << 20 { _ = matrix.values() }
        }
      }
    }
    try set.checkIntact()
  }

  private static func bundle(_ path: String) throws(FormatError) {
    guard let record = try ResultBundle.record(path: path) else { return }
    // A run that goes on writes what it has read.
    _ = try ResultBundle.encode(record.study, provenance: record.provenance)
    for comparison in ResultBundle.comparisons(of: record, path: path) { _ = comparison.summary }
  }

  /// The file is what a pipe would have sent: for each buffer eight bytes of length, and the buffer.
  private static func frames(_ path: String) throws(FormatError) {
    var rest = [UInt8]((try? Data(contentsOf: URL(filePath: path))) ?? Data())[...]
    var header: BackendHeader?
    var index = 0
    while rest.count >= 8 {
      let length = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      rest = rest.dropFirst(8)
      let buffer = ByteRegion(copying: rest.prefix(Int(min(length, UInt64(rest.count)))))
      rest = rest.dropFirst(buffer.count)
      guard let known = header else {
        header = try BackendHeader(buffer)
        precondition(header.map { $0.mostBytes >= 0 } ?? true)
        continue
      }
      let frame = try GramFrame(buffer, index: index, header: known)
      precondition(frame.layers.count == known.names.count)
      index += 1
    }
  }
}
