import CHDF5
import CKACore
import Glibc

/// An HDF5 file: datasets by their paths. What stands in the file in one piece is a view of it; what is in
/// chunks is read when it is asked for.
///
/// libhdf5 runs in child processes, as it does for results: it crashes on some damaged files.
final class HDF5FeatureFile: FeatureFile {
  let format = "HDF5"
  let entries: [FeatureEntry]
  let region: ByteRegion?
  let warnings: [String]
  private let datasets: [HDF5Listing.Dataset]
  private let path: String
  /// Reads what is in chunks; nil where nothing is.
  private let server: HDF5Server?

  /// The datasets of the file at `path`, whose bytes are `region`.
  init(path: String, region: ByteRegion) throws(FormatError) {
    let size = region.count
    let answer = try Self.ask(path) { file throws(FormatError) in
      var listing = HDF5Listing(fileSize: size)
      try listing.group(file.id, path: "", depth: 0)
      return ReadValue(value: listing.value, format: "HDF5", warnings: listing.warnings)
    }
    let listing = try HDF5Listing(answer.value)
    entries = listing.entries
    datasets = listing.datasets
    warnings = answer.warnings
    self.path = path
    self.region = region
    // Now, and not at the first read: a process is best forked before its threads are at work.
    let isChunked = datasets.contains { $0.type != nil && $0.offset == nil }
    server = isChunked ? try Self.server(path, names: entries.map(\.name), datasets) : nil
  }

  func rows(_ rows: Range<Int>, of entry: Int) throws(FormatError) -> NDArray {
    let dataset = datasets[entry]
    guard let type = dataset.type else { throw FormatError("no array") }
    if let offset = dataset.offset, let region, offset >= 0, offset <= region.count,
      let data = ByteSlice(region).part(from: offset, count: region.count - offset)
    {
      let whole = try NDArray(
        type: type.type, shape: dataset.shape, packedIn: data, swapped: type.swapped)
      return whole.rows(rows)
    }
    guard let server else { throw FormatError("no array") }
    let shape = [rows.count] + dataset.shape.dropFirst()
    // The whole array is within the limit on elements.
    let count = shape.reduce(type.type.size, *)
    let bytes = try server.rows(rows, of: entry, count: count)
    return try NDArray(
      type: type.type, shape: shape, packedIn: ByteSlice(bytes), swapped: type.swapped)
  }

  func texts(of entry: Int) throws(FormatError) -> [String] {
    let answer = try ask(entry) { handle throws(FormatError) in
      do throws(HDF5Values.Unread) {
        var bytesLeft = Limits.hdf5Bytes
        return try HDF5Values(dataset: handle.id).value(bytesLeft: &bytesLeft)
      } catch {
        switch error {
        case .leftOut(let problem), .damaged(let problem): throw FormatError(problem)
        }
      }
    }
    if case .strings(let texts, _) = answer { return texts }
    return answer.text.map { [$0] } ?? []
  }

  /// What `read` makes of the dataset `entry`, in a child.
  private func ask(
    _ entry: Int, _ read: (HDF5Handle) throws(FormatError) -> Value
  ) throws(FormatError) -> Value {
    let name = entries[entry].name
    let answer = try Self.ask(path) { file throws(FormatError) in
      ReadValue(value: try read(try Self.open(name, in: file)), format: "HDF5")
    }
    return answer.value
  }

  /// What `read` makes of the file at `path`, in a child.
  private static func ask(
    _ path: String, _ read: (HDF5Handle) throws(FormatError) -> ReadValue
  ) throws(FormatError) -> ReadValue {
    let child = try HDF5Reader.locked { () throws(FormatError) in
      try HDF5Child { () throws(FormatError) in try read(try open(path)) }
    }
    return try HDF5Wire.decode(try child.output())
  }

  private static func server(
    _ path: String, names: [String], _ datasets: [HDF5Listing.Dataset]
  ) throws(FormatError) -> HDF5Server {
    try HDF5Reader.locked { () throws(FormatError) in
      try HDF5Server {
        () throws(FormatError) in
        try open(path)
      } read: { file, dataset, rows throws(FormatError) in
        try datasets[dataset].read(rows, from: try open(names[dataset], in: file))
      }
    }
  }

  private static func open(_ path: String) throws(FormatError) -> HDF5Handle {
    let file = HDF5Handle(cka_h5_open(path))
    guard file.isValid else {
      throw FormatError(
        "not a readable HDF5 file: its superblock is damaged or the file is cut short",
        remedy: "copy it again")
    }
    return file
  }

  private static func open(_ name: String, in file: HDF5Handle) throws(FormatError) -> HDF5Handle {
    let dataset = HDF5Handle(H5Dopen2(file.id, name, cka_h5_default()))
    guard dataset.isValid else { throw FormatError("the dataset is gone") }
    return dataset
  }
}

extension HDF5Listing.Dataset {
  /// Samples `rows` of the open dataset, as its elements are stored.
  fileprivate func read(
    _ rows: Range<Int>, from handle: HDF5Handle
  ) throws(FormatError) -> NDArray {
    guard let type else { throw FormatError("no array") }
    let shape = [rows.count] + shape.dropFirst()
    let bytes = try NDArray.count(of: shape) * type.type.size
    guard let memory = malloc(max(1, bytes)) else {
      throw FormatError("there is not enough memory to read \(bytes) bytes")
    }
    let region = ByteRegion(owning: UnsafeRawBufferPointer(start: memory, count: bytes)) {
      free(UnsafeMutableRawPointer(mutating: $0.baseAddress))
    }
    let space = HDF5Handle(H5Dget_space(handle.id))
    let fileType = HDF5Handle(H5Dget_type(handle.id))
    var start = [hsize_t](repeating: 0, count: shape.count)
    start[0] = hsize_t(rows.lowerBound)
    let count = shape.map { hsize_t($0) }
    let target = HDF5Handle(H5Screate_simple(Int32(shape.count), count, nil))
    // The shape is asked for again: the file may have been written anew since it was listed.
    guard space.isValid, fileType.isValid, target.isValid,
      HDF5Listing.shape(of: space) == self.shape, HDF5Type(fileType.id) == type,
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil) >= 0,
      H5Dread(handle.id, fileType.id, target.id, space.id, cka_h5_default(), memory) >= 0
    else {
      throw FormatError(
        "its values cannot be read", remedy: "copy the file again; it may be damaged")
    }
    return try NDArray(
      type: type.type, shape: shape, packedIn: ByteSlice(region), swapped: type.swapped)
  }
}
