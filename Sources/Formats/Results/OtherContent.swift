import Core

/// What a file of arrays is that is no result: people keep weights and activations beside them.
enum OtherContent {
  /// A network's parameters: how many arrays, and the name of one.
  case weights(count: Int, example: String)
  /// Arrays that are no CKA by their values, or have too many axes; `words` say why.
  case arrays([NDArray], words: String)

  /// What `value` is; nil when nothing speaks against a result.
  init?(_ value: Value) {
    var walk = Walk()
    walk.visit(value, path: [], depth: 0)
    if let example = walk.example, walk.parameters * 2 >= walk.arrays.count {
      self = .weights(count: walk.arrays.count, example: SafeText.sanitise(example))
    } else if !walk.saysCKA, let deep = walk.arrays.first(where: { $0.shape.count > 3 }) {
      let shape = deep.shape.map(String.init).joined(separator: " × ")
      self = .arrays(walk.arrays, words: "one is \(shape)")
    } else if walk.isNested, !walk.saysCKA, !walk.arrays.isEmpty {
      self = .arrays(walk.arrays, words: "")
    } else {
      return nil
    }
  }

  /// Whether names or shapes leave no doubt, whatever the values.
  var isCertain: Bool {
    switch self {
    case .weights: true
    case .arrays(_, let words): !words.isEmpty
    }
  }

  /// One line: what the file holds, and what to do with it.
  var error: FormatError {
    switch self {
    case .weights(let count, let example):
      return FormatError(
        .noResult,
        "no result: it holds a network's weights (\(count) \(count == 1 ? "array" : "arrays"), "
          + "such as '\(example)')",
        remedy: "cka compute runs networks; give it this file with ?checkpoint=PATH")
    case .arrays(let arrays, let words):
      let what = arrays.count == 1 ? "an array" : "\(arrays.count) arrays"
      let why = words.isEmpty ? "" : "; \(words)"
      let samples = Self.samples(arrays)
      let rows =
        samples.map { count in
          ", \(count) \(count == 1 ? "row" : "rows") \(arrays.count == 1 ? "in it" : "each")"
        } ?? ""
      return FormatError(
        .noResult, "no CKA result: it holds \(what) of other numbers\(rows)\(why)",
        remedy: "if these are activations, cka compute PATH makes CKA of them; a result belongs "
          + "under the key 'CKA'")
    }
  }

  /// The length of the first axis, where all arrays share it.
  private static func samples(_ arrays: [NDArray]) -> Int? {
    guard let first = arrays.first?.shape.first, arrays.allSatisfy({ $0.shape.first == first })
    else {
      return nil
    }
    return first
  }
}

/// The arrays of a value, and what their names say.
private struct Walk {
  private(set) var arrays: [NDArray] = []
  private(set) var parameters = 0
  /// The name of one parameter.
  private(set) var example: String?
  /// Some array stands below the first level.
  private(set) var isNested = false
  /// Some name says that it is CKA.
  private(set) var saysCKA = false
  private var visitsLeft = 20_000

  mutating func visit(_ value: Value, path: [String], depth: Int) {
    visitsLeft -= 1
    guard visitsLeft > 0, depth < 12 else { return }
    switch value {
    case .dictionary(let entries):
      for entry in entries { visit(entry.value, path: path + [entry.key.label], depth: depth + 1) }
    case .list(let elements), .tuple(let elements):
      for element in elements.prefix(1000) { visit(element, path: path, depth: depth + 1) }
    case .array(let array):
      guard array.count > 1 || !array.shape.isEmpty else { return }
      add(array, path)
    default: return
    }
  }

  private mutating func add(_ array: NDArray, _ path: [String]) {
    arrays.append(array)
    isNested = isNested || path.count > 1
    let name = path.joined(separator: "/")
    if path.contains(where: CKANames.say) {
      saysCKA = true
    } else if ParameterNames.matches(path), !ValueSample(array).hasUnitDiagonal {
      parameters += 1
      example = example ?? name
    }
  }
}

/// What frameworks call the parameters of layers, and what optimisers keep of them.
private enum ParameterNames {
  static func matches(_ path: [String]) -> Bool {
    if path.dropLast().contains(where: containers.contains) { return true }
    guard let last = path.last?.split(whereSeparator: { "./:".contains($0) }) else { return false }
    return last.suffix(2).contains { words.contains(String($0)) || isRecurrent($0) }
  }

  /// `weight_ih_l0`, `bias_hh_l1_reverse`.
  private static func isRecurrent(_ word: Substring) -> Bool {
    ["weight_ih_", "weight_hh_", "bias_ih_", "bias_hh_"].contains { word.hasPrefix($0) }
  }

  private static let containers: Set<String> = [
    "state_dict", "model_state_dict", "optimizer_state_dict", "optimizer", "optimizer_states",
    "model_weights", "optimizer_weights", "vars", "params", "ema_state_dict", "ema_model",
  ]
  private static let words: Set<String> = [
    "weight", "bias", "running_mean", "running_var", "num_batches_tracked", "kernel", "gamma",
    "beta", "moving_mean", "moving_variance", "in_proj_weight", "in_proj_bias", "weight_g",
    "weight_v", "exp_avg", "exp_avg_sq", "momentum_buffer", "recurrent_kernel", "pos_embed",
    "cls_token", "embeddings", "weights", "biases",
  ]
}
