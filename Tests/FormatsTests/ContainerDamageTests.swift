import Core
import Glibc
import Similarity
import Testing

@testable import Formats

/// Cut and corrupted files: an error, or a result that still makes sense, and never a trap.
@Suite(.serialized) struct ContainerDamageTests {
  private func outcome(_ bytes: [UInt8]) -> Result<[Comparison], FormatError> {
    let region = ByteRegion(copying: bytes)
    do throws(FormatError) {
      return .success(try ResultFile.read(region: region, path: "damaged"))
    } catch {
      return .failure(error)
    }
  }

  /// Whether every cut of `bytes` is refused.
  private func everyCutIsRefused(_ bytes: [UInt8], step: Int = 1) -> Bool {
    stride(from: 0, to: bytes.count, by: step).allSatisfy { length in
      guard case .failure(let error) = outcome(Array(bytes[..<length])) else { return false }
      return !error.problem.isEmpty
    }
  }

  private func small() throws -> [Comparison] {
    let csv = try FixtureFile.bytes("hostile/csv_quotes_crlf.csv")
    return try ResultFile.read(region: ByteRegion(copying: csv), path: "small")
  }

  @Test func everyCutOfSafetensors() throws {
    #expect(everyCutIsRefused(try FixtureFile.bytes("samples/variants/results.safetensors")))
  }

  @Test func everyCutOfABundle() throws {
    #expect(everyCutIsRefused(try ResultBundle.encode(small())))
  }

  @Test func everyCutOfJSON() throws {
    // The last byte of what the writer makes is a newline, which nobody misses.
    #expect(everyCutIsRefused(ResultWriter.json(try small()).dropLast()))
    let real = try FixtureFile.bytes("samples/variants/results.json")
    #expect(everyCutIsRefused(real, step: 61))
  }

  @Test func everyCutOfCSVKeepsItsRowsWhole() throws {
    let bytes = try FixtureFile.bytes("samples/variants/results.csv")
    for length in stride(from: 0, to: bytes.count, by: 41) {
      guard case .success(let results) = outcome(Array(bytes[..<length])) else { continue }
      #expect(results[0].matrix.columns == 17)
    }
  }

  @Test func cutsOfHDF5() throws {
    let bytes = try FixtureFile.bytes("samples/variants/results.h5")
    let folder = try ScratchFolder()
    let path = try folder.write(bytes, "cut.h5")
    var opened: [Int] = []
    for length in (1..<bytes.count).reversed() {
      truncate(path, length)
      if (try? HDF5Reader.readHere(MappedFile.region(path: path))) != nil { opened.append(length) }
    }
    #expect(opened.isEmpty)
  }

  @Test func corruptedHDF5NeverTraps() throws {
    let bytes = try FixtureFile.bytes("samples/variants/results.h5")
    let folder = try ScratchFolder()
    var random = SplitMix(state: 3)
    HDF5Service.use([BuiltProgram.path, "read-hdf5", "--"])
    for _ in 0..<40 {
      let path = try folder.write(corrupted(bytes, using: &random), "bad.h5")
      guard let results = try? ResultFile.read(path: path) else { continue }
      check(.success(results))
    }
  }

  @Test(arguments: [
    "results.safetensors", "results.json", "results.csv", "ckatorch_style_cka.json",
  ])
  func corruptionNeverTraps(_ name: String) throws {
    let bytes = try FixtureFile.bytes("samples/variants/" + name)
    var random = SplitMix(state: 7)
    for _ in 0..<300 { check(outcome(corrupted(bytes, using: &random))) }
  }

  @Test func corruptedBundlesNeverTrap() throws {
    let bytes = try ResultBundle.encode(small())
    var random = SplitMix(state: 11)
    for _ in 0..<2000 { check(outcome(corrupted(bytes, using: &random))) }
  }

  private func check(_ outcome: Result<[Comparison], FormatError>) {
    switch outcome {
    case .failure(let error): #expect(!error.description.contains("\n"))
    case .success(let results):
      for result in results {
        #expect(result.matrix.values().count == result.matrix.rows * result.matrix.columns)
      }
    }
  }

  /// Up to eight bytes changed; some become what parsers care for.
  private func corrupted(_ bytes: [UInt8], using random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    let telling = Array("\"\\[]{},:0-9eNn\n\r\0".utf8) + [0xFF, 0x80]
    for _ in 0...Int.random(in: 0..<8, using: &random) {
      let index = Int.random(in: bytes.indices, using: &random)
      bytes[index] =
        Bool.random(using: &random)
        ? telling[Int.random(in: telling.indices, using: &random)]
        : UInt8.random(in: 0...255, using: &random)
    }
    return bytes
  }
}

/// A generator with a known seed, so that a failure comes again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
