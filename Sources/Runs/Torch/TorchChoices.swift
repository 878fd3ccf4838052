import Core
import Formats
import Recipe
import TorchBackend

/// The choices that a study of models makes, checked before Python is started.
public enum TorchChoices {
  /// - Throws: one line that names the choice that does not exist, or what is missing.
  public static func check(_ recipe: StudyFile) throws(FormatError) {
    guard let study = recipe.models else { return }
    guard !study.models.isEmpty else {
      throw FormatError("no models", remedy: "name some, such as torchvision:resnet18")
    }
    guard study.data != nil else {
      throw FormatError("nothing says what the models see", remedy: "add --data, such as digits")
    }
    _ = try TorchCommand.specifications(study)
    if let tokens = study.tokens, TokenChoice(tokens) == nil {
      throw FormatError(
        "tokens must be \(TokenChoice.words), not '\(SafeText.sanitise(tokens))'")
    }
    if let seed = study.seed, !(0..<1 << 32).contains(seed) {
      throw FormatError("seed must be 0 to 4294967295, not \(seed)")
    }
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
