import Core
import Synchronization

/// An npz archive: stored arrays are views of the file, deflated ones are unpacked as they are
/// asked for.
final class NpzFeatureFile: FeatureFile {
  let format = "npz"
  let entries: [FeatureEntry]
  let region: ByteRegion?
  let warnings: [String]
  private let contents: [Content]
  private let state: Mutex<State>

  private enum Content: Sendable {
    case array(NDArray)
    case deflated(DeflatedArray)
    case texts(member: Int)
    case strings([String])
    case nothing

    init(_ content: ValueListing.Content) {
      switch content {
      case .array(let array): self = .array(array)
      case .texts(let texts): self = .strings(texts)
      case .nothing: self = .nothing
      }
    }
  }

  /// libzip allows one thread at a time. A stream stays where the last minibatch ended, so that an
  /// array is unpacked once however many minibatches it is read in.
  private struct State {
    let archive: ZipArchive
    var streams: [Int: ZipStream] = [:]
    /// What was unpacked last.
    var last: (entry: Int, rows: Range<Int>, array: NDArray)?
  }

  /// The arrays of `archive`, which reads in place and lies in `region`.
  init(_ archive: sending ZipArchive, region: ByteRegion) throws(FormatError) {
    self.region = region
    var warnings: [String] = []
    var entries: [FeatureEntry] = []
    var contents: [Content] = []
    for (index, member) in archive.members.enumerated() {
      let shown = SafeText.sanitise(member.name)
      guard member.name.hasSuffix(".npy") else {
        warnings.append("the member '\(shown)' is no array and was ignored")
        continue
      }
      let name = String(member.name.dropLast(".npy".count))
      if let listing = try Self.pickled(member, in: archive) {
        for (entry, content) in zip(listing.entries, listing.contents) {
          let inner = entry.name.isEmpty ? name : name + "/" + entry.name
          entries.append(FeatureEntry(name: inner, content: entry.content, list: entry.list))
          contents.append(Content(content))
        }
        continue
      }
      let (entry, content) = try Self.describe(member, at: index, in: archive)
      entries.append(FeatureEntry(name: name, content: entry))
      contents.append(content)
    }
    guard !entries.isEmpty else {
      throw FormatError(.empty, "the archive holds no arrays", remedy: "save them with numpy.savez")
    }
    self.entries = entries
    self.contents = contents
    self.warnings = warnings
    state = Mutex(State(archive: archive))
  }

  func part(_ box: [Range<Int>], of entry: Int) throws(FormatError) -> NDArray {
    switch contents[entry] {
    case .array(let array): return array.part(box)
    case .deflated(let array):
      return try state.withLock { state throws(FormatError) in
        if array.fortran { return try array.whole(in: state.archive).part(box) }
        let rows = box[0]
        let inner = [0..<rows.count] + box.dropFirst()
        // The layers of a stack are asked for one after another, of the same samples.
        if let last = state.last, last.entry == entry, last.rows == rows {
          return last.array.part(inner)
        }
        let slab = try array.rows(rows, in: state.archive, stream: &state.streams[entry])
        state.last = (entry, rows, slab)
        return slab.part(inner)
      }
    case .texts, .strings, .nothing: throw FormatError(.missing, "no array")
    }
  }

  func texts(of entry: Int) throws(FormatError) -> [String] {
    if case .strings(let texts) = contents[entry] { return texts }
    guard case .texts(let member) = contents[entry] else { throw FormatError(.missing, "no texts") }
    return try state.withLock { state throws(FormatError) in
      let content = try state.archive.content(of: state.archive.members[member])
      guard case .strings(let texts, _) = try NpyReader.array(in: content).value else { return [] }
      return texts
    }
  }

  /// What an array of Python objects holds, which numpy pickles: a dictionary, or a list of arrays
  /// of several shapes. nil for all other arrays, and for what no safe reader can read, which
  /// `describe` then refuses.
  private static func pickled(
    _ member: ZipArchive.Member, in archive: ZipArchive
  ) throws(FormatError) -> ValueListing? {
    let start = try archive.beginning(of: member, most: NpyReader.longestHeader)
    var cursor = ByteCursor(start)
    let (header, _) = try NpyReader.header(&cursor)
    guard NpyReader.isObjects(header) else { return nil }
    guard let value = try? NpyReader.array(in: try archive.content(of: member)).value,
      value.holdsArray(depth: 0)
    else { return nil }
    var listing = ValueListing()
    listing.add(value, name: "", place: nil)
    return listing
  }

  /// What the member is, by its header. An array of a kind that cannot be read spoils only itself.
  private static func describe(
    _ member: ZipArchive.Member, at index: Int, in archive: ZipArchive
  ) throws(FormatError) -> (FeatureEntry.Content, Content) {
    let source = "member '\(SafeText.sanitise(member.name))'"
    let start = try archive.beginning(of: member, most: NpyReader.longestHeader)
    var cursor = ByteCursor(start, source: source)
    let (header, _) = try NpyReader.header(&cursor)
    let type: NumpyType
    do throws(FormatError) { type = try NumpyType(header.descr) } catch {
      return (.refused(error.located(source)), .nothing)
    }
    guard case .number(let scalar, let swapped) = type else {
      return (.texts, .texts(member: index))
    }
    if member.isStored {
      let content = try archive.content(of: member)
      guard case .array(let array) = try NpyReader.array(in: content, source: source).value else {
        return (.other("no numbers"), .nothing)
      }
      return (.numbers(scalar, shape: array.shape), .array(array))
    }
    let array = try DeflatedArray(
      member: member, header: header, type: scalar, swapped: swapped,
      dataOffset: cursor.position)
    return (.numbers(scalar, shape: header.shape), .deflated(array))
  }
}

/// A deflated array of an archive: what its header says.
private struct DeflatedArray: Sendable {
  let member: ZipArchive.Member
  let shape: [Int]
  let fortran: Bool
  private let type: ScalarType
  private let swapped: Bool
  private let dataOffset: Int
  private let rowBytes: Int

  init(
    member: ZipArchive.Member, header: NpyHeader, type: ScalarType, swapped: Bool, dataOffset: Int
  ) throws(FormatError) {
    // Within the limit on elements, no product below overflows.
    let count = try NDArray.count(of: header.shape)
    guard count * type.size <= member.size - dataOffset else {
      throw FormatError(
        .truncated,
        "an array of shape \(header.shape) needs more than the \(member.size - dataOffset) bytes "
          + "that follow its header", at: "member '\(SafeText.sanitise(member.name))'",
        remedy: "copy the file again; it may be cut short")
    }
    self.member = member
    shape = header.shape
    fortran = header.fortran && header.shape.count > 1
    self.type = type
    self.swapped = swapped
    self.dataOffset = dataOffset
    rowBytes = header.shape.dropFirst().reduce(type.size, *)
  }

  /// Samples `rows`, from `stream` where it has not passed them yet, else from a new one.
  func rows(
    _ rows: Range<Int>, in archive: ZipArchive, stream: inout ZipStream?
  ) throws(FormatError) -> NDArray {
    let start = dataOffset + rows.lowerBound * rowBytes
    var current = stream
    // A stream that failed is not used again.
    stream = nil
    if current.map({ $0.position > start }) ?? true { current = try archive.stream(of: member) }
    guard let current else { throw FormatError(.damaged, "the member cannot be unpacked") }
    try current.skip(start - current.position)
    let count = rows.count * rowBytes
    let region = try ByteRegion.filled(count, for: "unpacking a minibatch") {
      memory throws(FormatError) in
      try current.read(into: memory)
      return count
    }
    if current.position == member.size { try current.expectEnd() } else { stream = current }
    return try NDArray(
      type: type, shape: [rows.count] + shape.dropFirst(), packedIn: ByteSlice(region),
      swapped: swapped)
  }

  /// All samples: where the first axis runs fastest, some of them are spread over all bytes.
  func whole(in archive: ZipArchive) throws(FormatError) -> NDArray {
    let content = try archive.content(of: member)
    guard let data = content.part(from: dataOffset, count: content.count - dataOffset) else {
      throw FormatError(.truncated, "the member ends inside its header")
    }
    return try NDArray(
      type: type, shape: shape, fortran: fortran, packedIn: data, swapped: swapped)
  }
}

extension ZipArchive {
  /// The first bytes of `member`: at least `most`, or all where there are fewer.
  fileprivate func beginning(of member: Member, most: Int) throws(FormatError) -> ByteSlice {
    if member.isStored { return try content(of: member) }
    // The magic, the version and the header's length come before the header.
    let count = min(member.size, most + 12)
    let stream = try stream(of: member)
    return ByteSlice(
      try ByteRegion.filled(count, for: "unpacking a header") { memory throws(FormatError) in
        try stream.read(into: memory)
        return count
      })
  }
}
