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
  /// Bytes of all values that are read from one HDF5 file.
  static let hdf5Bytes = 1 << 30
  /// Members of an archive.
  static let archiveMembers = 10_000
  /// Datasets of an HDF5 file of activations: some have one for each sentence of a corpus.
  static let featureArrays = 100_000
  /// Bytes of a safetensors header (the format's own cap).
  static let safetensorsHeader = 100_000_000
}
