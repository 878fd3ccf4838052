/// Two layers that have not the same number of samples, and what may be behind it.
struct SampleMismatch {
  private let layers: [GatheredLayer]
  private let first: GatheredLayer
  private let second: GatheredLayer

  init(_ layers: [GatheredLayer], _ first: GatheredLayer, _ second: GatheredLayer) {
    (self.layers, self.first, self.second) = (layers, first, second)
  }

  /// One line with both layers; the remedy tells where samples may be instead.
  var error: FormatError {
    let (a, b) = (first.arrays[0], second.arrays[0])
    var error = Self.error((a.place, first.samples), (b.place, second.samples))
    if layers.count(where: { $0.layer.isParameter }) * 2 > layers.count {
      error.remedy =
        "these are a model's parameters, not activations; cka compute torch runs the model, with "
        + "checkpoint=FILE"
    } else if let axes = commonAxes {
      error.remedy =
        "if samples are on the axis that all arrays agree on, say --axes \(axes); else save the "
        + "same samples, in the same order, for every layer of every model"
    } else if layers.allSatisfy({ $0.layer.isNumber }) {
      error.remedy =
        "if arrays called by numbers are minibatches, say --layout '{batch}'; if each is one "
        + "sample, --layout '{sample}'"
    }
    return error
  }

  /// Axes under which all layers would have the same number of samples; nil where there are none,
  /// or the user said what axes are.
  private var commonAxes: String? {
    let shapes = layers.compactMap { $0.arrays.count == 1 ? $0.arrays[0].shape : nil }
    guard shapes.count == layers.count, let rank = shapes.first?.count, rank > 1,
      shapes.allSatisfy({ $0.count == rank }), !layers.contains(where: { $0.arrays[0].isSaid }),
      let axis = (1..<rank).first(where: { axis in Set(shapes.map { $0[axis] }).count == 1 })
    else { return nil }
    if rank > 2, axis == 1 {
      return
        (["layers", "samples"] + (rank == 3 ? ["features"] : ["tokens", "features"])
        + Array(repeating: "features", count: max(0, rank - 4))).joined(separator: ",")
    }
    return (0..<rank).map { $0 == axis ? "samples" : "features" }.joined(separator: ",")
  }

  /// One line with two places and their samples.
  static func error(
    _ first: (place: String, samples: Int), _ second: (place: String, samples: Int)
  ) -> FormatError {
    FormatError(
      .mismatch,
      "numbers of samples differ: \(first.place) has \(first.samples), \(second.place) has "
        + "\(second.samples)",
      remedy: "save the same samples, in the same order, for every layer of every model")
  }
}

extension String {
  /// Whether it is a number, as `numpy.savez` and dictionaries with numbers as keys have it, or
  /// one behind a word that means no layer: `arr_3`, `sent12`, `batch-7`.
  var isNumber: Bool {
    let word = prefix { $0.isLetter }.lowercased()
    let words = ["", "arr", "array", "batch", "sample", "sent", "sentence", "img", "image", "item"]
    let digits = dropFirst(word.count).drop { "_-.".contains($0) }
    return words.contains(word) && !digits.isEmpty
      && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Whether a model's parameters are called so.
  var isParameter: Bool {
    let last = split(separator: ".").last ?? ""
    return ["weight", "bias", "running_mean", "running_var"].contains(last) && contains(".")
  }
}
