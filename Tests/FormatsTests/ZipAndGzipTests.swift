import Core
import Testing

@testable import Formats

@Suite("zip archives")
struct ZipArchiveTests {
  @Test("arrays by name; other members are told and passed over")
  func stored() throws {
    let bytes = try BinaryFixtures.region("made/zip_stored.npz")
    let archive = try ZipArchive(bytes)
    let result = try NpzReader.read(archive)
    #expect(result.value.summary == "{'a': \(TorchTests.matrix)}")
    #expect(result.warnings == [.noArray(member: "readme.txt")])
    guard case .array(let array)? = result.value["a"] else { return }
    #expect(array.region === bytes)
  }

  @Test("an archive is torch's when it has a data.pkl one folder down")
  func kinds() throws {
    let torch = try ZipArchive(BinaryFixtures.region("samples/variants/torchsave_zip.pt"))
    #expect(torch.torchPickle?.name == "torchsave_zip/data.pkl")
    let npz = try ZipArchive(BinaryFixtures.region("samples/variants/results.npz"))
    #expect(npz.torchPickle == nil)
  }

  @Test(
    "what is refused, and why",
    arguments: [
      ("made/zip_INVALID_encrypted.npz", .unsupported, "the member 'a.npy' is encrypted"),
      (
        "made/zip_INVALID_bzip2.npz", .unsupported,
        "the member 'a.npy' is compressed in a way (12) that is not supported"
      ),
      ("made/zip_INVALID_no_arrays.npz", .empty, "the archive holds no arrays"),
      (
        "made/zip_INVALID_checksum.npz", .damaged,
        "the zip archive is damaged (member 'a.npy': CRC error)"
      ),
      (
        "hostile/zip_20000_entries.npz", .tooLarge, "the archive has 20000 members, more than 10000"
      ),
      ("hostile/zip_duplicate_member.npz", .ambiguous, "the archive has two members 'CKA.npy'"),
    ] as [(String, FormatError.Kind, String)])
  func refused(name: String, kind: FormatError.Kind, expected: String) throws {
    let error = #expect(throws: FormatError.self) { try BinaryFixtures.read(name) }
    #expect(error?.kind == kind)
    #expect(error?.problem == expected)
  }

  @Test("a member that claims 4 GiB is refused before anything is unpacked")
  func lyingSize() throws {
    let error = #expect(throws: FormatError.self) {
      try ZipArchive(BinaryFixtures.region("hostile/zip_lying_size.npz"))
    }
    #expect(error?.kind == .damaged)
  }
}

@Suite("gzip")
struct GzipTests {
  /// gzip.compress(b"hello", mtime=0)
  static let hello: [UInt8] = [
    0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0x02, 0xFF, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0, 0x86, 0xA6,
    0x10, 0x36, 0x05, 0, 0, 0,
  ]

  @Test("one member, and two one after another")
  func members() throws {
    #expect(try Gzip.inflate(region(Self.hello)).array == Array("hello".utf8))
    let twice = try Gzip.inflate(region(Self.hello + Self.hello))
    #expect(twice.array == Array("hellohello".utf8))
  }

  @Test("a wrong checksum, a wrong length, and bytes that follow")
  func damaged() {
    var checksum = Self.hello
    checksum[17] ^= 1
    var length = Self.hello
    length[21] = 6
    for bytes in [checksum, length, Self.hello + [1, 2, 3]] {
      let error = #expect(throws: FormatError.self) { try Gzip.inflate(region(bytes)) }
      #expect(error?.kind == .damaged)
    }
    let cut = #expect(throws: FormatError.self) { try Gzip.inflate(region(Self.hello.dropLast(9))) }
    #expect(cut?.kind == .truncated)
  }

  @Test("growth above the limit is refused")
  func limit() throws {
    let bytes = try BinaryFixtures.region("samples/variants/torch_f32.pkl.gz")
    let error = #expect(throws: FormatError.self) { try Gzip.inflate(bytes, limit: 1000) }
    #expect(error?.kind == .tooLarge)
  }
}
