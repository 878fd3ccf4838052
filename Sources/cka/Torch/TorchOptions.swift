import ArgumentParser
import Core
import Formats

/// What `cka compute torch` is told beside compute's own options.
struct TorchOptions: ParsableArguments {
  @Option(help: "What all models see, such as digits, npz:FILE or py:FILE.py:FUNCTION.")
  var data: String?

  @Option(help: "Further data: every model is compared on both, sample by sample.")
  var data2: String?

  @Option(help: "Most minibatches. (default: all)")
  var maxBatches: Int?

  @Option(help: "Only modules of these kinds, such as Conv2d,Linear.")
  var types: String?

  @Option(
    help: """
      Tokens: flatten them, take their mean, the class (first) token, or each as a sample: each for \
      all that memory allows, each:COUNT to draw so many of a sequence on average. Padding is left \
      out unless :padded follows. \
      (default: flatten)
      """)
  var tokens: String?

  @Option(help: "auto, cpu, cuda or cuda:1, or one for each model: cuda:0,cuda:1. (default: auto)")
  var device: String?

  @Option(help: "What models run in: float32, float64, bfloat16 or float16. (default: float32)")
  var dtype: String?

  @Flag(help: "Let a GPU round to TensorFloat-32.")
  var tf32 = false

  @Flag(help: "Keep layers that give what another one gives.")
  var keepDuplicates = false

  @Option(help: "The seed of everything random.")
  var seed: Int?

  @Option(
    help: "The Python to run. (default: $CKA_PYTHON, the active environment, python3)",
    completion: .file())
  var python: String?

  /// The first option that was given and means nothing for saved activations; nil when none was.
  var firstForModels: String? { given.first { $0.name != "tokens" }?.name }

  /// Puts what was given in the place of what `study` says.
  func override(_ study: inout ModelStudy) {
    for option in given { option.put(&study) }
  }

  private typealias Given = (name: String, put: (inout ModelStudy) -> Void)

  /// Every option that was given, and what it changes in a study.
  private var given: [Given] {
    func option<Value>(
      _ name: String, _ value: Value?, _ place: WritableKeyPath<ModelStudy, Value?>
    ) -> Given? {
      value.map { value in (name, { $0[keyPath: place] = value }) }
    }
    return [
      option("data", data, \.data), option("data2", data2, \.secondData),
      option("max-batches", maxBatches, \.maxBatches), option("types", types, \.types),
      option("tokens", tokens, \.tokens), option("device", device, \.device),
      option("dtype", dtype, \.dtype), option("tf32", tf32 ? true : nil, \.tf32),
      option("keep-duplicates", keepDuplicates ? true : nil, \.keepDuplicates),
      option("seed", seed, \.seed), option("python", python, \.python),
    ].compactMap(\.self)
  }
}
