import CXXHash

/// XXH64 of bytes that come in parts, with seed 0: `xxhsum -H1 FILE` and Python's
/// `xxhash.xxh64(bytes)` give the same sixteen digits.
///
/// It is well defined, and as fast as memory; it tells files apart that differ by chance, and
/// guards against nobody who wants two files to look alike.
public struct FileHash: Sendable {
  private var state = State()

  /// The hash of no bytes yet.
  public init() {}

  /// Takes in the next bytes.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    if !isKnownUniquelyReferenced(&state) { state = State(copying: state) }
    XXH64_update(state.pointer, start, bytes.count)
  }

  /// Sixteen hexadecimal digits.
  public var digits: String {
    let digits = String(XXH64_digest(state.pointer), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The name of the hash and its digits: "xxh64:44bc2cf5ad770999".
  public var text: String { "xxh64:\(digits)" }
}

/// A hash in the making, which libxxhash keeps.
///
/// `@unchecked`: it is changed only while one hash alone refers to it.
private final class State: @unchecked Sendable {
  let pointer: OpaquePointer

  /// The hash of no bytes yet.
  init() {
    guard let pointer = XXH64_createState() else { fatalError("no memory for a hash") }
    self.pointer = pointer
    XXH64_reset(pointer, 0)
  }

  convenience init(copying other: State) {
    self.init()
    XXH64_copyState(pointer, other.pointer)
  }

  deinit { XXH64_freeState(pointer) }
}
