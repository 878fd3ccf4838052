import Core

/// What a file of activations holds under one name.
struct FeatureEntry: Sendable {
  enum Content: Sendable {
    /// An array of numbers.
    case numbers(ScalarType, shape: [Int])
    /// Texts or whole numbers in a list, which may tell samples apart.
    case texts
    /// An array that cannot be read, and why.
    case refused(FormatError)
    /// No array at all: what it is, in words.
    case other(String)
  }

  /// The name in the file; empty for the only array of a file that gives it none.
  var name: String
  var content: Content
  /// Where it stands in a list of arrays, if it does.
  var list: ListPlace?

  /// Type and shape of an array of numbers; nil for all else.
  var numbers: (type: ScalarType, shape: [Int])? {
    if case .numbers(let type, let shape) = content { (type, shape) } else { nil }
  }
}

/// An open file of activations, which hands out the samples that are asked for.
protocol FeatureFile: AnyObject, Sendable {
  /// The container as a person would name it.
  var format: String { get }
  /// What the file holds, in its own order.
  var entries: [FeatureEntry] { get }
  /// The bytes of the file that views lie in; nil where there are none.
  var region: ByteRegion? { get }
  /// What was passed over; one line each, safe to show.
  var warnings: [String] { get }

  /// The part `box` of the array `entry`, a range on each axis: a view where the file allows it, a
  /// copy elsewhere.
  /// - Precondition: `entries[entry]` is numbers of at least one axis, and `box` lies in it.
  func part(_ box: [Range<Int>], of entry: Int) throws(FormatError) -> NDArray
  /// The texts of `entry`.
  /// - Precondition: `entries[entry]` is texts.
  func texts(of entry: Int) throws(FormatError) -> [String]
}

extension FeatureFile {
  /// Positions `rows` of the first axis of the array `entry`.
  func rows(_ rows: Range<Int>, of entry: Int) throws(FormatError) -> NDArray {
    guard let shape = entries[entry].numbers?.shape, !shape.isEmpty else {
      throw FormatError(.missing, "no array")
    }
    return try part([rows] + shape.dropFirst().map { 0..<$0 }, of: entry)
  }
}

/// The one door to files of activations.
enum FeatureFiles {
  /// Files from this size are mapped. Lower than for results: many are open at a time.
  private static let mappedFrom = 1 << 20

  /// Opens the file at `path`: headers are read, numbers are not.
  /// - Throws: `FormatError` without the file's name, which the caller knows.
  static func open(path: String) throws(FormatError) -> any FeatureFile {
    let region = try MappedFile.region(path: path, mappingFrom: mappedFrom)
    switch try Signature.format(of: region) {
    case .safetensors:
      let file = try SafetensorsFile(region: region)
      guard !ResultBundle.matches(file) else {
        throw FormatError(
          .foreign, "this is a result of cka, not activations", remedy: "open it with cka FILE")
      }
      return ArrayFeatureFile(file, region: region)
    case .npy: return try ArrayFeatureFile(try NpyReader.read(region: region), region: region)
    case .zip:
      let archive = try ZipArchive(region, readsInPlace: true)
      guard archive.torchPickle == nil else {
        return try ArrayFeatureFile(try TorchReader.readZip(archive), region: region)
      }
      return try NpzFeatureFile(archive, region: region)
    case .torchLegacy:
      return try ArrayFeatureFile(try TorchReader.readLegacy(region: region), region: region)
    case .pickle:
      return try ArrayFeatureFile(try PickleReader.read(region: region), region: region)
    case .hdf5: return try HDF5FeatureFile(path: path, region: region)
    case .gzip:
      throw FormatError(
        .unsupported, "activations inside gzip", remedy: "unpack the file with gunzip")
    case .json, .yamlIndex, .text:
      throw FormatError(
        .foreign, "text, not saved activations",
        remedy: "save arrays as safetensors, npz, npy, pt or HDF5")
    }
  }
}
