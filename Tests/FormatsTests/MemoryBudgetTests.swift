import CZlib
import Foundation
import Testing

@testable import Core
@testable import Formats

@Suite("Memory that files may take")
struct MemoryBudgetTests {
  @Test("an amount is bytes, or a number with a unit")
  func amounts() {
    let cases: [(String, Int?)] = [
      ("1048576", 1 << 20), ("512M", 512 << 20), ("8G", 8 << 30), ("8g", 8 << 30),
      ("2GiB", 2 << 30), ("1T", 1 << 40), ("64K", 64 << 10), ("", nil), ("0", nil), ("-1G", nil),
      ("many", nil), ("1.5G", nil), ("9000000T", nil),
    ]
    for (text, bytes) in cases { #expect(MemoryAllowance.amount(text) == bytes, "\(text)") }
  }

  @Test("a quarter of the memory there is, within bounds, unless another amount is chosen")
  func allowance() {
    let usual = MemoryAllowance(setting: nil, memory: 8 << 30)
    #expect(usual.bytes == 2 << 30 && usual.source == .quarter(of: 8 << 30))
    #expect(MemoryAllowance(setting: nil, memory: 256 << 30).bytes == 4 << 30)
    #expect(MemoryAllowance(setting: nil, memory: 512 << 20).bytes == 256 << 20)
    #expect(MemoryAllowance(setting: "8G", memory: 1 << 30).source == .chosen)
    let wrong = MemoryAllowance(setting: "lots", memory: 8 << 30)
    #expect(wrong.misunderstood == "lots" && wrong.bytes == 2 << 30)
    #expect(MemoryAllowance.ofThisProcess.bytes > 0)
  }

  @Test("what is taken comes back, and more than there is cannot be taken")
  func taking() {
    let budget = MemoryBudget(bytes: 100)
    #expect(budget.take(60) && !budget.take(50) && budget.left == 40)
    budget.give(60)
    #expect(budget.take(100) && !budget.take(1) && budget.held == 100)
    let error = #expect(throws: FormatError.self) {
      try budget.claim(2 << 30, for: "unpacking it")
    }
    #expect(
      error?.problem
        == "too large: unpacking it takes 2.1 GB of memory, beside 100 bytes in use; "
        + "files may take 100 bytes")
    #expect(error?.remedy.hasSuffix("or set CKA_MEMORY=3G") == true)
  }

  /// A zip of one deflated member of `count` zeros, as numpy.savez_compressed writes it.
  private static func zeros(_ count: Int) throws -> [UInt8] {
    let header = SavedFile.npy([count / 4], [])
    let body = header + [UInt8](repeating: 0, count: count)
    return DeflatedZip.archive("CKA.npy", body)
  }

  @Test("an archive that unpacks to over 100 times its size, and 64 MiB, is refused unopened")
  func ratio() throws {
    let bomb = ByteRegion(copying: try Self.zeros(65 << 20))
    let error = #expect(throws: FormatError.self) { try ZipArchive(bomb) }
    #expect(error?.kind == .tooLarge)
    #expect(error?.remedy == "unpack it first, if you trust it")
    // Small ones are let be, whatever the ratio.
    _ = try ZipArchive(ByteRegion(copying: try Self.zeros(1 << 20)))
    #expect(Limits.unpacked(from: 1000) == 64 << 20)
    #expect(Limits.unpacked(from: 10 << 20) == 1000 << 20)
    #expect(Limits.unpacked(from: .max) == .max)
  }

  @Test("a gzip stream that grows to over 100 times its size stops there")
  func gzip() throws {
    let packed = DeflatedZip.deflated([UInt8](repeating: 32, count: 80 << 20), windowBits: 31)
    let error = #expect(throws: FormatError.self) {
      try Gzip.inflate(ByteRegion(copying: packed))
    }
    #expect(error?.kind == .tooLarge)
  }
}

/// Deflated bytes, and a zip of one member of them.
enum DeflatedZip {
  /// `bytes` as zlib deflates them.
  /// - Parameter windowBits: -15 for bare bytes, 31 for gzip.
  static func deflated(_ bytes: [UInt8], windowBits: Int32 = -15) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 9, Z_DEFLATED, windowBits, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count / 2 + 1000)
    let room = output.count
    input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(room)
        deflate(&stream, Z_FINISH)
      }
    }
    return Array(output.prefix(room - Int(stream.avail_out)))
  }

  /// A zip archive whose only member is `name`, deflated.
  static func archive(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let packed = deflated(content)
    let crc = content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
    func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { littleEndian(value) }
    let fields =
      [UInt16(20), 0, 8, 0, 0x21].flatMap(little)
      + [UInt32(truncatingIfNeeded: crc), UInt32(packed.count), UInt32(content.count)]
      .flatMap(little) + little(UInt16(name.utf8.count))
    let local = little(UInt32(0x0403_4B50)) + fields + little(UInt16(0)) + Array(name.utf8)
    let entry =
      little(UInt32(0x0201_4B50)) + little(UInt16(20)) + fields
      + [UInt16(0), 0, 0, 0].flatMap(little) + [UInt32(0), 0].flatMap(little) + Array(name.utf8)
    let end =
      little(UInt32(0x0605_4B50)) + [UInt16(0), 0, 1, 1].flatMap(little)
      + [UInt32(entry.count), UInt32(local.count + packed.count)].flatMap(little)
      + little(UInt16(0))
    return local + packed + entry + end
  }
}
