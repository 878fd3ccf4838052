import Core
import Foundation
import Similarity
import TestSupport
import Testing

@testable import Formats

/// What a bundle says is what was written, or it is refused.
@Suite struct SealTests {
  private func bytes() throws -> [UInt8] {
    var provenance = StudyProvenance()
    provenance.plannedMinibatches = 4
    return try ResultBundle.encode(StudyBundleSamples.study(), provenance: provenance)
  }

  private func read(_ bytes: [UInt8]) throws -> [Comparison] {
    try ResultFile.read(region: ByteRegion(copying: bytes), path: "b")
  }

  @Test("The checksum is XXH64 of the file with zeros in its place, as anyone can compute it")
  func isAsDocumented() throws {
    let bytes = try bytes()
    let mark = Array("\"checksum\": \"xxh64:".utf8)
    let start = try #require(
      bytes.indices.first { bytes[$0...].starts(with: mark) }.map { $0 + mark.count })
    var blanked = bytes
    for index in start..<start + 16 { blanked[index] = UInt8(ascii: "0") }
    var hash = FileHash()
    blanked.withUnsafeBytes { hash.add($0) }
    #expect(hash.digits == String(decoding: bytes[start..<start + 16], as: UTF8.self))
    #expect(try read(bytes).count == 3)
  }

  @Test("A flipped bit anywhere is refused", arguments: [1, 2, 5])
  func flippedBits(_ flips: Int) throws {
    let sound = try bytes()
    var random = Noise(seed: UInt64(flips))
    for trial in 0..<1500 {
      var damaged = sound
      for _ in 0..<flips { damaged[random.next(sound.count)] ^= 1 << UInt8(random.next(8)) }
      guard damaged != sound else { continue }
      #expect(throws: FormatError.self, "trial \(trial)") { try read(damaged) }
    }
  }

  @Test("Every bit of the checksum's own key and digits is refused, too")
  func flippedChecksum() throws {
    let sound = try bytes()
    for index in 8..<72 {
      for bit in 0..<8 {
        var damaged = sound
        damaged[index] ^= 1 << UInt8(bit)
        #expect(throws: FormatError.self, "byte \(index), bit \(bit)") { try read(damaged) }
      }
    }
  }

  @Test("The reason names the damage and what to do")
  func reason() throws {
    var damaged = try bytes()
    damaged[damaged.count - 1] ^= 1
    let error = #expect(throws: FormatError.self) { try read(damaged) }
    #expect(error?.place == "metadata 'checksum'")
    #expect(error?.kind == .damaged)
    #expect(error?.description.contains("copy it again") == true)
  }

  @Test("A bundle of version 0.1, which has no checksum, is read")
  func withoutChecksum() throws {
    let text = String(decoding: try bytes(), as: UTF8.self)
    #expect(text.contains("checksum"))
    #expect(try read(Unsealed.bytes(try bytes())).count == 3)
  }
}

/// Bundles as version 0.1 wrote them, for tests that change what is in one.
enum Unsealed {
  /// `bundle` without its checksum.
  static func bytes(_ bundle: [UInt8]) -> [UInt8] {
    let length = bundle.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bundle[8..<8 + length], as: UTF8.self)
    let bare = Array(header.replacing(#/"checksum": "xxh64:[0-9a-f]{16}", /#, with: "").utf8)
    let count = withUnsafeBytes(of: UInt64(bare.count).littleEndian) { Array($0) }
    return count + bare + bundle[(8 + length)...]
  }
}
