import Foundation
import Similarity
import Testing

@testable import Formats

/// What became of the files that a result was made from.
@Suite struct SourceFileTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/sources-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func write(_ text: String, to name: String = "a") throws -> String {
    try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    return "\(folder)/\(name)"
  }

  private func date(_ path: String, _ seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path)
  }

  private func source(_ path: String, hashed: Bool = true) -> SourceFile {
    var source = SourceFile(at: path)
    if hashed { source.hash = FileHash.text(of: path) }
    return source
  }

  @Test("The hash is that of all bytes")
  func hash() throws {
    #expect(FileHash.text(of: try write("abc")) == "xxh64:44bc2cf5ad770999")
    #expect(FileHash.text(of: "\(folder)/none") == nil)
  }

  @Test("Other bytes under the old size and date are found where the file is read")
  func overwritten() throws {
    let path = try write("abc")
    try date(path, 1_700_000_000)
    let before = source(path)
    #expect(before.state(hashingUpTo: .max) == .same)
    #expect(before.state(hashingUpTo: 1000) == .looksSame)
    _ = try write("abd")
    try date(path, 1_700_000_000)
    #expect(before.state(hashingUpTo: .max) == .differs)
    try date(path, 1_700_000_001)
    #expect(before.state(hashingUpTo: 1000) == .differs)
    #expect(before.state(hashingUpTo: 2) == .writtenAgain)
    _ = try write("abcd")
    #expect(before.state(hashingUpTo: 0) == .differs)
    #expect(before.change(.differs) == "\(before.path) differs now from what this was made from")
    try FileManager.default.removeItem(atPath: path)
    #expect(before.state(hashingUpTo: .max) == .missing)
  }

  @Test("The same bytes with another date are the same; without a hash that is not known")
  func touched() throws {
    let path = try write("abc")
    try date(path, 1_700_000_000)
    let (hashed, bare) = (source(path), source(path, hashed: false))
    try date(path, 1_800_000_000)
    #expect(hashed.state(hashingUpTo: .max) == .same)
    #expect(bare.state(hashingUpTo: .max) == .writtenAgain)
    #expect(bare.change(.writtenAgain)?.contains("written again since") == true)
  }

  @Test("A folder is another one when a file in it comes, goes or changes")
  func folders() throws {
    _ = try write("abc", to: "x")
    let before = source(folder)
    #expect(before.hash?.hasPrefix("list-xxh64:") == true)
    #expect(before.state(hashingUpTo: .max) == .same)
    _ = try write("abc", to: "y")
    #expect(before.state(hashingUpTo: .max) == .differs)
  }

  @Test("A bundle keeps the hashes, and reads bundles that have none")
  func bundle() throws {
    var provenance = StudyProvenance()
    provenance.sources = [
      SourceFile(path: "/a", bytes: 3, modified: 5, hash: "xxh64:44bc2cf5ad770999"),
      SourceFile(path: "/b", bytes: 3, modified: 5),
    ]
    let bytes = try ResultBundle.encode(StudyBundleSamples.study(), provenance: provenance)
    let path = "\(folder)/b.cka.safetensors"
    try Data(bytes).write(to: URL(filePath: path))
    let record = try #require(try ResultBundle.record(path: path))
    #expect(record.provenance.sources == provenance.sources)
    #expect(try ResultFile.read(path: path)[0].origin?.sources == provenance.sources)
  }
}
