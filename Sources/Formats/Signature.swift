import Core

/// What a file is, by its content: people rename files.
enum Signature: String {
  case gzip, zip, npy, hdf5, safetensors, torchLegacy, pickle, json, yamlIndex, text

  /// What `region` holds.
  /// - Throws: when it is something else that people save under a result's name, which the error
  ///   names.
  static func format(of region: ByteRegion) throws(FormatError) -> Signature {
    let slice = ByteSlice(region)
    if let stranger = strangers.first(where: { slice.hasPrefix($0.magic) }) {
      throw FormatError(.foreign, "this is \(stranger.name), not a result", remedy: stranger.remedy)
    }
    if Gzip.isGzip(region) { return .gzip }
    if ZipArchive.isZip(region) { return .zip }
    if NpyReader.isNpy(region) { return .npy }
    // Of a damaged file the beginning of the signature is enough: libhdf5 says what is wrong.
    if slice.hasPrefix(Array(magicOfHDF5.prefix(4))) { return .hdf5 }
    if slice.hasPrefix(Array("MATLAB 5.0 MAT-file".utf8)) {
      throw FormatError(
        .unsupported, "a MATLAB file of version 7 or older", remedy: "save it in MATLAB with -v7.3")
    }
    if SafetensorsFile.matches(region.bytes) { return .safetensors }
    if TorchReader.isLegacy(region) { return .torchLegacy }
    // After the formats of large files: it looks into pages all over the file.
    if hasHDF5BehindBlock(slice) { return .hdf5 }
    return try textOrPickle(region)
  }

  private static let magicOfHDF5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Whether HDF5's signature stands at byte 512, 1024, 2048 and so on: before it a file may have a
  /// block of its user's, as MATLAB's have ("HDF5 File Format Specification", II.A).
  private static func hasHDF5BehindBlock(_ slice: ByteSlice) -> Bool {
    // A pickle's first byte begins no such block.
    guard !slice.hasPrefix([0x80]) else { return false }
    var offset = 512
    while let part = slice.part(from: offset, count: magicOfHDF5.count) {
      if part.withBytes({ $0.elementsEqual(magicOfHDF5) }) { return true }
      offset *= 2
    }
    return false
  }

  private struct Stranger {
    let magic: [UInt8]
    let name: String
    let remedy: String

    init(_ magic: [UInt8], _ name: String, _ remedy: String = "") {
      self.magic = magic
      self.name = name
      self.remedy = remedy
    }
  }

  private static let strangers = [
    Stranger(
      Array("version https://git-lfs".utf8), "a Git LFS pointer", "run git lfs pull to fetch it"),
    Stranger([0x89, 0x50, 0x4E, 0x47], "a PNG image", "open the data it was drawn from"),
    Stranger([0xFF, 0xD8, 0xFF], "a JPEG image", "open the data it was drawn from"),
    Stranger(Array("%PDF".utf8), "a PDF", "open the data it was drawn from"),
    Stranger([0x7F, 0x45, 0x4C, 0x46], "a program (ELF)"),
    Stranger(Array("BZh".utf8), "bzip2", "unpack it with bunzip2"),
    Stranger([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz", "unpack it with unxz"),
    Stranger([0x28, 0xB5, 0x2F, 0xFD], "Zstandard", "unpack it with unzstd"),
    Stranger(Array("PK\u{5}\u{6}".utf8), "an empty zip archive"),
  ]

  private static func textOrPickle(_ region: ByteRegion) throws(FormatError) -> Signature {
    let bytes = region.bytes
    let mark = ByteSlice(region).hasPrefix([0xEF, 0xBB, 0xBF]) ? 3 : 0
    let first = bytes.dropFirst(mark).first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return .json
    case UInt8(ascii: "<"):
      throw FormatError(
        .foreign, "this is a web page or XML, not a result",
        remedy: "download the file itself, not the page about it")
    case nil: throw FormatError(.empty, "there is nothing in the file but white space")
    default: break
    }
    // Before pickle: "cka_matrix:" begins as protocol 0's GLOBAL does.
    if CkatorchReader.matchesYAML(bytes) { return .yamlIndex }
    // The pickle reader names a protocol that it does not know.
    if bytes[0] == 0x80 || PickleReader.isPickle(region) { return .pickle }
    guard isText(bytes) else {
      throw FormatError(
        .foreign, "not a format that cka knows",
        remedy: "it opens pickle, torch, npy, npz, safetensors, HDF5, JSON and CSV")
    }
    return .text
  }

  /// Whether the beginning holds no control characters that text has none of.
  private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.prefix(4096).allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
  }
}
