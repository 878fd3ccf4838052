import CKACore
import Foundation

@testable import Formats

/// The binary fixtures, and the door that the real one resembles: sniff, then read.
enum BinaryFixtures {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func region(_ name: String) throws -> ByteRegion {
    try MappedFile.region(path: folder.appendingPathComponent(name).path)
  }

  static func read(_ name: String) throws -> ReadValue {
    try read(region(name))
  }

  static func read(_ region: ByteRegion) throws -> ReadValue {
    if Gzip.isGzip(region) { return try read(Gzip.inflate(region)) }
    if ZipArchive.isZip(region) { return try readZip(region) }
    if NpyReader.isNpy(region) { return try NpyReader.read(region: region) }
    if TorchReader.isLegacy(region) { return try TorchReader.readLegacy(region: region) }
    return try PickleReader.read(region: region)
  }

  static func readZip(_ region: ByteRegion) throws -> ReadValue {
    let archive = try ZipArchive(region)
    return archive.torchPickle != nil
      ? try TorchReader.readZip(archive) : try NpzReader.read(archive)
  }
}

extension ByteRegion {
  /// A copy of the bytes, safe to take of a temporary region.
  var array: [UInt8] { withExtendedLifetime(self) { Array(bytes) } }
}

/// A region of these bytes.
func region(_ bytes: [UInt8]) -> ByteRegion { ByteRegion(copying: bytes) }

/// A region of base64 text, as the tests write down what Python wrote.
func region(base64: String) throws -> ByteRegion {
  guard let data = Data(base64Encoded: base64) else { throw FormatError("bad base64 in a test") }
  return ByteRegion(copying: data)
}

/// Opcodes written as text and numbers: `opcodes("]", 0x94, ".")`.
func opcodes(_ parts: any OpcodePart...) -> ByteRegion {
  region(parts.flatMap(\.opcodeBytes))
}

/// Text or a byte in a handwritten pickle.
protocol OpcodePart {
  var opcodeBytes: [UInt8] { get }
}

extension String: OpcodePart {
  var opcodeBytes: [UInt8] { Array(utf8) }
}

extension Int: OpcodePart {
  var opcodeBytes: [UInt8] { [UInt8(truncatingIfNeeded: self)] }
}

extension Value {
  /// The value of the text key `name`.
  subscript(name: String) -> Value? {
    guard case .dictionary(let entries) = self else { return nil }
    return entries.first { entry in
      if case .string(name) = entry.key { true } else { false }
    }?.value
  }

  /// A short text of the value, to compare trees by.
  var summary: String {
    switch self {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .int(let value): "\(value)"
    case .float(let value): "\(value)"
    case .string(let text): "'\(text)'"
    case .bytes(let slice): "b\(slice.array)"
    case .list(let items): "[" + items.map(\.summary).joined(separator: ", ") + "]"
    case .tuple(let items): "(" + items.map(\.summary).joined(separator: ", ") + ")"
    case .dictionary(let entries):
      "{" + entries.map { "\($0.key.summary): \($0.value.summary)" }.joined(separator: ", ") + "}"
    case .array(let array): "\(array.type.rawValue)\(array.shape)\(array.values())"
    case .strings(let texts, let shape): "text\(shape)\(texts)"
    }
  }
}

/// SHA-256 (FIPS 180-4), to compare whole matrices with what Python read.
enum SHA256 {
  static func hex(_ message: [UInt8]) -> String {
    var state: [UInt32] = [
      0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
      0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    var padded = message + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    padded += withUnsafeBytes(of: UInt64(message.count * 8).bigEndian) { Array($0) }
    for start in stride(from: 0, to: padded.count, by: 64) {
      compress(padded[start..<(start + 64)], into: &state)
    }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    var w = stride(from: block.startIndex, to: block.endIndex, by: 4).map { i in
      block[i..<(i + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for i in 16..<64 {
      let s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3
      let s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10
      w.append(w[i - 16] &+ s0 &+ w[i - 7] &+ s1)
    }
    var v = state
    for i in 0..<64 {
      let s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)
      let choice = v[4] & v[5] ^ ~v[4] & v[6]
      let t1 = v[7] &+ s1 &+ choice &+ constants[i] &+ w[i]
      let s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)
      let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
      v = [t1 &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
    }
    for i in 0..<8 { state[i] = state[i] &+ v[i] }
  }

  private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }

  /// The first 32 fractional bits of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < 64 {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { prime in
      // floor(cbrt(p) · 2³²) by bisection in integers of 128 bits.
      var low: UInt64 = 0
      var high: UInt64 = 8 << 32
      while high - low > 1 {
        let middle = (low + high) / 2
        let square = middle.multipliedFullWidth(by: middle)
        let cube = UInt128(square.high) << 64 | UInt128(square.low)
        if cube <= UInt128(prime) << 96 / UInt128(middle) { low = middle } else { high = middle }
      }
      return UInt32(truncatingIfNeeded: low)
    }
  }()
}
