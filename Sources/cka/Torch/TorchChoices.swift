import Core
import Formats
import TorchBackend

/// The choices that a study of models makes, checked before Python is started.
enum TorchChoices {
  /// - Throws: one line that names the choice that does not exist, or what is missing.
  static func check(_ recipe: StudyFile) throws(FormatError) {
    guard let study = recipe.models else { return }
    guard !study.models.isEmpty else {
      throw FormatError("no models", remedy: "name some, such as torchvision:resnet18")
    }
    guard study.data != nil else {
      throw FormatError("nothing says what the models see", remedy: "add --data, such as digits")
    }
    _ = try TorchCommand.specifications(study)
    try check("tokens", study.tokens, ["flatten", "mean", "class"])
    try check("dtype", study.dtype, ["float32", "float64", "bfloat16", "float16"])
    let device = #/auto|cpu|cuda(:\d{1,3})?/#
    for name in study.device?.split(separator: ",", omittingEmptySubsequences: false) ?? []
    where name.wholeMatch(of: device) == nil {
      throw FormatError(
        "device must be auto, cpu, cuda or cuda:NUMBER, or a list of them, not "
          + "'\(SafeText.sanitise(String(name)))'")
    }
    if let count = study.maxBatches, count < 1 {
      throw FormatError("max-batches must be at least 1, not \(count)")
    }
    if recipe.batchSize == .all {
      throw FormatError("batch-size must be a number for models: all samples may not fit")
    }
    if recipe.layout != nil { throw FormatError("layout is for saved activations, not for models") }
    if recipe.axes != nil { throw FormatError("axes is for saved activations, not for models") }
  }

  private static func check(
    _ name: String, _ text: String?, _ known: [String]
  ) throws(FormatError) {
    guard let text, !known.contains(text) else { return }
    let list = known.dropLast().joined(separator: ", ") + " or " + (known.last ?? "")
    throw FormatError("\(name) must be \(list), not '\(SafeText.sanitise(text))'")
  }
}
