import Core
import Formats
import Foundation
import Recipe

/// What Python is asked: models and data taken apart, and every choice, as one JSON text. Python
/// reads no specification by itself.
struct TorchRequest {
  private var fields: [(key: String, value: String)] = []

  /// The request of `recipe`, whose models are those of `study`.
  init(_ recipe: StudyFile, _ study: ModelStudy) throws(FormatError) {
    let specifications = try TorchCommand.specifications(study)
    for (key, role, list) in [
      ("models", Specification.Role.model, specifications.models),
      ("data", .data, specifications.data),
    ] {
      let names = Specification.names(of: list, as: role)
      add(key, "[\(zip(list, names).map(Self.json).joined(separator: ", "))]")
    }
    switch recipe.batchSize {
    case .all: add("batch_size", "null")
    case .samples(let count): add("batch_size", "\(count)")
    case nil: break
    }
    add("max_batches", study.maxBatches.map(String.init))
    add("layers", recipe.layers.map(JSONText.string))
    add("types", study.types.map(JSONText.string))
    add("pool", recipe.pool.map { JSONText.string($0.rawValue) })
    if let choice = study.tokens.flatMap({ TokenChoice($0) }) {
      add("tokens", JSONText.string(choice.take.rawValue))
      add("tokens_per_sample", choice.perSample.map(String.init))
      add("keeps_padding", "\(choice.keepsPadding)")
    }
    add("device", study.device.map(JSONText.string))
    add("dtype", study.dtype.map(JSONText.string))
    add("precision", recipe.precision.map(JSONText.string))
    add("seed", study.seed.map(String.init))
    if let shuffle = recipe.shuffle {
      add("shuffle", shuffle < 0 ? "\"none\"" : "\(shuffle)")
    }
    add("tf32", study.tf32.map { "\($0)" })
    add("keeps_duplicates", study.keepDuplicates.map { "\($0)" })
    add("threads", recipe.threads.map(String.init))
  }

  /// The JSON text.
  var json: String {
    "{" + fields.map { "\(JSONText.string($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
  }

  private mutating func add(_ key: String, _ value: String?) {
    if let value { fields.append((key, value)) }
  }

  private static func json(_ specification: Specification, _ name: SpecificationName) -> String {
    let options = specification.options.map { option in
      "\(JSONText.string(option.key)): \(json(option.value))"
    }
    let wanted = name.wanted.map(JSONText.string) ?? "null"
    return "{\"text\": \(JSONText.string(specification.unnamed)), "
      + "\"name\": \(JSONText.string(name.name)), \"wanted\": \(wanted), "
      + "\"kind\": \(JSONText.string(specification.kind)), "
      + "\"target\": \(JSONText.string(specification.target ?? "")), "
      + "\"options\": {\(options.joined(separator: ", "))}}"
  }

  private static func json(_ value: OptionValue) -> String {
    switch value {
    case .none: "null"
    case .truth(let truth): "\(truth)"
    case .whole(let number): "\(number)"
    case .number(let number): JSONText.number(number)
    case .text(let text): JSONText.string(text)
    }
  }
}
