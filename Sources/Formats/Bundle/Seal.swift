import Core

/// The checksum of a bundle: XXH64 of all bytes of the file, in which the sixteen digits of the
/// checksum itself count as zeros. It stands in `__metadata__` under `checksum`, as
/// "xxh64:44bc2cf5ad770999".
///
/// A flipped bit in names, options or sums would otherwise be believed: a header is JSON, and most
/// changes of one character are JSON too.
enum Seal {
  /// Its key.
  static let key = "checksum"
  /// What is hashed in its place.
  static let blank = name + String(repeating: "0", count: 16)
  private static let name = "xxh64:"

  /// Refuses a file whose bytes are not those that were written.
  ///
  /// Files without a checksum are read as they are. One is looked for under its key and by its
  /// form, so that a damaged key or value does not pass for a file that never had one.
  /// - Throws: `FormatError`, one line.
  static func check(_ file: SafetensorsFile, in bytes: UnsafeRawBufferPointer) throws(FormatError) {
    guard let entry = file.metadata.first(where: { $0.key == key || isChecksum($0.value) })
    else { return }
    guard entry.key == key, let found = checksum(of: bytes, sealedWith: entry.value) else {
      throw damaged("its checksum cannot be read")
    }
    guard found == entry.value else {
      throw damaged("it was sealed as \(entry.value), and its bytes give \(found)")
    }
  }

  /// Where `text` stands first in `header`.
  static func place(of text: String, in header: some RandomAccessCollection<UInt8>) -> Range<Int>? {
    let pattern = Array(text.utf8)
    let bytes = Array(header.prefix(longestPrefix))
    guard bytes.count >= pattern.count else { return nil }
    return (0...bytes.count - pattern.count).first {
      bytes[$0..<$0 + pattern.count].elementsEqual(pattern)
    }.map { $0..<$0 + pattern.count }
  }

  /// Bytes of a header among which the checksum is looked for: it is written first, but whoever
  /// saves the file again may sort the keys.
  private static let longestPrefix = 1 << 20

  /// What the checksum of `bytes` is, where it stands among them as `text`.
  private static func checksum(of bytes: UnsafeRawBufferPointer, sealedWith text: String) -> String?
  {
    guard isChecksum(text), let place = place(of: text, in: bytes) else { return nil }
    var hash = FileHash()
    hash.add(UnsafeRawBufferPointer(rebasing: bytes[..<place.lowerBound]))
    Array(blank.utf8).withUnsafeBytes { hash.add($0) }
    hash.add(UnsafeRawBufferPointer(rebasing: bytes[place.upperBound...]))
    return hash.text
  }

  private static func isChecksum(_ text: String) -> Bool {
    text.hasPrefix(name) && text.utf8.count == blank.utf8.count
      && text.utf8.dropFirst(name.utf8.count).allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
      }
  }

  private static func damaged(_ how: String) -> FormatError {
    FormatError(
      .damaged, "the file is damaged: \(how)", at: "metadata '\(key)'",
      remedy: "copy it again, or compute it again (who changes a bundle drops '\(key)')")
  }
}
