import Core
import Testing
import TestSupport

@testable import Similarity

/// Samples far from the others, against references that take distances from the features.
@Suite("Outliers")
struct OutlierTests {
  /// Two related layers of 48 samples, of which `samples` lie `distance` deviations away.
  private func pair(_ samples: [Int], _ distance: Double, columns: Int = 20) -> (Table, Table) {
    var noise = Noise(seed: 11)
    var x = noise.gaussians(48, columns)
    var y = x * noise.gaussians(columns, 15)
    for sample in samples {
      for k in 0..<x.columns { x[sample, k] += distance * (1 + Double(k % 3)) }
      for k in 0..<y.columns { y[sample, k] -= distance * (2 + Double(k % 2)) }
    }
    return (x.rounded, y.rounded)
  }

  /// The features less one sample, which costs no digits of the others.
  private func about(_ x: Table, _ sample: Int) -> Table {
    Table(rows: x.rows, columns: x.columns) { x[$0, $1] - x[sample, $1] }
  }

  /// CKA of two kernels.
  private func value(_ estimator: Estimator, _ k: Table, _ l: Table) -> Double {
    ratio(estimator == .unbiased ? uCentredHSIC : biasedHSIC, k, l)
  }

  @Test(
    "do not move the RBF kernel of the others",
    arguments: [1e2, 1e5, 1e7], [[0], [40], [1, 20, 47]])
  func rbf(distance: Double, samples: [Int]) throws {
    let (x, y) = pair(samples, distance)
    for (fraction, rule) in [(0.5, Kernel.MedianRule.offDiagonal), (1, .all)] {
      let isOff = rule == .offDiagonal
      let (k, l) = (
        rbfGram(x, fraction: fraction, offDiagonal: isOff),
        rbfGram(y, fraction: fraction, offDiagonal: isOff)
      )
      for estimator in Estimator.allCases {
        let truth = value(estimator, k, l)
        for (precision, tolerance) in [(Precision.float32, 1e-5), (.float64, 1e-9)] {
          let options = StudyOptions(
            estimator: estimator, kernel: .rbf(fraction: fraction, median: rule),
            precision: precision)
          let found = try cka(x.floatMatrix, y.floatMatrix, options)
          #expect(abs(found - truth) < tolerance, "\(options)")
        }
      }
    }
  }

  @Test("do not move the linear kernel", arguments: [1e2, 1e4, 1e6], [[0], [3, 7], [40]])
  func linear(distance: Double, samples: [Int]) throws {
    let (x, y) = pair(samples, distance)
    let (k, l) = (linearGram(about(x, 30)), linearGram(about(y, 30)))
    for estimator in Estimator.allCases {
      let truth = value(estimator, k, l)
      for precision in Precision.allCases {
        let options = StudyOptions(estimator: estimator, precision: precision)
        let found = try cka(x.floatMatrix, y.floatMatrix, options)
        #expect(abs(found - truth) < 1e-5, "\(options)")
      }
    }
  }

  @Test("may be clusters: 36 samples here, 12 of them 1e6 deviations away")
  func clusters() throws {
    let (x, y) = pair(Array(36..<48), 1e6, columns: 6)
    let (k, l) = (
      rbfGram(x, fraction: 0.7, offDiagonal: true), rbfGram(y, fraction: 0.7, offDiagonal: true)
    )
    for precision in Precision.allCases {
      let options = StudyOptions(
        kernel: .rbf(fraction: 0.7, median: .offDiagonal), precision: precision)
      let found = try cka(x.floatMatrix, y.floatMatrix, options)
      #expect(abs(found - ratio(uCentredHSIC, k, l)) < 1e-6)
    }
  }

  @Test("may have any scale, in any order", arguments: [0, 1, 2])
  func scales(turn: Int) throws {
    var noise = Noise(seed: 4)
    let y = noise.gaussians(30, 9)
    // Samples of scales from 1e-3 to 1e3, far from the origin.
    let mixed = Table(rows: 30, columns: 9) { i, k in
      pow10(Double(i % 7) - 3) * (y[i, k] + 0.5 * noise.gaussian()) + 10
    }.rounded
    let order = (0..<30).map { (($0 * 7) + 11 * turn) % 30 }
    func ordered(_ table: Table) -> Table {
      Table(rows: 30, columns: 9) { table[order[$0], $1] }
    }
    let (x, z) = (ordered(mixed), ordered(y.rounded))
    let rbf = ratio(
      uCentredHSIC, rbfGram(x, fraction: 0.4, offDiagonal: true),
      rbfGram(z, fraction: 0.4, offDiagonal: true))
    let linear = ratio(uCentredHSIC, linearGram(about(x, 0)), linearGram(about(z, 0)))
    let kernel = Kernel.rbf(fraction: 0.4, median: .offDiagonal)
    let (a, b) = (x.floatMatrix, z.floatMatrix)
    #expect(abs(try cka(a, b, StudyOptions(kernel: kernel)) - rbf) < 1e-5)
    #expect(abs(try cka(a, b) - linear) < 1e-5)
  }

  @Test("are not lost in the feature form", arguments: [1e3, 1e6, 1e8])
  func featureForm(distance: Double) throws {
    let (x, y) = pair([2, 30], distance, columns: 4)
    let truth = ratio(uCentredHSIC, linearGram(about(x, 9)), linearGram(about(y, 9)))
    let source = ArraySource([[[x.matrix], [y.matrix]]])
    let options = StudyOptions(precision: .float64)
    let found = try study(of: source, options, gramBytes: 40_000).cka(0, 1)
    #expect(abs(found - truth) < 1e-8)
  }

  @Test("in Gram matrices that were sent are right, or refused with what to do")
  func sent() throws {
    let options = StudyOptions(kernel: .rbf(fraction: 0.5, median: .offDiagonal))
    for distance in [0, 1e2, 1e4, 1e5] {
      let (x, y) = pair(distance == 0 ? [] : [0], distance)
      let truth = ratio(
        uCentredHSIC, rbfGram(x, fraction: 0.5, offDiagonal: true),
        rbfGram(y, fraction: 0.5, offDiagonal: true))
      for isFloat in [false, true] {
        let layers = [x, y].map { table in
          let gram = linearGram(centred(table))
          return GramFrame.Layer.gram(isFloat ? gram.floatMatrix : gram.matrix)
        }
        var accumulator = StudyAccumulator(
          Study(
            models: ["A", "B"].map { StudyModel(name: $0, layers: [StudyLayer(name: "a")]) },
            options: options), threads: 1)
        try accumulator.add(GramFrame(samples: 48, layers: layers))
        let study = accumulator.study
        if isFloat, distance > 1e3 {
          #expect(study.faults[0]?.reason == .sentTooCoarse(bits: 32))
        } else {
          #expect(abs(study.cka(0, 1) - truth) < 1e-5, "\(distance) \(isFloat)")
        }
      }
    }
  }

  @Test("are kept out of the shift of frames")
  func frames() throws {
    let (x, y) = pair([1], 1e5)
    let source = ArraySource([[[x.floatMatrix], [y.floatMatrix]]])
    let options = StudyOptions(kernel: .rbf(fraction: 0.5, median: .offDiagonal))
    let frame = try FrameMaker(source: source, precision: .float32, threads: 1).frame(minibatch: 0)
    var accumulator = StudyAccumulator(
      Study(models: source.models, options: options), threads: 1)
    try accumulator.add(frame)
    let truth = ratio(
      uCentredHSIC, rbfGram(x, fraction: 0.5, offDiagonal: true),
      rbfGram(y, fraction: 0.5, offDiagonal: true))
    #expect(abs(accumulator.study.cka(0, 1) - truth) < 1e-5)
  }
}

private func pow10(_ exponent: Double) -> Double {
  (0..<Int(abs(exponent))).reduce(1.0) { value, _ in exponent < 0 ? value / 10 : value * 10 }
}
