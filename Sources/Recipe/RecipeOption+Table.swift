import Core
import Similarity

/// The options. A further one is a row here, and its use: `recipe[.name]`.
extension RecipeOption {
  /// What all models see.
  public static let data = RecipeOption(
    "data", .specification, for: [.models],
    help: "What all models see, such as digits, npz:FILE or py:FILE.py:FUNCTION.", place: .main,
    hint: "digits, npz:FILE, imagefolder:PATH, py:FILE.py:FUNCTION …")

  /// Further data, on which every model is compared too.
  public static let data2 = RecipeOption(
    "data2", .specification, for: [.models],
    help: "Further data: every model is compared on both, sample by sample.", place: .main,
    label: "data 2", hint: "a second data set: every model on both")

  /// The bundle to write.
  public static let output = RecipeOption(
    "output", .path, for: [.features, .models, .backend],
    help: "The bundle to write, NAME.cka.safetensors.", place: .main,
    hint: "the result file, NAME.cka.safetensors; Tab completes")

  /// Samples in a minibatch, or `all`.
  public static let batchSize = RecipeOption(
    "batch-size", .whole(StudyOptions.fewestSamples...1_000_000_000, or: "all"), standard: "128",
    help: "Samples in a minibatch, or 'all' to take all samples as one.", place: .main,
    hint: "samples in a minibatch, or all", prefilled: "128", python: "batch_size")

  /// Most minibatches.
  public static let maxBatches = RecipeOption(
    "max-batches", .whole(1...(.max)), for: [.models], standard: "all", help: "Most minibatches.",
    place: .main, hint: "all; stop after so many minibatches", python: "max_batches")

  /// A filter of layers.
  public static let layers = RecipeOption(
    "layers",
    .checked(
      Check(expected: "a layer filter, such as 'conv !*.bn*' or '/fc$/'") {
        (try? LayerFilter($0)) != nil
      }),
    help: "Only layers that match, such as 'conv !*.bn*' or '/fc$/'.", place: .main,
    hint: "all; a text, a glob or /regex/, !term leaves out", python: "layers")

  /// Kinds of modules.
  public static let types = RecipeOption(
    "types", .words, for: [.models], help: "Only modules of these kinds, such as Conv2d,Linear.",
    hint: "all; kinds of modules, such as Conv2d,Linear", python: "types")

  /// What becomes of positions.
  public static let pool = RecipeOption(
    "pool", .choice(["flatten", "mean"]), standard: "flatten",
    help: "Positions of a map, and tokens: flatten them, or take their mean.",
    hint: "positions of a map", python: "pool")

  /// What becomes of tokens.
  public static let tokens = RecipeOption(
    "tokens",
    .choice(
      ["flatten", "mean", "class", "each"],
      orElse: Check(expected: TokenChoice.words) { TokenChoice($0) != nil }),
    standard: "flatten; as pool for saved activations, which have no each",
    help: """
      Tokens: flatten them, take their mean, the class (first) token, or each as a sample: each for \
      all that memory allows, each:COUNT to draw so many of a sequence on average. Padding is left \
      out unless :padded follows.
      """, hint: "of a transformer")

  /// What the axes of saved arrays are.
  public static let axes = RecipeOption(
    "axes", .text, for: [.features],
    standard: "samples first; then tokens,features or channels,height,width",
    help: """
      What the axes of saved arrays are, such as 'layers,samples,tokens,features' or \
      'NAME=samples,layers,features; samples,height,width,channels'.
      """, hint: "of arrays, such as layers,samples,tokens,features")

  /// How saved arrays are named.
  public static let layout = RecipeOption(
    "layout", .text, for: [.features],
    help: "How arrays are named, such as '{model}.{layer}' or '{model}_{batch}:{layer}'.",
    hint: "how arrays are named, such as {model}.{layer}")

  /// Where models run.
  public static let device = RecipeOption(
    "device",
    .checked(
      Check(expected: "auto, cpu, cuda or cuda:NUMBER, or a list of them") { text in
        let device = #/auto|cpu|cuda(:\d{1,3})?/#
        return text.split(separator: ",", omittingEmptySubsequences: false)
          .allSatisfy { $0.wholeMatch(of: device) != nil }
      }), for: [.models], standard: "auto",
    help: "auto, cpu, cuda or cuda:1, or one for each model: cuda:0,cuda:1.", place: .main,
    hint: "auto, cpu, cuda, cuda:1", prefilled: "auto", python: "device")

  /// How HSIC is estimated.
  public static let estimator = RecipeOption(
    "estimator", .choice(Estimator.allCases.map(\.rawValue)),
    for: [.features, .models, .backend], standard: "unbiased",
    help: "How HSIC is estimated: unbiased or biased.", place: .main,
    hint: "unbiased: HSIC\u{2081} of minibatches; biased: HSIC\u{2080}")

  /// The kernel of every layer.
  public static let kernel = RecipeOption(
    "kernel",
    .checked(
      Check(expected: "linear or rbf:FRACTION with a fraction above 0") {
        Kernel(text: $0) != nil
      }), for: [.features, .models, .backend], standard: "linear",
    help: """
      linear, or rbf:FRACTION, whose sigma is that fraction of the median distance between samples \
      (rbf:FRACTION:all counts the n zeros of each sample to itself too).
      """, place: .main, hint: "linear, or rbf:FRACTION of the median distance",
    prefilled: "linear")

  /// What each minibatch counts.
  public static let weighting = RecipeOption(
    "weighting", .choice(["pairs", "equal", "samples"]), for: [.features, .models, .backend],
    help: """
      A minibatch's weight: pairs (n(n - 3)), samples (n) or equal, as torch_cka has it. (default: \
      pairs; equal in a recipe that does not say)
      """, hint: "of minibatches: pairs n(n \u{2212} 3), equal, samples n")

  /// The type in which Gram matrices are formed.
  public static let precision = RecipeOption(
    "precision", .choice(Precision.allCases.map(\.rawValue)), for: [.features, .models, .backend],
    standard: "float32", help: "How Gram matrices are formed: float32 or float64.",
    hint: "of the Gram matrices", python: "precision")

  /// The type in which models run.
  public static let dtype = RecipeOption(
    "dtype", .choice(["float32", "float64", "bfloat16", "float16"]), for: [.models],
    standard: "float32",
    help: "What models run in: float32, float64, bfloat16 or float16.", hint: "of the models",
    python: "dtype")

  /// The seed of everything random.
  public static let seed = RecipeOption(
    "seed", .whole(seeds), for: [.models], help: "The seed of everything random.",
    hint: "of everything random", python: "seed")

  /// The seed of the samples' order, or `none`.
  public static let shuffle = RecipeOption(
    "shuffle", .whole(seeds, or: "none"),
    standard: "folders of images are shuffled with seed 0, all else keeps its order",
    help: "The seed of the order in which samples are taken, or 'none' for that of the data.",
    hint: "a seed, or none; folders of images are shuffled, all else is not", python: "shuffle")

  /// Whether a GPU may round to TensorFloat-32.
  public static let tf32 = RecipeOption(
    "tf32", .truth(), for: [.models], help: "Let a GPU round to TensorFloat-32.",
    hint: "faster and coarser on CUDA", python: "tf32")

  /// Whether layers that repeat another one are kept.
  public static let keepDuplicates = RecipeOption(
    "keep-duplicates", .truth(off: "folded", on: "kept"), for: [.models],
    help: "Keep layers that give what another one gives.", label: "duplicates",
    hint: "layers with the output of another", python: "keeps_duplicates")

  /// The half width of intervals at which to stop.
  public static let untilCI = RecipeOption(
    "until-ci", .number, for: [.features, .models, .backend],
    help: """
      Stop early once the 95 % interval of every cell is within plus or minus this in two looks in \
      a row; looked at from \(IntervalLooks.fewestMinibatches) minibatches on.
      """, hint: "stop once every 95 % interval is within ± this")

  /// How many scores of minibatches are kept.
  public static let keep = RecipeOption(
    "keep",
    .checked(
      Check(expected: "a number of bytes such as 64M or 1G, or 'sums'") {
        KeepPolicy(text: $0) != nil
      }), for: [.features, .models, .backend], standard: "256M",
    help: "Scores of minibatches to keep: bytes such as 64M or 1G, or 'sums'.",
    hint: "bytes for scores of minibatches: 256M; or sums")

  /// How often samples are permuted.
  public static let null = RecipeOption(
    "null", .whole(NullPlan.fewestDraws...NullPlan.mostDraws), for: [.features, .models, .backend],
    standard: "not at all",
    help: """
      Permute the samples so often, and say for each cell how often unrelated samples give as much; \
      200 are usual.
      """, hint: "none; permutations of the samples, such as 200")

  /// What those permutations are drawn by.
  public static let nullSeed = RecipeOption(
    "null-seed", .whole(seeds), for: [.features, .models, .backend], standard: "0",
    help: "What those permutations are drawn by, a number; kept in the result.",
    hint: "of those permutations; 0")

  /// Whether a bad minibatch costs itself, not the layer.
  public static let skipBad = RecipeOption(
    "skip-bad", .truth(), for: [.features, .models, .backend],
    help: """
      Leave out a minibatch in which a layer has NaN or no Gram matrix, for all layers, instead of \
      the layer.
      """, hint: "a minibatch with NaN costs itself, not the layer")

  /// Threads.
  public static let threads = RecipeOption(
    "threads", .whole(1...4096), for: [.features, .models, .backend],
    standard: "one for each processor", help: "Threads.", hint: "one for each processor",
    python: "threads", identifies: false)

  /// The Python that runs models.
  public static let python = RecipeOption(
    "python", .program, for: [.models],
    standard: "$CKA_PYTHON, the active environment, python3", help: "The Python to run.",
    hint: "the interpreter: $CKA_PYTHON, a virtual environment, python3")

  /// A command that sends Gram matrices.
  public static let backend = RecipeOption(
    "backend", .text, for: [.backend],
    help: "A command that sends Gram matrices, run by the shell instead of reading files.",
    place: .none, hint: "a command that sends Gram matrices")

  /// Seconds of silence that are borne.
  public static let patience = RecipeOption(
    "patience", .number, for: [.models, .backend], standard: "600",
    help: "Seconds of silence after which a backend counts as stalled.", place: .none,
    hint: "seconds of silence after which a backend counts as stalled")

  /// All options, in the order in which they are written and the form has them.
  public static let table: [RecipeOption] = [
    data, data2, output, batchSize, maxBatches, layers, types, pool, tokens, axes, layout, device,
    estimator, kernel, weighting, precision, dtype, seed, shuffle, tf32, keepDuplicates, untilCI,
    keep, null, nullSeed, skipBad, threads, python, backend, patience,
  ]

  /// The option of a name; nil when there is none.
  public static func named(_ name: String) -> RecipeOption? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: table.map { ($0.name, $0) })
  private static let seeds = 0...Int(UInt32.max)
}

extension KeepPolicy {
  /// The policy that a number of bytes, with K, M or G behind it, or `sums` spells; nil for all else.
  public init?(text: String) {
    if text == "sums" {
      self = .sumsOnly
      return
    }
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = text.last.flatMap { units[$0] }
    let (bytes, overflow) = (Int(unit == nil ? text : String(text.dropLast())) ?? -1)
      .multipliedReportingOverflow(by: unit ?? 1)
    guard !overflow, bytes >= 0 else { return nil }
    self = .upTo(bytes: bytes)
  }
}
