import Core

/// A file whose arrays all stand in its bytes as they are: safetensors, npy, torch.save, pickle.
final class ArrayFeatureFile: FeatureFile {
  let format: String
  let entries: [FeatureEntry]
  let region: ByteRegion?
  let warnings: [String]
  private let contents: [ValueListing.Content]

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
    warnings = file.warnings.map(\.description)
    var listing = ValueListing()
    switch file.value {
    case .dictionary, .array, .list, .tuple: listing.add(file.value, name: "", place: nil)
    default:
      throw FormatError(
        .wrongType, "\(file.value.kind) where a dictionary of arrays should be",
        remedy: "save a dictionary of arrays named MODEL/LAYER")
    }
    guard file.value.holdsArray(depth: 0) else {
      throw FormatError(
        .empty, "\(file.value.kind) without an array in it",
        remedy: "save a dictionary of arrays named MODEL/LAYER, or a list of arrays")
    }
    entries = listing.entries
    contents = listing.contents
  }

  func part(_ box: [Range<Int>], of entry: Int) throws(FormatError) -> NDArray {
    guard case .array(let array) = contents[entry] else { throw FormatError(.missing, "no array") }
    return array.part(box)
  }

  func texts(of entry: Int) throws(FormatError) -> [String] {
    guard case .texts(let texts) = contents[entry] else { throw FormatError(.missing, "no texts") }
    return texts
  }
}
