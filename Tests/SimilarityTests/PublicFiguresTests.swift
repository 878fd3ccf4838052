import Testing
import TestSupport

@testable import Similarity

@Suite("Public figures")
struct PublicFiguresTests {
  @Test("of Kornblith's notebook", arguments: Precision.allCases)
  func notebook(precision: Precision) throws {
    let folder = Golden.folder("public")
    let x = try Golden.array(folder.appending(path: "x.npy"))
    let y = try Golden.array(folder.appending(path: "y.npy"))
    let figures: [(StudyOptions, Double)] = [
      (StudyOptions(estimator: .biased, precision: precision), 0.55761),
      (StudyOptions(precision: precision), 0.51346),
      (
        StudyOptions(
          estimator: .biased, kernel: .rbf(fraction: 0.5, median: .all), precision: precision),
        0.65483
      ),
    ]
    for (options, figure) in figures {
      #expect(abs(try cka(x, y, options) - figure) < 6e-6)
    }
  }

  @Test(
    "of independent Gaussians: biased grows with p/n, unbiased is 0 within noise",
    arguments: [(32, 0.209), (64, 0.114), (128, 0.056), (256, 0.030)])
  func independent(samples: Int, biased: Double) throws {
    var noise = Noise(seed: UInt64(samples))
    let draws = 40
    var means = (biased: 0.0, unbiased: 0.0)
    for _ in 0..<draws {
      let x = noise.gaussians(samples, 8).floatMatrix
      let y = noise.gaussians(samples, 8).floatMatrix
      means.biased += try cka(x, y, StudyOptions(estimator: .biased)) / Double(draws)
      means.unbiased += try cka(x, y) / Double(draws)
    }
    // One draw scatters by about 1.5/n, the published figure is one draw.
    #expect(abs(means.biased - biased) < 3 / Double(samples) * 0.5)
    #expect(abs(means.unbiased) < 4 * 1.5 / Double(samples) / Double(draws).squareRoot())
  }

  @Test("biased CKA of random data nears 1 when features outnumber samples")
  func manyFeatures() throws {
    var noise = Noise()
    let x = noise.gaussians(32, 512).floatMatrix
    let y = noise.gaussians(32, 512).floatMatrix
    #expect(abs(try cka(x, y, StudyOptions(estimator: .biased)) - 0.94) < 0.01)
    #expect(abs(try cka(x, y)) < 0.1)
  }
}
