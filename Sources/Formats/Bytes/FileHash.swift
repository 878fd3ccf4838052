import CHash

/// XXH64 of bytes that come in parts, with seed 0: `xxhsum -H1 FILE` and Python's
/// `xxhash.xxh64(bytes)` give the same sixteen digits.
///
/// It is well defined, and as fast as memory; it tells files apart that differ by chance, and
/// guards against nobody who wants two files to look alike.
public struct FileHash: Sendable {
  private var state = cka_xxh64()

  /// The hash of no bytes yet.
  public init() { cka_xxh64_begin(&state) }

  /// Takes in the next bytes.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    cka_xxh64_add(&state, bytes.baseAddress, bytes.count)
  }

  /// Sixteen hexadecimal digits.
  public var digits: String {
    withUnsafePointer(to: state) { state in
      let digits = String(cka_xxh64_value(state), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
  }

  /// The name of the hash and its digits: "xxh64:44bc2cf5ad770999".
  public var text: String { "xxh64:\(digits)" }
}
