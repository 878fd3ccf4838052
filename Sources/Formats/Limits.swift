/// What untrusted bytes may make us do, at most. Each is far above any real result.
enum Limits {
  /// Elements of one matrix: 30,000 × 30,000 stands above it only when it is not really stored.
  static let cells = 400_000_000
  /// Elements of one array. Arrays are views of bytes that are there, so this only keeps arithmetic
  /// in range; activations have billions of elements.
  static let elements = 1 << 40
  /// Layers on one axis.
  static let layers = 100_000
  /// Results in one file.
  static let resultsPerFile = 10_000
  /// How deep values may nest.
  static let depth = 64
  /// Bytes that a compressed stream may grow to.
  static let inflatedBytes = 1 << 32
  /// Bytes that a file may unpack to however small it is.
  static let unquestionedBytes = 64 << 20
  /// Beyond those, most unpacked bytes for each byte of the file. Weights and activations reach 1.1,
  /// those with many zeros 10; a file of nothing but zeros reaches 1000.
  static let unpackingRatio = 100

  /// Most bytes that a file of `packed` bytes may unpack to.
  static func unpacked(from packed: Int) -> Int {
    let (bytes, overflow) = packed.multipliedReportingOverflow(by: unpackingRatio)
    return overflow ? Int.max : max(unquestionedBytes, bytes)
  }
  /// Bytes of all values that are read from one HDF5 file.
  static let hdf5Bytes = 1 << 30
  /// Members of an archive.
  static let archiveMembers = 10_000
  /// Bytes of a safetensors header (the format's own cap).
  static let safetensorsHeader = 100_000_000
}
