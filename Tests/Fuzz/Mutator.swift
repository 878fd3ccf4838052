/// Changes to bytes, of kinds that readers are known to stumble over.
struct Mutator {
  var random: FuzzRandom
  /// Another file, of which parts may be put in.
  var other: [UInt8]

  /// `bytes` with a change, often a second one, and seldom more: what is damaged in many places is
  /// refused at the first.
  mutating func changed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    repeat { change(&bytes) } while random.once(in: 3)
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = Array(other.prefix(random.below(64)))
      return
    }
    switch random.below(12) {
    case 0: bytes[place(in: bytes)] ^= 1 << UInt8(random.below(8))
    case 1: bytes[place(in: bytes)] = UInt8(random.below(256))
    case 2: bytes.removeLast(random.below(min(bytes.count, 1 << random.below(17)) + 1))
    case 3, 4: writeInteger(&bytes)
    case 5: writeDigits(&bytes)
    case 6: insertToken(&bytes)
    case 7: copyBlock(&bytes)
    case 8: removeBlock(&bytes)
    case 9: spliceOther(&bytes)
    case 10: fillBlock(&bytes)
    default: swapBlocks(&bytes)
    }
  }

  /// A place: headers are near the start and directories near the end, so these are meant more often.
  private mutating func place(in bytes: [UInt8]) -> Int {
    switch random.below(4) {
    case 0: return random.below(min(bytes.count, 128))
    case 1: return bytes.count - 1 - random.below(min(bytes.count, 256))
    default: return random.below(bytes.count)
    }
  }

  private mutating func block(in bytes: [UInt8]) -> Range<Int> {
    let start = place(in: bytes)
    return start..<min(bytes.count, start + 1 + random.below(1 << (1 + random.below(8))))
  }

  /// A number at which arithmetic goes wrong, in 1, 2, 4 or 8 bytes of either order.
  private mutating func writeInteger(_ bytes: inout [UInt8]) {
    let size = 1 << random.below(4)
    let start = place(in: bytes)
    guard start + size <= bytes.count else { return }
    let edges: [UInt64] = [
      0, 1, 2, .max, .max - 1, 1 << 63, 1 << 63 - 1, 1 << 62, 1 << 32, 1 << 31, 1 << 31 - 1,
      0xFFFF_FFFF, 0x7FFF, 0x8000, 0xFF, 0x7F, 0x80, UInt64(bytes.count), UInt64(bytes.count + 1),
      UInt64(bytes.count - start), UInt64(bytes.count - size),
    ]
    var value = edges[random.below(edges.count)]
    if random.once(in: 3) {
      value = littleEndian(bytes[start..<start + size]) &+ (random.once(in: 2) ? 1 : .max)
    }
    let written = (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    bytes.replaceSubrange(
      start..<start + size, with: random.once(in: 4) ? written.reversed() : written)
  }

  private func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Another number where digits stand, as in JSON, headers of npy, and pickles of protocol 0.
  private mutating func writeDigits(_ bytes: inout [UInt8]) {
    let start = place(in: bytes)
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    guard let first = bytes[start...].firstIndex(where: isDigit) else { return }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
    let numbers = [
      "0", "-1", "1", "2", "7", "255", "65536", "2147483648", "4294967296", "9223372036854775807",
      "9223372036854775808", "-9223372036854775808", "1e999", "1e-400", "NaN", "0x10", "1.5", "",
    ]
    bytes.replaceSubrange(first..<end, with: Array(numbers[random.below(numbers.count)].utf8))
  }

  private static let tokens: [[UInt8]] =
    [
      "{", "}", "[", "]", "\"", "'", ":", ",", "(", ")", "\\u0000", "\\ud800", "null", "NaN",
      "true",
      "CKA", "model1_layers", "__metadata__", "data_offsets", "shape", "dtype", "F32", "BF16",
      "<f8",
      ">i2", "|O", "fortran_order", "torch._utils\n_rebuild_tensor_v2\n", "cnumpy\nndarray\n",
      "collections\nOrderedDict\n", "curves", "series", "x", "mean", "&a", "*a", "- ", "\t", "\r\n",
      "é", "\u{202E}", "\u{1B}[31m",
    ].map { Array($0.utf8) } + [
      [0x80, 4], [0x28], [0x2E], [0x62], [0x52], [0x71, 0], [0x68, 0],
      [0x6A, 0xFF, 0xFF, 0xFF, 0x7F],
      [0x8B, 0xFF, 0xFF, 0xFF, 0xFF], [0x8C, 3], [0x94], [0x95], [0x86], [0x87], [0x5D], [0x7D],
      [0x50, 0x4B, 3, 4], [0x50, 0x4B, 1, 2], [0x50, 0x4B, 5, 6], [0x1F, 0x8B, 8],
      [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59],
      [0xEF, 0xBB, 0xBF], [0xC0, 0x80], [0xFF, 0xFE],
    ]

  private mutating func insertToken(_ bytes: inout [UInt8]) {
    let token = Self.tokens[random.below(Self.tokens.count)]
    let start = place(in: bytes)
    let replaced = random.once(in: 2) ? min(bytes.count, start + token.count) : start
    let times = random.once(in: 20) ? 1 + random.below(2000) : 1
    bytes.replaceSubrange(start..<replaced, with: repeatElement(token, count: times).joined())
  }

  private mutating func copyBlock(_ bytes: inout [UInt8]) {
    let part = Array(bytes[block(in: bytes)])
    bytes.insert(contentsOf: part, at: place(in: bytes))
  }

  private mutating func removeBlock(_ bytes: inout [UInt8]) {
    bytes.removeSubrange(block(in: bytes))
  }

  private mutating func spliceOther(_ bytes: inout [UInt8]) {
    guard !other.isEmpty else { return }
    bytes.insert(contentsOf: Array(other[block(in: other)]), at: place(in: bytes))
  }

  private mutating func fillBlock(_ bytes: inout [UInt8]) {
    let range = block(in: bytes)
    let value: UInt8 = [0, 0xFF, 0x20, 0x30, 0x7F, 0x80][random.below(6)]
    bytes.replaceSubrange(range, with: repeatElement(value, count: range.count))
  }

  private mutating func swapBlocks(_ bytes: inout [UInt8]) {
    let (a, b) = (place(in: bytes), place(in: bytes))
    for step in 0..<min(8, bytes.count - max(a, b)) where a + step != b + step {
      bytes.swapAt(a + step, b + step)
    }
  }
}
