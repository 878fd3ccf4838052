import Core
import Foundation
import Testing

@testable import Formats

@Suite("Files in memory")
struct MappedFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cka-mapped-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func file(_ bytes: [UInt8]) throws -> String {
    let url = folder.appendingPathComponent("file")
    try Data(bytes).write(to: url)
    return url.path
  }

  private func cleanUp() { try? FileManager.default.removeItem(at: folder) }

  @Test("read whole or mapped, the bytes are the same", arguments: [Int.max, 1])
  func content(threshold: Int) throws {
    defer { cleanUp() }
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let region = try MappedFile.region(path: file(bytes), mappingFrom: threshold)
    #expect(region.bytes.elementsEqual(bytes))
    #expect(!region.hasLostBytes)
  }

  @Test("a mapped file cut short reads as 0xFF and says so")
  func truncated() throws {
    defer { cleanUp() }
    let path = try file([UInt8](repeating: 1, count: 20_000))
    let region = try MappedFile.region(path: path, mappingFrom: 1)
    #expect(truncate(path, 0) == 0)
    #expect(region.bytes[19_999] == 0xFF)
    #expect(region.hasLostBytes)
    #expect(throws: FileDamage.cutShort(path: path).error) { try MappedFiles.checkIntact(region) }
  }

  @Test("a thousand files are mapped at once, and each is guarded")
  func manyFiles() throws {
    defer { cleanUp() }
    let path = try file([UInt8](repeating: 7, count: 5000))
    let regions = try (0..<1000).map { _ in try MappedFile.region(path: path, mappingFrom: 1) }
    #expect(regions.allSatisfy { $0.isMapped && $0.count == 5000 && $0.bytes[0] == 7 })
    #expect(truncate(path, 0) == 0)
    #expect(regions.allSatisfy { $0.bytes[4999] == 0xFF && $0.hasLostBytes })
  }

  @Test("a file that shrinks within its last page, or is written to, is noticed without a fault")
  func changed() throws {
    defer { cleanUp() }
    let path = try file([UInt8](repeating: 1, count: 5000))
    let region = try MappedFile.region(path: path, mappingFrom: 1)
    try MappedFiles.checkIntact(region)
    #expect(truncate(path, 4990) == 0)
    // The system fills the page: no value that anybody saved.
    #expect(region.bytes[4999] == 0 && !region.hasLostBytes)
    #expect(throws: FileDamage.changed(path: path).error) { try MappedFiles.checkIntact(region) }
    // A file that takes the name of another leaves its bytes alone.
    let other = try MappedFile.region(path: path, mappingFrom: 1)
    let next = path + ".next"
    try Data([1, 2, 3]).write(to: URL(filePath: next))
    #expect(rename(next, path) == 0)
    try MappedFiles.checkIntact(other)
  }

  @Test("a file read whole survives being cut short")
  func readWhole() throws {
    defer { cleanUp() }
    let path = try file([UInt8](repeating: 1, count: 20_000))
    let region = try MappedFile.region(path: path)
    #expect(truncate(path, 0) == 0)
    #expect(region.bytes[19_999] == 1)
    #expect(!region.hasLostBytes)
  }

  @Test("what is no file with content is refused, and a pipe never blocks")
  func refused() throws {
    defer { cleanUp() }
    let pipe = folder.appendingPathComponent("pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    let cases = [
      (folder.appendingPathComponent("none").path, FormatError.Kind.noSuchFile),
      (folder.path, .notAFile),
      (pipe, .notAFile),
      ("/dev/zero", .notAFile),
      (try file([]), .empty),
    ]
    for (path, expected) in cases {
      let error = #expect(throws: FormatError.self) { try MappedFile.region(path: path) }
      #expect(error?.kind == expected)
      #expect(error?.remedy.isEmpty == false)
    }
  }
}
