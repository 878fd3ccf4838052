import Core

/// An HDF5 file: datasets by their paths. What stands in the file in one piece is a view of it;
/// what is in chunks is read when it is asked for.
///
/// libhdf5 runs in a process of its own where `HDF5Service.use` named one: it crashes on some
/// damaged files.
final class HDF5FeatureFile: FeatureFile {
  let format = "HDF5"
  let entries: [FeatureEntry]
  let region: ByteRegion?
  let warnings: [String]
  private let datasets: [HDF5Listing.Dataset]
  /// Reads what is in chunks and what is text; nil when nothing is, or this process reads itself.
  private let server: HDF5Server?

  /// The datasets of the file at `path`, whose bytes are `region`.
  init(path: String, region: ByteRegion) throws(FormatError) {
    var listing: HDF5Listing
    var server: HDF5Server?
    if let command = HDF5Child.command {
      let started = try HDF5Server(command, path: path)
      let answer = try started.listing()
      listing = try HDF5Listing(answer.value)
      listing.warnings = answer.warnings.map(\.description)
      server = started
    } else {
      listing = try HDF5Reader.locked { () throws(FormatError) in
        try HDF5Datasets(region).listing
      }
    }
    let reversed = listing.datasets.contains { $0.isReversed && $0.shape.count > 1 }
    warnings =
      listing.warnings
      + (reversed ? ["MATLAB wrote it, and its axes are taken in MATLAB's order"] : [])
    entries = listing.entries
    datasets = listing.datasets
    self.region = region
    // Where all is in one piece, the mapping is enough.
    self.server = listing.needsLibrary ? server : nil
  }

  func part(_ box: [Range<Int>], of entry: Int) throws(FormatError) -> NDArray {
    let dataset = datasets[entry]
    guard dataset.isReversed else { return try stored(box, of: entry) }
    return try stored(box.reversed(), of: entry).reversed()
  }

  /// The part `box` of a dataset, with its axes in the order in which libhdf5 counts them.
  private func stored(_ box: [Range<Int>], of entry: Int) throws(FormatError) -> NDArray {
    let dataset = datasets[entry]
    guard let type = dataset.type else { throw FormatError(.missing, "no array") }
    if let offset = dataset.offset, let region, offset >= 0, offset <= region.count,
      let data = ByteSlice(region).part(from: offset, count: region.count - offset)
    {
      let whole = try NDArray(
        type: type.type, shape: dataset.shape, packedIn: data, swapped: type.swapped)
      return whole.part(box)
    }
    guard let server else {
      return try here { file throws(FormatError) in try file.part(box, of: entry) }
    }
    let shape = box.map(\.count)
    // The whole array is within the limit on elements.
    let bytes = try server.part(box, of: entry, count: shape.reduce(type.type.size, *))
    return try NDArray(
      type: type.type, shape: shape, packedIn: ByteSlice(bytes), swapped: type.swapped)
  }

  func texts(of entry: Int) throws(FormatError) -> [String] {
    let value: Value
    if let server {
      value = try server.texts(of: entry)
    } else {
      value = try here { file throws(FormatError) in try file.texts(of: entry) }
    }
    if case .strings(let texts, _) = value { return texts }
    return value.text.map { [$0] } ?? []
  }

  /// What `read` makes of the file in this very process.
  private func here<T: Sendable>(
    _ read: (HDF5Datasets) throws(FormatError) -> T
  ) throws(FormatError) -> T {
    guard let region else { throw FormatError(.missing, "no bytes to read") }
    return try HDF5Reader.locked { () throws(FormatError) in try read(try HDF5Datasets(region)) }
  }
}
