import Core
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
  guard let data = Data(base64Encoded: base64) else {
    throw FormatError(.damaged, "bad base64 in a test")
  }
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
