import Core

/// A file whose arrays all stand in its bytes as they are: safetensors, npy, torch.save, pickle.
final class ArrayFeatureFile: FeatureFile {
  let format: String
  let entries: [FeatureEntry]
  let region: ByteRegion?
  let warnings: [String]
  private let contents: [Content]

  private enum Content: Sendable {
    case array(NDArray)
    case texts([String])
    case nothing
  }

  /// The tensors of `file`.
  init(_ file: SafetensorsFile, region: ByteRegion) {
    format = "safetensors"
    self.region = region
    warnings = []
    entries = file.tensors.map {
      FeatureEntry(name: $0.name, content: .numbers($0.array.type, shape: $0.array.shape))
    }
    contents = file.tensors.map { .array($0.array) }
  }

  /// The arrays of `file`; nested dictionaries become names with slashes.
  /// - Throws: when there is neither an array nor a dictionary.
  init(_ file: ReadValue, region: ByteRegion) throws(FormatError) {
    format = file.format.description
    self.region = region
    warnings = file.warnings
    var listing = Listing()
    switch file.value {
    case .dictionary, .array: listing.add(file.value, name: "")
    default:
      throw FormatError(
        "\(file.value.kind) where a dictionary of arrays should be",
        remedy: "save a dictionary of arrays named MODEL/LAYER")
    }
    entries = listing.entries
    contents = listing.contents
  }

  func rows(_ rows: Range<Int>, of entry: Int) throws(FormatError) -> NDArray {
    guard case .array(let array) = contents[entry] else { throw FormatError("no array") }
    return array.rows(rows)
  }

  func texts(of entry: Int) throws(FormatError) -> [String] {
    guard case .texts(let texts) = contents[entry] else { throw FormatError("no texts") }
    return texts
  }

  /// A value taken apart. Readers bound how deep values nest.
  private struct Listing {
    var entries: [FeatureEntry] = []
    var contents: [Content] = []

    mutating func add(_ value: Value, name: String) {
      switch value {
      case .dictionary(let members):
        for member in members {
          let key = member.key.text ?? "?"
          add(member.value, name: name.isEmpty ? key : name + "/" + key)
        }
      case .array(let array):
        append(name, .numbers(array.type, shape: array.shape), .array(array))
      case .strings(let texts, _): append(name, .texts, .texts(texts))
      case .list(let values), .tuple(let values):
        let texts = values.compactMap(\.text)
        if texts.count == values.count, !texts.isEmpty {
          append(name, .texts, .texts(texts))
        } else {
          append(name, .other(value.kind), .nothing)
        }
      default: append(name, .other(value.kind), .nothing)
      }
    }

    private mutating func append(
      _ name: String, _ content: FeatureEntry.Content, _ value: Content
    ) {
      entries.append(FeatureEntry(name: name, content: content))
      contents.append(value)
    }
  }
}
