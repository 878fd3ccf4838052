import Core
import Testing

@testable import Formats

@Suite("Damaged files")
struct PickleDamageTests {
  /// Small files of every format, and the reader that must survive them whatever the sniffing says.
  private static let files: [(String, @Sendable (ByteRegion) throws -> ReadValue)] = [
    ("made/numpy_proto0.pkl", PickleReader.read),
    ("hostile/names_rtl.pkl", PickleReader.read),
    ("samples/real/mb400_resnet18_vs_resnet34_fc.pkl", PickleReader.read),
    ("samples/variants/numpy1_f32_proto4.pkl", PickleReader.read),
    ("made/numpy_big_fortran_proto5.pkl", PickleReader.read),
    ("made/numpy_masked.pkl", PickleReader.read),
    ("made/numpy_empty_proto2.pkl", PickleReader.read),
    ("made/torch_legacy_views.pt", TorchReader.readLegacy),
    ("made/torch_views.pt", BinaryFixtures.readZip),
    ("made/torch_deflated.pt", BinaryFixtures.readZip),
    ("samples/variants/cka_f16.npy", NpyReader.read),
    ("field/dict.npy", NpyReader.read),
    ("made/zip_stored.npz", BinaryFixtures.readZip),
    ("samples/variants/torch_f32.pkl.gz", { try PickleReader.read(region: Gzip.inflate($0)) }),
  ]

  private static func bytes(_ name: String) throws -> [UInt8] {
    try BinaryFixtures.region(name).array
  }

  @Test("cut at any byte, a file is refused", arguments: files.indices)
  func truncated(index: Int) throws {
    let (name, read) = Self.files[index]
    let whole = try Self.bytes(name)
    #expect(throws: Never.self) { try read(region(whole)) }
    var opened: [Int] = []
    for length in 0..<whole.count {
      do {
        _ = try read(region(Array(whole.prefix(length))))
        opened.append(length)
      } catch is FormatError {}
    }
    #expect(opened.isEmpty, "\(name) opened when cut at these bytes")
  }

  @Test("with bytes changed at random, a file is read or refused", arguments: files.indices)
  func corrupted(index: Int) throws {
    let (name, read) = Self.files[index]
    let whole = try Self.bytes(name)
    var random = SplitMix(state: UInt64(index))
    var refused = 0
    for _ in 0..<600 {
      var bytes = whole
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      do {
        let result = try read(region(bytes))
        touch(result.value)
      } catch is FormatError { refused += 1 }
    }
    #expect(refused > 0)
  }

  /// Reads every number, so that an array that reaches outside its bytes would be noticed.
  private func touch(_ value: Value) {
    switch value {
    case .array(let array): _ = array.values()
    case .list(let items), .tuple(let items): items.forEach(touch)
    case .dictionary(let entries): entries.forEach { touch($0.value) }
    default: break
    }
  }
}
