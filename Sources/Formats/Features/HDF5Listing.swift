import CHDF5
import Core

/// The datasets of an HDF5 file, without their values. As everywhere, only what stands in the file
/// itself counts: links out of it are not followed.
struct HDF5Listing: Sendable {
  struct Dataset: Sendable {
    /// The element type; nil for what is not an array of numbers.
    var type: HDF5Type?
    var shape: [Int]
    /// Where the values begin, when the file holds them in one piece as they are.
    var offset: Int?
    /// MATLAB wrote it: its first axis runs fastest, so that libhdf5 counts them the other way
    /// round than MATLAB does. `shape` is libhdf5's, the entry's shape MATLAB's.
    var isReversed = false
  }

  var entries: [FeatureEntry] = []
  var datasets: [Dataset] = []
  var warnings: [String] = []
  private let fileSize: Int
  private var objectsLeft = Limits.featureArrays

  init(fileSize: Int) { self.fileSize = fileSize }

  /// Whether there are datasets that only libhdf5 can read.
  var needsLibrary: Bool {
    zip(entries, datasets).contains { entry, dataset in
      switch entry.content {
      case .numbers: dataset.offset == nil
      case .texts: true
      case .refused, .other: false
      }
    }
  }

  /// Adds what the group `id` and the groups in it hold, in the order of the library, which is by
  /// name.
  mutating func group(_ id: hid_t, path: String, depth: Int) throws(FormatError) {
    let place = SafeText.sanitise(path)
    let count = try HDF5Walk.links(
      id, place: place, depth: depth, objectsLeft: &objectsLeft, most: Limits.featureArrays)
    for index in 0..<count {
      let name = try HDF5Walk.name(place: place) { Int(cka_h5_link_name(id, index, $0, $1)) }
      let child = path.isEmpty ? name : path + "/" + name
      // MATLAB keeps the contents of its cell arrays there.
      if path.isEmpty, ["#refs#", "#subsystem#"].contains(name) { continue }
      guard cka_h5_link_is_hard(id, index) != 0 else {
        warnings.append("'\(SafeText.sanitise(child))' is a link and was not followed")
        continue
      }
      let object = HDF5Handle(cka_h5_open_object(id, index))
      guard object.isValid else {
        throw FormatError(.damaged, "a damaged member", at: SafeText.sanitise(child))
      }
      switch H5Iget_type(object.id) {
      case H5I_GROUP where MATLABClass.isSparse(object.id):
        entries.append(FeatureEntry(name: child, content: .other("a sparse MATLAB matrix")))
        datasets.append(Dataset(type: nil, shape: [], offset: nil))
      case H5I_GROUP: try group(object.id, path: child, depth: depth + 1)
      case H5I_DATASET: add(object, name: child)
      default: break
      }
    }
  }

  /// The extent of `space`; nil when it has none, or one that no array of ours may have.
  static func shape(of space: HDF5Handle) -> [Int]? {
    guard space.isValid, H5Sget_simple_extent_type(space.id) != H5S_NULL else { return nil }
    let rank = H5Sget_simple_extent_ndims(space.id)
    guard rank >= 0, rank <= Int32(NDArray.mostAxes) else { return nil }
    var sizes = [hsize_t](repeating: 0, count: Int(rank))
    guard rank == 0 || H5Sget_simple_extent_dims(space.id, &sizes, nil) == rank else { return nil }
    let shape = sizes.compactMap { Int(exactly: $0) }
    guard shape.count == sizes.count, (try? NDArray.count(of: shape)) != nil else { return nil }
    return shape
  }

  private mutating func add(_ dataset: HDF5Handle, name: String) {
    let type = HDF5Handle(H5Dget_type(dataset.id))
    let shape = Self.shape(of: HDF5Handle(H5Dget_space(dataset.id)))
    let scalar = type.isValid ? HDF5Type(type.id) : nil
    let isReversed = MATLABClass.isNumeric(dataset.id)
    let content: FeatureEntry.Content
    if cka_h5_is_self_contained(dataset.id) == 0 {
      content = .refused(
        FormatError(
          .unsupported, "its values stand in another file", remedy: "copy them into this one"))
    } else if let kind = MATLABClass.stranger(dataset.id) {
      content = .other(kind)
    } else if let scalar, let shape {
      content = .numbers(scalar.type, shape: isReversed ? shape.reversed() : shape)
    } else if shape != nil, H5Tget_class(type.id) == H5T_STRING {
      content = .texts
    } else {
      content = .other("neither numbers nor text")
    }
    entries.append(FeatureEntry(name: name, content: content))
    datasets.append(
      Dataset(
        type: scalar, shape: shape ?? [],
        offset: offset(of: dataset, shape: shape ?? [], elementSize: scalar?.type.size ?? 0),
        isReversed: isReversed))
  }

  /// Offset of a dataset that is contiguous and wholly in the file; undefined ones are all ones.
  private func offset(of dataset: HDF5Handle, shape: [Int], elementSize: Int) -> Int? {
    guard let offset = Int(exactly: H5Dget_offset(dataset.id)),
      let count = try? NDArray.count(of: shape),  // so small that its bytes are no overflow
      count > 0, offset > 0, offset <= fileSize, count * elementSize <= fileSize - offset
    else { return nil }
    return offset
  }
}

// MARK: Between processes

extension HDF5Listing {
  /// The listing as a child sends it: for each name a kind, and what belongs to it.
  var value: Value {
    .dictionary(
      zip(entries, datasets).map { entry, dataset in
        let fields: [String] =
          switch entry.content {
          case .numbers(let type, let shape):
            [
              dataset.isReversed ? "MATLAB numbers" : "numbers", type.rawValue,
              dataset.type?.swapped == true ? "big" : "little",
              dataset.offset.map(String.init) ?? "",
            ] + (dataset.isReversed ? shape.reversed() : shape).map(String.init)
          case .texts: ["texts"]
          case .refused(let error): ["refused", error.kind.rawValue, error.problem, error.remedy]
          case .other(let kind): ["other", kind]
          }
        return (.string(entry.name), .strings(fields, shape: [fields.count]))
      })
  }

  /// The listing that a child sent. Nothing in it is trusted: shapes and offsets are held against
  /// the file's bytes when a view is made.
  init(_ value: Value) throws(FormatError) {
    fileSize = 0
    guard case .dictionary(let members) = value else { throw Self.nonsense }
    for member in members {
      guard let name = member.key.text, case .strings(let fields, _) = member.value else {
        throw Self.nonsense
      }
      let (content, dataset) = try Self.decode(fields)
      entries.append(FeatureEntry(name: name, content: content))
      datasets.append(dataset)
    }
  }

  private static func decode(
    _ fields: [String]
  ) throws(FormatError) -> (FeatureEntry.Content, Dataset) {
    let nothing = Dataset(type: nil, shape: [], offset: nil)
    switch (fields.first, fields.count) {
    case ("texts", 1): return (.texts, nothing)
    case ("refused", 4):
      guard let kind = FormatError.Kind(rawValue: fields[1]) else { throw nonsense }
      return (.refused(FormatError(kind, fields[2], remedy: fields[3])), nothing)
    case ("other", 2): return (.other(fields[1]), nothing)
    case ("numbers", 4...), ("MATLAB numbers", 4...):
      let shape = fields[4...].compactMap { Int($0) }
      guard let type = ScalarType(rawValue: fields[1]), shape.count == fields.count - 4 else {
        throw nonsense
      }
      _ = try NDArray.count(of: shape)
      let isReversed = fields[0] != "numbers"
      let dataset = Dataset(
        type: HDF5Type(type: type, swapped: fields[2] == "big"), shape: shape,
        offset: Int(fields[3]), isReversed: isReversed)
      return (.numbers(type, shape: isReversed ? shape.reversed() : shape), dataset)
    default: throw nonsense
    }
  }

  private static let nonsense = HDF5Failure.nonsense.error
}
