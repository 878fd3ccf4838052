import Core
import Similarity

// Tensors of a study beside its sums: what its Gram matrices told, and its permutation null.
// docs/bundle.md says what stands where.

extension ResultBundle {
  /// Numbers for each layer in `study.figures`.
  private static let figuresPerLayer = 7

  /// Adds what a study knows beside its sums, so that it can be gone on with to the same bits.
  static func addFigures(of study: Study, to file: inout TensorFile) {
    if let figures = study.figures {
      file.add(
        "study.figures", shape: [figures.layers.count, figuresPerLayer],
        .doubles(figures.layers.flatMap { numbers($0, of: study) }))
      if !figures.unbiased.isEmpty {
        file.add(
          "study.unbiased", shape: [figures.unbiased.count], .doubles(figures.unbiased))
      }
    }
    if let null = study.null {
      file.add(
        "study.null", shape: [null.plan.draws, null.layers, null.layers], .doubles(null.values))
    }
  }

  /// Adds what follows from it for the cells of one comparison, for those who read the file without
  /// this program.
  static func addFindings(
    of block: StudyBlock, index: Int, shape: [Int], to file: inout TensorFile
  ) {
    if let unbiased = block.unbiasedMatrix() {
      file.add("unbiased.\(index)", shape: shape, .matrix(unbiased))
    }
    guard let findings = block.nullFindings() else { return }
    file.add("null_p.\(index)", shape: shape, .matrix(findings.p))
    file.add("null_quantile.\(index)", shape: shape, .matrix(findings.quantile))
  }

  /// The figures of `layers` layers; nil where the file has none, as in earlier versions.
  static func figures(
    _ layers: Int, _ estimator: Estimator, in file: SafetensorsFile
  ) throws(FormatError) -> StudyFigures? {
    guard file.tensor("study.figures") != nil else { return nil }
    let values = try tensor("study.figures", [layers, figuresPerLayer], .float64, in: file).values()
    var unbiased: [Double] = []
    if estimator == .biased {
      let pairs = PackedTriangle(side: layers).count
      unbiased = try tensor("study.unbiased", [pairs], .float64, in: file).values()
    }
    return StudyFigures(
      layers: (0..<layers).map { layer in
        Self.layer(Array(values[layer * figuresPerLayer..<(layer + 1) * figuresPerLayer]))
      }, unbiased: unbiased)
  }

  /// The sums of the null that `plan` asks for; nil for none.
  static func null(
    _ plan: NullPlan?, layers: Int, in file: SafetensorsFile
  ) throws(FormatError) -> NullSums? {
    guard let plan else { return nil }
    try checkNull(plan, layers: layers)
    let shape = [plan.draws, layers, layers]
    let values = try tensor("study.null", shape, .float64, in: file).values()
    return NullSums(plan, layers: layers, values: values)
  }

  /// - Throws: when the sums of all draws are too large.
  static func checkNull(_ plan: NullPlan?, layers: Int) throws(FormatError) {
    guard let plan, plan.bytes(layers: layers) > NullPlan.mostBytes else { return }
    throw FormatError(
      "a null of \(plan.draws) draws of \(layers) layers is too large", at: "key 'study.null'")
  }

  /// Minibatches are told by their places in the list of those seen.
  private static func numbers(_ layer: StudyFigures.Layer, of study: Study) -> [Double] {
    func place(_ number: Int) -> Double { Double(study.position(ofMinibatch: number) ?? 0) }
    return [
      layer.minibatchPeak, place(layer.minibatch), layer.samplePeak,
      place(layer.sampleMinibatch), Double(layer.sample), layer.squaredTrace, layer.squares,
    ]
  }

  private static func layer(_ numbers: [Double]) -> StudyFigures.Layer {
    // A damaged number must not become an index out of reach: those who use it look first.
    func whole(_ number: Double) -> Int { Int(exactly: number).map { max(0, $0) } ?? 0 }
    var layer = StudyFigures.Layer()
    (layer.minibatchPeak, layer.minibatch) = (numbers[0], whole(numbers[1]))
    (layer.samplePeak, layer.sampleMinibatch) = (numbers[2], whole(numbers[3]))
    layer.sample = whole(numbers[4])
    (layer.squaredTrace, layer.squares) = (numbers[5], numbers[6])
    return layer
  }
}
