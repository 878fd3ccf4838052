import Core
import Recipe
import Glibc
import Yams

/// Reads ckatorch's pair: an index in JSON or YAML that names models and layers, and the
/// safetensors file beside it that holds the matrix under `cka`.
///
/// The index stores an absolute path. Where that is gone, a file of the same name beside the index
/// is meant.
enum CkatorchReader {
  /// Whether `value` is such an index.
  static func isIndex(_ value: Value) -> Bool {
    guard case .dictionary(let entries) = value, case .dictionary? = entries["cka_matrix"] else {
      return false
    }
    return entries["CKA"] == nil
  }

  /// The pair that the index `value` at `path` describes, as torch_cka's dictionary.
  static func read(index value: Value, path: String) throws(FormatError) -> ReadValue {
    guard case .dictionary(let entries) = value,
      case .dictionary(let reference)? = entries["cka_matrix"],
      case .string(let target)? = reference["path"]
    else { throw FormatError(.missing, "the ckatorch index has no path", at: "key 'cka_matrix'") }
    let (name, region) = try matrixFile(target, besideIndex: path)
    let file: SafetensorsFile
    do throws(FormatError) {
      file = try SafetensorsFile(region: region)
    } catch {
      throw FormatError(
        error.kind, "'\(SafeText.sanitise(name))': \(error.problem)", at: error.place,
        remedy: error.remedy)
    }
    guard let matrix = file.tensor("cka") else {
      throw FormatError(.missing, "'\(SafeText.sanitise(name))' has no tensor 'cka'")
    }
    var result: [(key: Value, value: Value)] = [(.string("CKA"), .array(matrix))]
    for (number, key) in [(1, "first_model"), (2, "second_model")] {
      guard case .dictionary(let model)? = entries[key] else { continue }
      if let name = model["name"] { result.append((.string("model\(number)_name"), name)) }
      if let layers = model["layers"] {
        result.append((.string("model\(number)_layers"), layers))
      }
    }
    return ReadValue(value: .dictionary(result), format: .ckatorch)
  }

  /// The file that `target` names, or the one beside the index with the same last component.
  private static func matrixFile(
    _ target: String, besideIndex path: String
  ) throws(FormatError) -> (name: String, region: ByteRegion) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let last = String(target.split(separator: "/").last ?? "")
    guard !last.isEmpty, last != ".." else {
      throw FormatError(.missing, "the ckatorch index has no path", at: "key 'cka_matrix'")
    }
    let candidates = [target.hasPrefix("/") ? target : folder + target, folder + last]
    // A missing file is only an answer when the other place has none either; one that is there and
    // does not open says why, unless the other one serves.
    var failure: FormatError?
    for candidate in candidates where access(candidate, F_OK) == 0 {
      do throws(FormatError) {
        return (candidate, try MappedFile.region(path: candidate))
      } catch {
        let problem = "'\(SafeText.sanitise(candidate))': \(error.problem)"
        failure = failure ?? FormatError(error.kind, problem, at: error.place, remedy: error.remedy)
      }
    }
    if let failure { throw failure }
    throw FormatError(
      .missing,
      "the matrix '\(SafeText.sanitise(last))' is not where the index says, nor beside it",
      at: "key 'cka_matrix'", remedy: "copy the safetensors file next to the index")
  }
}

// MARK: YAML

extension CkatorchReader {
  /// Whether `bytes` look like a YAML index: the key `cka_matrix` begins a line.
  static func matchesYAML(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= YAMLLimits.bytes else { return false }
    return bytes.split(separator: 0x0A).contains { $0.starts(with: "cka_matrix:".utf8) }
  }

  /// The index that `region` spells in YAML; only the parts that an index has are looked at.
  static func yamlIndex(region: ByteRegion) throws(FormatError) -> Value {
    guard let text = String(validating: region.bytes, as: UTF8.self) else {
      throw FormatError(.syntax, "the YAML text is not UTF-8")
    }
    do throws(YAMLLimits.Excess) { try YAMLLimits.check(text) } catch {
      throw FormatError(.tooLarge, error.problem, at: error.place)
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw FormatError(.syntax, "not valid YAML: \(SafeText.sanitise(String(describing: error)))")
    }
    return .dictionary([
      (.string("cka_matrix"), .dictionary(fields(["path"], of: node?["cka_matrix"]))),
      (.string("first_model"), .dictionary(fields(["name", "layers"], of: node?["first_model"]))),
      (
        .string("second_model"), .dictionary(fields(["name", "layers"], of: node?["second_model"]))
      ),
    ])
  }

  private static func fields(
    _ keys: [String], of node: Node?
  ) -> [(key: Value, value: Value)] {
    keys.compactMap { key in
      guard let field = node?[key] else { return nil }
      if let text = field.string { return (.string(key), .string(text)) }
      guard let elements = field.sequence else { return nil }
      return (.string(key), .list(elements.map { $0.string.map { .string($0) } ?? .none }))
    }
  }
}
