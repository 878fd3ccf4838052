import Core
import Formats
import Similarity

/// Cells of a study, computed again from its activations by `PlainCKA`.
public struct Verification {
  /// A cell of the study, by the numbers of its layers, as stored and as computed again.
  public struct Cell {
    /// The number of the row's layer.
    public var row: Int
    /// The number of the column's layer.
    public var column: Int
    /// CKA in the bundle.
    public var stored: Double
    /// CKA as computed again.
    public var found: Double
    /// How far apart they are; a value that is not there is infinitely far from every other.
    public var deviation: Double {
      let difference = abs(found - stored)
      return difference.isNaN ? .infinity : difference
    }
  }

  /// The files that the activations are read from, as they were named.
  public let paths: [String]
  /// What became of the files that the bundle was made from.
  public let sources: [(file: SourceFile, state: SourceState)]
  private let study: Study
  private let source: FeatureSetSource

  /// Opens the activations of `record`: `features`, or the files that it names.
  /// - Throws: `FormatError` when they cannot be read, or have other layers or minibatches.
  public init(_ record: StudyRecord, features: [String]) throws(FormatError) {
    study = record.study
    let provenance = record.provenance
    // What models were run from is not what can be read here.
    let known = provenance.backend.isEmpty ? provenance.sources.map(\.path) : []
    paths = features.isEmpty ? known : features
    guard !paths.isEmpty else {
      throw provenance.backend.isEmpty
        ? FormatError(
          .request, "the bundle does not say where its activations are", remedy: "name them")
        : FormatError(
          .request, "its matrices came from models that were run, not from saved activations",
          remedy: "save the same activations and name their files")
    }
    sources = Self.sources(of: record, at: features)
    var options = FeatureOptions(
      batchSize: provenance.batchSize, layout: try FeatureLayout(provenance.layout),
      pool: Pooling(rawValue: provenance.pool) ?? .flatten,
      axes: provenance.axes.isEmpty ? nil : try FeatureAxes(provenance.axes),
      shuffle: provenance.shuffle)
    if provenance.batchSize == nil { options.batching = .all }
    options.tokens = TokenPooling(rawValue: provenance.tokens)
    do throws(LayerFilterError) {
      options.layers = provenance.layers.isEmpty ? nil : try LayerFilter(provenance.layers)
    } catch {
      throw FormatError(.request, error.description)
    }
    source = FeatureSetSource(try FeatureSet.open(paths, options: options))
    guard source.models == study.models else {
      throw FormatError(.mismatch, "the activations have other models or layers than the bundle")
    }
    guard study.minibatches.count <= source.sampleCounts.count,
      zip(study.minibatches, source.sampleCounts).allSatisfy({ $0.samples == $1 })
    else { throw FormatError(.mismatch, "the activations have other minibatches than the bundle") }
  }

  /// What became of the files that `record` was made from: all their bytes are read.
  /// - Parameter features: where they are now; empty where they stayed.
  public static func sources(
    of record: StudyRecord, at features: [String] = []
  ) -> [(file: SourceFile, state: SourceState)] {
    let files = record.provenance.sources
    // Other files than the bundle's own, such as those of one model, stand for themselves.
    let places: [String?] =
      features.count == files.count ? features : files.map { _ in nil }
    guard features.isEmpty || features.count == files.count,
      record.provenance.backend.isEmpty
        || features.isEmpty
    else { return [] }
    return zip(files, places).map { ($0, $0.state(at: $1, hashingUpTo: .max)) }
  }

  /// Cells that have a value, off the diagonal, which is 1 by definition.
  public var cellCount: Int {
    let live = (0..<study.layerCount).count(where: study.isLive)
    return live * (live - 1) / 2
  }

  /// Up to `count` different ones of these cells.
  public func draw(_ count: Int, random: inout LegacyRandom) -> [(row: Int, column: Int)] {
    let live = (0..<study.layerCount).filter(study.isLive)
    let wanted = min(count, cellCount)
    var drawn: Set<[Int]> = []
    var cells: [(Int, Int)] = []
    while cells.count < wanted {
      let (a, b) = (random.index(below: live.count), random.index(below: live.count))
      guard a != b, drawn.insert([min(a, b), max(a, b)]).inserted else { continue }
      cells.append((live[min(a, b)], live[max(a, b)]))
    }
    return cells
  }

  /// The cells with their values, stored and computed again.
  public func recompute(_ cells: [(row: Int, column: Int)]) throws -> [Cell] {
    let options = study.options
    let layers = Set(cells.flatMap { [$0.row, $0.column] }).sorted()
    var own: [Int: Double] = [:]
    var cross = [Double](repeating: 0, count: cells.count)
    for (index, minibatch) in study.minibatches.enumerated() where minibatch.skipped == nil {
      let weight = options.weighting.weight(samples: minibatch.samples)
      var kernels: [Int: PlainCKA.Kernel] = [:]
      for layer in layers {
        let (model, position) = study.position(of: layer)
        let features = try source.features(minibatch: index, model: model, layer: position)
        kernels[layer] = PlainCKA.kernel(features, options.kernel)
      }
      for (layer, kernel) in kernels {
        own[layer, default: 0] += weight * PlainCKA.hsic(kernel, kernel, options.estimator)
      }
      for (number, cell) in cells.enumerated() {
        guard let k = kernels[cell.row], let l = kernels[cell.column] else { continue }
        cross[number] += weight * PlainCKA.hsic(k, l, options.estimator)
      }
    }
    return cells.enumerated().map { number, cell in
      let scale = ((own[cell.row] ?? 0) * (own[cell.column] ?? 0)).squareRoot()
      return Cell(
        row: cell.row, column: cell.column, stored: study.cka(cell.row, cell.column),
        found: cross[number] / scale)
    }
  }
}
