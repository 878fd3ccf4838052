import CZip

/// One member of an archive, unpacked front to back.
final class ZipStream {
  /// Bytes read so far.
  private(set) var position = 0
  private let file: OpaquePointer
  private let member: String

  /// Takes ownership of the open `file`; `member` is its name, ready to show.
  init(_ file: OpaquePointer, member: String) {
    self.file = file
    self.member = member
  }

  deinit { zip_fclose(file) }

  /// Fills `memory` with the next bytes.
  /// - Throws: when there are fewer, or they are damaged.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(FormatError) {
    var filled = 0
    while filled < memory.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: memory[filled...])
      let got = zip_fread(file, rest.baseAddress, UInt64(rest.count))
      guard got > 0 else { throw damaged(got == 0 ? "it ends early" : nil) }
      filled += Int(got)
      position += Int(got)
    }
  }

  /// Passes over the next `count` bytes, 64 KiB at a time.
  func skip(_ count: Int) throws(FormatError) {
    guard count > 0 else { return }
    var left = count
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(left, 1 << 16), alignment: 16)
    defer { scratch.deallocate() }
    while left > 0 {
      let part = UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(left, scratch.count)])
      try read(into: part)
      left -= part.count
    }
  }

  /// Checks that nothing is left: libzip compares length and checksum only once it meets the end.
  func expectEnd() throws(FormatError) {
    var extra: UInt8 = 0
    let more = zip_fread(file, &extra, 1)
    guard more == 0 else { throw damaged(more > 0 ? "it is longer than claimed" : nil) }
  }

  private func damaged(_ reason: String?) -> FormatError {
    ZipArchive.damaged(
      "member '\(member)': \(reason ?? String(cString: zip_file_strerror(file)))")
  }
}
