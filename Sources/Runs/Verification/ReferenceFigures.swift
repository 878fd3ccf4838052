import Core
import Similarity

/// Published figures and properties of CKA, computed here by the same code that computes studies.
public enum ReferenceFigures {
  /// One of them.
  public struct Check {
    /// What it is, and who published it.
    public var name: String
    /// The published value.
    public var expected: Double
    /// The value here.
    public var found: Double
    /// How far apart they may be.
    public var tolerance: Double
    /// Whether they are near enough.
    public var passes: Bool { abs(found - expected) <= tolerance }
  }

  /// All of them.
  public static func check() throws -> [Check] {
    try notebook() + independent() + invariances() + largeMeans() + forms()
  }

  /// Kornblith et al. (2019), the notebook beside the paper: `numpy.random.seed(1337)`,
  /// X = randn(100, 10), Y = randn(100, 10) + X.
  private static func notebook() throws -> [Check] {
    let (x, y) = notebookData()
    let rbf = Kernel.rbf(fraction: 0.5, median: .all)
    var checks: [Check] = []
    for precision in Precision.allCases {
      for (name, estimator, kernel, expected) in [
        ("linear", Estimator.biased, Kernel.linear, 0.55761),
        ("unbiased linear", .unbiased, .linear, 0.51346), ("RBF", .biased, rbf, 0.65483),
      ] {
        let options = StudyOptions(estimator: estimator, kernel: kernel, precision: precision)
        checks.append(
          Check(
            name: "notebook of Kornblith et al., \(name), \(precision.rawValue)",
            expected: expected, found: try cka(x, y, options), tolerance: 0.6e-5))
      }
    }
    return checks
  }

  /// Gaussians that have nothing to do with one another, 8 features: the biased estimator is far
  /// from 0, the unbiased one is not.
  private static func independent() throws -> [Check] {
    var random = LegacyRandom(seed: 1)
    return try [(32, 0.2), (64, 0.11), (128, 0.058), (256, 0.03)].flatMap { n, expected in
      var (biased, unbiased) = (0.0, 0.0)
      let draws = 16
      for _ in 0..<draws {
        let x = Matrix(rows: n, columns: 8, values: random.normals(n * 8))
        let y = Matrix(rows: n, columns: 8, values: random.normals(n * 8))
        biased += try cka(x, y, StudyOptions(estimator: .biased)) / Double(draws)
        unbiased += try cka(x, y, StudyOptions()) / Double(draws)
      }
      return [
        Check(
          name: "independent, \(n) samples, biased", expected: expected, found: biased,
          tolerance: expected / 5),
        Check(
          name: "independent, \(n) samples, unbiased", expected: 0, found: unbiased,
          tolerance: expected / 4),
      ]
    }
  }

  /// What must change nothing: rotation, a common factor, a shift; and what must: other factors.
  private static func invariances() throws -> [Check] {
    let (x, y) = notebookData()
    return try Estimator.allCases.flatMap { estimator in
      let options = StudyOptions(estimator: estimator, precision: .float64)
      let whole = try cka(x, y, options)
      func check(_ name: String, _ change: (inout [Double]) -> Void) throws -> Check {
        Check(
          name: "\(name), \(estimator.rawValue)", expected: whole,
          found: try cka(mapped(x, change), y, options), tolerance: 1e-12)
      }
      let stretched = try cka(mapped(x) { $0[0] *= 10 }, y, options)
      return [
        try check("rotation") { row in
          (row[0], row[1]) = (0.6 * row[0] - 0.8 * row[1], 0.8 * row[0] + 0.6 * row[1])
        },
        try check("common factor 1e-6") { row in for k in row.indices { row[k] *= 1e-6 } },
        try check("shift by 1000") { row in for k in row.indices { row[k] += 1000 } },
        Check(
          name: "one feature times 10 counts, \(estimator.rawValue)", expected: 1,
          found: abs(stretched - whole) > 0.01 ? 1 : 0, tolerance: 0),
      ]
    }
  }

  /// Means of many standard deviations, where products of raw float32 features cancel.
  private static func largeMeans() throws -> [Check] {
    let (x, y) = notebookData()
    let whole = try cka(x, y, StudyOptions(precision: .float64))
    return try [10.0, 100, 1000].map { mean in
      func shift(_ row: inout [Double]) { for k in row.indices { row[k] += mean } }
      return Check(
        name: "mean of \(Int(mean)) standard deviations, float32", expected: whole,
        found: try cka(float32(mapped(x, shift)), float32(mapped(y, shift)), StudyOptions()),
        tolerance: 1e-4)
    }
  }

  /// Three ways to write the unbiased HSIC: three terms, U-centred kernels, and from the features.
  private static func forms() throws -> [Check] {
    let (x, y) = notebookData()
    let n = Double(x.rows)
    let (k, l) = (PlainCKA.kernel(x, .linear), PlainCKA.kernel(y, .linear))
    let terms = PlainCKA.hsic(k, l, .unbiased)
    let study = try study(x, y, StudyOptions(weighting: .equal, precision: .float64))
    let fast = study.sums[study.triangle.index(0, 1)]
    return [
      Check(
        name: "HSIC from features over that of three terms", expected: 1,
        found: PlainCKA.featureForm(x, y) / (n * (n - 3)) / terms, tolerance: 1e-12),
      Check(
        name: "HSIC of U-centred kernels over that of three terms", expected: 1,
        found: fast / terms, tolerance: 1e-12),
    ]
  }

  private static func notebookData() -> (x: Matrix, y: Matrix) {
    var random = LegacyRandom(seed: 1337)
    let x = random.normals(1000)
    let y = zip(random.normals(1000), x).map { $0 + $1 }
    return (
      Matrix(rows: 100, columns: 10, values: x), Matrix(rows: 100, columns: 10, values: y)
    )
  }

  private static func mapped(_ matrix: Matrix, _ change: (inout [Double]) -> Void) -> Matrix {
    let values = (0..<matrix.rows).flatMap { index in
      var row = (0..<matrix.columns).map { matrix[index, $0] }
      change(&row)
      return row
    }
    return Matrix(rows: matrix.rows, columns: matrix.columns, values: values)
  }

  /// The values as a float32 file has them.
  private static func float32(_ matrix: Matrix) -> Matrix {
    let bytes = matrix.values().map(Float.init).withUnsafeBytes { ByteRegion(copying: $0) }
    return Matrix(rows: matrix.rows, columns: matrix.columns, type: .float32, region: bytes)
      ?? matrix
  }

  private static func cka(_ x: Matrix, _ y: Matrix, _ options: StudyOptions) throws -> Double {
    try study(x, y, options).cka(0, 1)
  }

  private static func study(
    _ x: Matrix, _ y: Matrix, _ options: StudyOptions
  ) throws -> Study {
    try Computation(source: TwoLayers(x: x, y: y), options: options, threads: 1).run()
  }
}

/// Two layers of one model, on one minibatch.
private struct TwoLayers: FeatureSource {
  let x: Matrix
  let y: Matrix

  var models: [StudyModel] {
    [StudyModel(name: "m", layers: [StudyLayer(name: "x"), StudyLayer(name: "y")])]
  }
  var sampleCounts: [Int] { [x.rows] }

  func features(minibatch: Int, model: Int, layer: Int) -> Matrix { layer == 0 ? x : y }
}
