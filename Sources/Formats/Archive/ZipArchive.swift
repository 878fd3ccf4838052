import Core
import CZip

/// A zip archive in memory, read by libzip: its members are checked before any of them is unpacked.
final class ZipArchive {
  /// A member as the archive's directory describes it.
  struct Member {
    let name: String
    /// Unpacked bytes.
    let size: Int
    let packedSize: Int
    let crc: UInt32
    let isStored: Bool
    fileprivate let index: UInt64
  }

  /// The members that hold something, in the directory's order.
  let members: [Member]
  private let region: ByteRegion
  private let handle: OpaquePointer
  private let readsInPlace: Bool
  private lazy var places = Dictionary(
    uniqueKeysWithValues: members.enumerated().map { ($1.name, $0) })  // `list` refused duplicates
  private lazy var offsets = ZipLayout.dataOffsets(in: region)

  /// Most unpacked bytes for each packed one: deflate's own bound.
  private static let highestRatio = 1032

  /// Whether `region` begins as a zip archive with members does.
  static func isZip(_ region: ByteRegion) -> Bool {
    ByteSlice(region).hasPrefix([0x50, 0x4B, 0x03, 0x04])
  }

  /// Opens the archive in `region`.
  /// - Parameter readsInPlace: stored members are handed out as they stand, whatever they add up to
  ///   and without a look at their checksums: for large arrays that are read a part at a time.
  /// - Throws: when the directory is damaged, has over `Limits.archiveMembers` members, two of one
  ///   name, an encrypted or unknown kind of member, or a member whose size cannot be true.
  init(_ region: ByteRegion, readsInPlace: Bool = false) throws(FormatError) {
    self.region = region
    self.readsInPlace = readsInPlace
    handle = try ZipArchive.open(region)
    do throws(FormatError) {
      members = try ZipArchive.list(handle, in: region, countingStored: !readsInPlace)
    } catch {
      zip_discard(handle)
      throw error
    }
  }

  deinit { zip_discard(handle) }

  /// The member `name`, matched whole.
  func member(_ name: String) -> Member? { places[name].map { members[$0] } }

  /// The member `NAME/data.pkl` that makes the archive a torch.save file.
  var torchPickle: Member? {
    members.first { $0.name.hasSuffix("/data.pkl") && $0.name.split(separator: "/").count == 2 }
  }

  /// The bytes of `member`, its checksum verified; a stored member's are not copied.
  func content(of member: Member) throws(FormatError) -> ByteSlice {
    if member.isStored, let slice = stored(member) { return slice }
    let region = try ByteRegion.filled(member.size, for: "unpacking it") {
      memory throws(FormatError) in
      try unpack(member, into: memory)
      return member.size
    }
    return ByteSlice(region)
  }
}

// MARK: - Opening and checking

extension ZipArchive {
  private static func open(_ region: ByteRegion) throws(FormatError) -> OpaquePointer {
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard
      let source = zip_source_buffer_create(
        region.bytes.baseAddress, UInt64(region.count), 0, &error)
    else { throw damaged(String(cString: zip_error_strerror(&error))) }
    guard let handle = zip_open_from_source(source, ZIP_RDONLY, &error) else {
      zip_source_free(source)
      throw damaged(String(cString: zip_error_strerror(&error)))
    }
    return handle
  }

  private static func list(
    _ handle: OpaquePointer, in region: ByteRegion, countingStored: Bool
  ) throws(FormatError) -> [Member] {
    let count = zip_get_num_entries(handle, 0)
    guard count <= Int64(Limits.archiveMembers) else {
      throw FormatError(
        .tooLarge, "the archive has \(count) members, more than \(Limits.archiveMembers)",
        remedy: "save fewer results in one file")
    }
    var members: [Member] = []
    var names: Set<String> = []
    var total = 0
    for index in 0..<UInt64(max(0, count)) {
      let member = try member(
        at: index, of: handle,
        mostStored: countingStored ? Limits.inflatedBytes : region.count)
      guard names.insert(member.name).inserted else {
        throw FormatError(
          .ambiguous, "the archive has two members '\(SafeText.sanitise(member.name))'",
          remedy: "save the result again")
      }
      // Each is at most the limit, of which the members allowed fit an Int's range.
      if countingStored || !member.isStored { total += member.size }
      guard total <= Limits.inflatedBytes else {
        throw FormatError(
          .tooLarge, "the archive unpacks to more than \(Limits.inflatedBytes) bytes",
          remedy: "save fewer results in one file")
      }
      members.append(member)
    }
    // Parts that are unpacked as they are asked for never stand in memory together.
    if countingStored { try expectSoundSize(of: members, in: region) }
    return members
  }

  /// Checks what all compressed members will take together.
  /// - Throws: when it is out of proportion to the archive, or above what is left of the budget.
  private static func expectSoundSize(
    of members: [Member], in region: ByteRegion
  ) throws(FormatError) {
    let unpacked = members.reduce(0) { $0 + ($1.isStored ? 0 : $1.size) }
    guard unpacked <= Limits.unpacked(from: region.count) else {
      throw TooLarge.suspicious(unpacked, from: region.count)
    }
    try MemoryBudget.shared.expectRoom(for: unpacked, "unpacking it")
  }

  private static func member(
    at index: UInt64, of handle: OpaquePointer, mostStored: Int
  ) throws(FormatError) -> Member {
    var status = zip_stat_t()
    zip_stat_init(&status)
    let needed = UInt64(ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC)
    guard zip_stat_index(handle, index, 0, &status) == 0, status.valid & needed == needed,
      let rawName = status.name
    else { throw damaged("member \(index) is not described") }
    let name = String(cString: rawName)
    let shown = SafeText.sanitise(name)
    guard status.encryption_method == UInt16(ZIP_EM_NONE) else {
      throw FormatError(
        .unsupported, "the member '\(shown)' is encrypted", remedy: "unpack it and zip it anew")
    }
    let method = Int32(status.comp_method)
    guard method == ZIP_CM_STORE || method == ZIP_CM_DEFLATE else {
      throw FormatError(
        .unsupported,
        "the member '\(shown)' is compressed in a way (\(method)) that is not supported",
        remedy: "save with numpy.savez or torch.save")
    }
    let isStored = method == ZIP_CM_STORE
    let (most, overflow) = status.comp_size.multipliedReportingOverflow(by: UInt64(highestRatio))
    let mostBytes = isStored ? mostStored : Limits.inflatedBytes
    guard status.size <= UInt64(mostBytes), status.comp_size <= UInt64(Int.max),
      isStored ? status.size == status.comp_size : (overflow || status.size <= most)
    else {
      throw FormatError(
        .damaged,
        "the member '\(shown)' claims \(status.size) bytes, which \(status.comp_size) packed ones "
          + "cannot hold", remedy: "copy the file again; it is damaged")
    }
    return Member(
      name: name, size: Int(status.size), packedSize: Int(status.comp_size), crc: status.crc,
      isStored: isStored, index: index)
  }

  static func damaged(_ reason: String) -> FormatError {
    FormatError(
      .damaged, "the zip archive is damaged (\(SafeText.sanitise(reason)))",
      remedy: "copy the file again; it may be cut short")
  }
}

// MARK: - Unpacking

extension ZipArchive {
  /// A stored member as a part of the archive, when its local header is where the directory says
  /// and its checksum, where it is looked at, is right; libzip reads it otherwise, and says what is
  /// wrong.
  private func stored(_ member: Member) -> ByteSlice? {
    guard let offset = offsets?[member.name],
      let slice = ByteSlice(region).part(from: offset, count: member.size),
      readsInPlace || Checksum.crc32(slice) == member.crc
    else { return nil }
    return slice
  }

  private func unpack(
    _ member: Member, into memory: UnsafeMutableRawBufferPointer
  ) throws(FormatError) {
    let stream = try stream(of: member)
    try stream.read(into: memory)
    try stream.expectEnd()
  }

  /// The unpacked bytes of `member` from its first one on. The archive must outlive the stream.
  func stream(of member: Member) throws(FormatError) -> ZipStream {
    guard let file = zip_fopen_index(handle, member.index, 0) else {
      let shown = SafeText.sanitise(member.name)
      throw ZipArchive.damaged("member '\(shown)': " + String(cString: zip_strerror(handle)))
    }
    return ZipStream(file, member: SafeText.sanitise(member.name))
  }
}
