extension ComputeForm {
  /// What there is to say.
  public enum Field: Sendable, Hashable {
    /// Saved activations, or models.
    case origin
    /// Files and folders of activations.
    case features
    /// A model, counted from 0; there are as many as are filled in, and one more.
    case model(Int)
    case data, data2, output, layers, batchSize, maxBatches, device, estimator, kernel
    /// The fold before what is seldom said.
    case advanced
    case types, tokens, pool, duplicates, layout, axes, weighting, precision, dtype, tf32, seed
    case shuffle, untilCI, keep, null, nullSeed, skipBad, threads, python
  }
}

extension ComputeForm.Field {
  /// What a field is about.
  struct Traits: Sendable {
    /// The name on the screen, at most 11 characters.
    var label: String
    /// What it takes, shown while it is empty or has the cursor.
    var help: String
    /// The option that it becomes; nil for what is said otherwise.
    var option: String?
    /// What there is to choose from, the default first; nil for text.
    var choices: [String]?
    /// A text that needs no option.
    var standard: String?
    /// The option stands alone, for the second choice.
    var isFlag = false
    /// What Tab completes.
    var completion: CompletionRequest.Kind?
  }

  /// All that is known of the field.
  var traits: Traits {
    if case .model(let number) = self {
      let letters = (0..<26).map { String(UnicodeScalar(UInt8(ascii: "A") + UInt8($0))) }
      let help =
        switch number {
        case 0: "torchvision:resnet18, py:FILE.py:FUNCTION …; Tab completes"
        case 1: "another, or none: A with itself"
        default: "one more, if you like"
        }
      return Traits(
        label: "model " + (number < 26 ? letters[number] : String(number + 1)), help: help,
        completion: .model)
    }
    return Self.table[self] ?? Traits(label: "", help: "")
  }

  private static let table: [ComputeForm.Field: Traits] = [
    .origin: Traits(
      label: "from", help: "Left and Right choose", choices: ["activations", "models"]),
    .features: Traits(
      label: "features", help: "files and folders of saved activations; Tab completes",
      completion: .features),
    .data: Traits(
      label: "data", help: "digits, npz:FILE, imagefolder:PATH, py:FILE.py:FUNCTION …",
      option: "--data", completion: .data),
    .data2: Traits(
      label: "data 2", help: "a second data set: every model on both", option: "--data2",
      completion: .data),
    .output: Traits(
      label: "output", help: "the result file, NAME.cka.safetensors; Tab completes", option: "-o",
      completion: .output),
    .layers: Traits(
      label: "layers", help: "all; a text, a glob or /regex/, !term leaves out",
      option: "--layers"),
    .batchSize: Traits(
      label: "batch size", help: "samples in a minibatch, or all", option: "--batch-size"),
    .maxBatches: Traits(
      label: "max batches", help: "all; stop after so many minibatches", option: "--max-batches"),
    .device: Traits(
      label: "device", help: "auto, cpu, cuda, cuda:1", option: "--device", standard: "auto",
      completion: .device),
    .estimator: Traits(
      label: "estimator", help: "unbiased: HSIC\u{2081} of minibatches; biased: HSIC\u{2080}",
      option: "--estimator", choices: ["unbiased", "biased"]),
    .kernel: Traits(
      label: "kernel", help: "linear, or rbf:FRACTION of the median distance", option: "--kernel",
      standard: "linear"),
    .advanced: Traits(label: "advanced", help: ""),
    .types: Traits(
      label: "types", help: "all; kinds of modules, such as Conv2d,Linear", option: "--types"),
    .tokens: Traits(
      label: "tokens", help: "of a transformer", option: "--tokens",
      choices: ["flatten", "mean", "class", "each"]),
    .pool: Traits(
      label: "pool", help: "positions of a map", option: "--pool", choices: ["flatten", "mean"]),
    .duplicates: Traits(
      label: "duplicates", help: "layers with the output of another", option: "--keep-duplicates",
      choices: ["folded", "kept"], isFlag: true),
    .layout: Traits(
      label: "layout", help: "how arrays are named, such as {model}.{layer}", option: "--layout"),
    .axes: Traits(
      label: "axes", help: "of arrays, such as layers,samples,tokens,features", option: "--axes"),
    .weighting: Traits(
      label: "weighting", help: "of minibatches: pairs n(n \u{2212} 3), equal, samples n",
      option: "--weighting", choices: ["pairs", "equal", "samples"]),
    .precision: Traits(
      label: "precision", help: "of the Gram matrices", option: "--precision",
      choices: ["float32", "float64"]),
    .dtype: Traits(
      label: "dtype", help: "of the models", option: "--dtype",
      choices: ["float32", "float64", "bfloat16", "float16"]),
    .tf32: Traits(
      label: "tf32", help: "faster and coarser on CUDA", option: "--tf32",
      choices: ["off", "on"], isFlag: true),
    .seed: Traits(label: "seed", help: "of everything random", option: "--seed"),
    .shuffle: Traits(
      label: "shuffle", help: "a seed, or none; folders of images are shuffled, all else is not",
      option: "--shuffle"),
    .untilCI: Traits(
      label: "until ci", help: "stop once every 95 % interval is within ± this",
      option: "--until-ci"),
    .keep: Traits(
      label: "keep", help: "bytes for scores of minibatches: 256M; or sums", option: "--keep"),
    .null: Traits(
      label: "null", help: "none; permutations of the samples, such as 200", option: "--null"),
    .nullSeed: Traits(
      label: "null seed", help: "of those permutations; 0", option: "--null-seed"),
    .skipBad: Traits(
      label: "skip bad", help: "a minibatch with NaN costs itself, not the layer",
      option: "--skip-bad", choices: ["off", "on"], isFlag: true),
    .threads: Traits(label: "threads", help: "one for each processor", option: "--threads"),
    .python: Traits(
      label: "python", help: "the interpreter: $CKA_PYTHON, a virtual environment, python3",
      option: "--python", completion: .path),
  ]
}

extension ComputeForm {
  /// The fields that are always in sight, without the fold.
  var mainFields: [Field] {
    guard isOfModels else {
      return [.origin, .features, .output, .layers, .batchSize, .estimator, .kernel]
    }
    return [.origin] + modelFields
      + [.data, .data2, .output, .layers, .batchSize, .maxBatches, .device, .estimator, .kernel]
  }

  /// The fields below the fold.
  var advancedFields: [Field] {
    isOfModels
      ? [
        .types, .tokens, .pool, .duplicates, .weighting, .precision, .dtype, .tf32, .seed,
        .shuffle, .untilCI, .keep, .threads, .python, .null,
        .nullSeed, .skipBad,
      ]
      : [
        .pool, .tokens, .axes, .layout, .shuffle, .weighting, .precision, .untilCI, .keep, .threads,
        .null, .nullSeed, .skipBad,
      ]
  }

  /// A field for each model and one more, at least two.
  var modelFields: [Field] {
    let filled = texts.keys.compactMap { field -> Int? in
      guard case .model(let number) = field, !value(field).trimmed.isEmpty else { return nil }
      return number
    }
    return (0...min(Self.mostModels - 1, max(1, (filled.max() ?? -1) + 1))).map { .model($0) }
  }

  /// Fields for models; a study of more is for a study file.
  private static let mostModels = 64

  /// The fields in the order in which they stand on the screen.
  var fields: [Field] { mainFields + [.advanced] + (isUnfolded ? advancedFields : []) }
}
