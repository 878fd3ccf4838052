import Similarity

/// Studies made of invented HSICs.
enum StudyBundleSamples {
  static let models = [
    StudyModel(
      name: "A",
      layers: [StudyLayer(name: "a0", shape: [4, 2], kind: "Conv2d"), StudyLayer(name: "a1")],
      specification: "py:net.py:build?width=2"),
    StudyModel(
      name: "B", dataset: "D",
      layers: [StudyLayer(name: "b0", shape: [3]), StudyLayer(name: "b1"), StudyLayer(name: "é")]),
  ]

  /// Two models, three counted minibatches and a skipped one, a layer with a fault.
  static func study(_ options: StudyOptions = StudyOptions()) -> Study {
    var study = Study(models: models, options: options)
    study.add(samples: 16, sampleHash: "00ff", hsic: hsic(seed: 1, layers: 5))
    study.add(samples: 16, hsic: hsic(seed: 2, layers: 5), faults: [1: "it broke"])
    study.skip(samples: 2, reason: .fewSamples)
    study.add(samples: 9, sampleHash: "ff00", hsic: hsic(seed: 3, layers: 5))
    return study
  }

  /// Values of a positive definite matrix, in a study's order.
  static func hsic(seed: Int, layers: Int) -> [Double] {
    (0..<layers).flatMap { i in
      (i..<layers).map { j in
        i == j ? 2 + Double(i + seed) / 3 : 1 / Double(3 + i * j + seed * (i + j))
      }
    }
  }
}
