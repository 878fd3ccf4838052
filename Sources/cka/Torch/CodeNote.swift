import Core
import Formats
import Recipe
import TorchBackend

/// Says whose code a comparison runs, before it does: what the form says too, from the same values.
enum CodeNote {
  /// "runs code from nets.py, github.com/OWNER/REPO"; nil where only installed packages run.
  static func line(_ options: ComputeOptions) throws(FormatError) -> String? {
    guard let study = try options.recipe().models else { return nil }
    let (models, data) = try TorchCommand.specifications(study)
    var sources = (models + data).code
    // A study file of somebody else's may name any program as its Python.
    if options.torch.python == nil, let python = study.python {
      sources.insert(SafeText.sanitise(python), at: 0)
    }
    return sources.isEmpty ? nil : "runs code from \(sources.joined(separator: ", "))"
  }
}
