import Core

/// Reads what `torch.save` wrote, in both of its formats.
enum TorchReader {
  /// Whether `region` begins as a legacy `torch.save` stream does.
  static func isLegacy(_ region: ByteRegion) -> Bool {
    TorchLegacyStream.isLegacy(ByteSlice(region))
  }

  /// The content of a legacy stream: five pickles and the storages.
  static func readLegacy(region: ByteRegion) throws(FormatError) -> ReadValue {
    let stream = try TorchLegacyStream(ByteSlice(region))
    var result = ReadValue(value: try stream.value(), format: .torch(isLegacy: true))
    if stream.trailing > 0 {
      result.warnings.append(.bytesAfter("the last storage", count: stream.trailing))
    }
    return result
  }

  /// The content of a zip archive with a member `NAME/data.pkl`.
  static func readZip(_ archive: ZipArchive) throws(FormatError) -> ReadValue {
    guard let pickle = archive.torchPickle else {
      throw FormatError(
        .missing, "the archive has no data.pkl", remedy: "save the result with torch.save")
    }
    let folder = String(pickle.name.dropLast("data.pkl".count))
    let storages = try ZipStorages(archive, folder: folder)
    var machine = PickleMachine(
      try archive.content(of: pickle), source: "the archive's data.pkl", storages: storages)
    let item = try machine.run()
    return ReadValue(
      value: try PickleResolver.value(of: item, in: machine), format: .torch(isLegacy: false))
  }
}

/// The storages of a zip archive: members `NAME/data/KEY`.
private final class ZipStorages: TorchStorageSource {
  private let archive: ZipArchive
  private let folder: String
  private let swapped: Bool
  private var members: [String: ByteSlice] = [:]

  init(_ archive: ZipArchive, folder: String) throws(FormatError) {
    self.archive = archive
    self.folder = folder
    guard let order = archive.member(folder + "byteorder") else {
      swapped = false  // PyTorch before 2.1 did not write it, and only on little-endian machines
      return
    }
    switch try archive.content(of: order).text {
    case "little": swapped = false
    case "big": swapped = true
    default: throw FormatError(.damaged, "the archive's byteorder is neither 'little' nor 'big'")
    }
  }

  func storage(key: String, type: ScalarType, count: Int) throws(FormatError) -> TorchStorage {
    let storage = TorchStorage(key: key, type: type, count: count, swapped: swapped)
    let data = try content(of: storage)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: type.size)
    guard !overflow, let part = data.part(from: 0, count: bytes) else {
      throw FormatError(
        .truncated,
        "the storage '\(storage.shownKey)' has \(data.count) bytes, too few for \(count) elements",
        remedy: "save the result again; the file is damaged")
    }
    storage.data = part
    return storage
  }

  /// The member's bytes; one that several tensors share is inflated once.
  private func content(of storage: TorchStorage) throws(FormatError) -> ByteSlice {
    if let known = members[storage.key] { return known }
    guard let member = archive.member(folder + "data/" + storage.key) else {
      throw FormatError(.missing, "the archive has no storage '\(storage.shownKey)'")
    }
    let data = try archive.content(of: member)
    members[storage.key] = data
    return data
  }
}
