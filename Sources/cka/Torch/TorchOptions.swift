import ArgumentParser
import CKACore
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

  @Option(help: "Tokens: flatten them, take their mean, or the class token. (default: flatten)")
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

  /// The first option that was given; nil when none was.
  var first: String? {
    let given: [(String, Bool)] = [
      ("data", data != nil), ("data2", data2 != nil), ("max-batches", maxBatches != nil),
      ("types", types != nil), ("tokens", tokens != nil), ("device", device != nil),
      ("dtype", dtype != nil), ("tf32", tf32), ("keep-duplicates", keepDuplicates),
      ("seed", seed != nil), ("python", python != nil),
    ]
    return given.first { $0.1 }?.0
  }

  /// Puts what was given in the place of what `study` says.
  func override(_ study: inout ModelStudy) {
    study.data = data ?? study.data
    study.secondData = data2 ?? study.secondData
    study.maxBatches = maxBatches ?? study.maxBatches
    study.types = types ?? study.types
    study.tokens = tokens ?? study.tokens
    study.device = device ?? study.device
    study.dtype = dtype ?? study.dtype
    if tf32 { study.tf32 = true }
    if keepDuplicates { study.keepDuplicates = true }
    study.seed = seed ?? study.seed
    study.python = python ?? study.python
  }
}
