import Core

/// torch.save's format before PyTorch 1.6, and what a pickled tensor holds today: five pickles,
/// then the storages.
struct TorchLegacyStream {
  /// What the fourth pickle leaves.
  let content: PickleItem
  /// The machine that ran it.
  let machine: PickleMachine
  /// Bytes after the last storage.
  let trailing: Int

  /// The magic number as LONG1 writes it, and the STOP after it.
  static let magic: [UInt8] = [
    0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  /// Reads the stream that begins with `slice`.
  init(_ slice: ByteSlice, source: String = "", isNested: Bool = false) throws(FormatError) {
    guard TorchLegacyStream.isLegacy(slice) else {
      throw FormatError(
        .foreign, "this is no torch.save stream", at: ByteCursor(slice, source: source).place(0),
        remedy: "save the tensor again")
    }
    let storages = LegacyStorages()
    var start = 0
    for _ in 0..<3 {  // magic number, protocol version, system information
      _ = try TorchLegacyStream.pickle(slice, &start, source: source)
    }
    var machine = PickleMachine(
      ByteSlice(
        region: slice.region, range: (slice.range.lowerBound + start)..<slice.range.upperBound),
      source: source, storages: storages, isNested: isNested)
    content = try machine.run()
    start += machine.cursor.position
    self.machine = machine
    let keys = try TorchLegacyStream.pickle(slice, &start, source: source)
    let rest = ByteSlice(
      region: slice.region, range: (slice.range.lowerBound + start)..<slice.range.upperBound)
    trailing = try storages.fill(keys: keys, from: rest, source: source)
  }

  /// Whether `slice` begins with the magic number's pickle, whatever its protocol.
  static func isLegacy(_ slice: ByteSlice) -> Bool {
    // PROTO takes 2 bytes, FRAME 9 more where there is one.
    guard slice.hasPrefix([0x80]) else { return false }
    return [2, 11].contains { skipped in
      slice.part(from: skipped, count: magic.count)?.hasPrefix(magic) ?? false
    }
  }

  /// The content as a value.
  func value() throws(FormatError) -> Value {
    try PickleResolver.value(of: content, in: machine)
  }

  /// Runs the pickle that begins at `start`, and moves `start` behind it.
  private static func pickle(
    _ slice: ByteSlice, _ start: inout Int, source: String
  ) throws(FormatError) -> Value {
    let rest = ByteSlice(
      region: slice.region, range: (slice.range.lowerBound + start)..<slice.range.upperBound)
    var machine = PickleMachine(rest, source: source, isNested: true)
    let item = try machine.run()
    start += machine.cursor.position
    return try PickleResolver.value(of: item, in: machine)
  }
}

/// The storages of a legacy stream: named by its fourth pickle, filled from what follows the fifth.
private final class LegacyStorages: TorchStorageSource {
  private var storages: [String: TorchStorage] = [:]

  func storage(key: String, type: ScalarType, count: Int) throws(FormatError) -> TorchStorage {
    if let known = storages[key] {
      guard known.type == type, known.count == count else {
        throw FormatError(.ambiguous, "the storage '\(known.shownKey)' is described in two ways")
      }
      return known
    }
    let storage = TorchStorage(key: key, type: type, count: count)
    storages[key] = storage
    return storage
  }

  /// Takes each storage in the order of `keys`: an int64 element count, then little-endian
  /// elements.
  /// - Returns: bytes left over.
  func fill(keys: Value, from slice: ByteSlice, source: String) throws(FormatError) -> Int {
    var cursor = ByteCursor(slice, source: source)
    guard case .list(let keys) = keys else {
      throw FormatError(.missing, "the list of storage keys is missing", at: cursor.place(0))
    }
    for key in keys {
      let place = cursor.place(cursor.position)
      guard case .string(let key) = key, let storage = storages[key] else {
        throw FormatError(.missing, "a storage has a key that no tensor uses", at: place)
      }
      let count = try cursor.integer(Int64.self, "a storage's length")
      guard count == storage.count, storage.data == nil else {
        throw FormatError(
          .damaged,
          "the storage '\(storage.shownKey)' should have \(storage.count) elements, not \(count)",
          at: place, remedy: "save the result again; the file is damaged")
      }
      let (bytes, overflow) = storage.count.multipliedReportingOverflow(by: storage.type.size)
      storage.data = try cursor.take(overflow ? .max : bytes, "a storage")
    }
    return cursor.remaining
  }
}
