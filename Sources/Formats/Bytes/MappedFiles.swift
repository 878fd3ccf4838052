import Core
import Synchronization

/// What became of a mapped file while its bytes were used. Pages that are gone read as 0xFF or zero:
/// NaN, −1, 255 or 0, none of which anybody has saved.
public enum FileDamage: Error, Sendable, Equatable {
  /// A read met bytes that the file no longer has.
  case cutShort(path: String)
  /// The file was written to.
  case changed(path: String)

  /// The same as one line.
  public var error: FormatError {
    switch self {
    case .cutShort(let path):
      FormatError(
        .changed, "the file was cut short while it was read",
        remedy: "nothing was written; let its writer finish, then start again",
        file: SafeText.sanitise(path))
    case .changed(let path):
      FormatError(
        .changed, "the file was changed while it was read",
        remedy: "nothing was written; let its writer finish, then start again",
        file: SafeText.sanitise(path))
    }
  }
}

/// Every file that this process has mapped, and what became of those that it no longer has.
///
/// `AtomicFile` and standard output ask here before anything leaves the process, so that no command
/// can forget to.
public enum MappedFiles {
  private struct Known {
    var path: String
    var stamp: FileStamp
    var hasLostBytes: @Sendable () -> Bool
  }

  private struct State {
    /// By the address of the first byte.
    var open: [UInt: Known] = [:]
    /// The first damage that was found when a file was given up.
    var past: FileDamage?
  }

  private static let state = Mutex(State())
  private static let isGuarding = Atomic<Bool>(false)

  /// From now on `checkIntact()` looks at all files that are mapped, also at those that were given
  /// up meanwhile. A program calls this first; until then nothing is held against its output.
  public static func guardOutput() { isGuarding.store(true, ordering: .relaxed) }

  /// Checks all files that were mapped since `guardOutput`, as a command does that ends with its
  /// output.
  /// - Throws: when one was cut short or written to while it was open.
  public static func checkIntact() throws(FormatError) {
    guard isGuarding.load(ordering: .relaxed) else { return }
    let damage = state.withLock { state in
      state.past ?? state.open.values.lazy.compactMap(Self.damage).first
    }
    if let damage { throw damage.error }
  }

  /// Checks the files behind `matrices`, and no others, as a session does that goes on.
  /// - Throws: when one was cut short or written to while it was open.
  public static func checkIntact(behind matrices: [Matrix]) throws(FormatError) {
    for matrix in matrices { try checkIntact(matrix.region) }
  }

  /// Checks the file that `region` maps; memory is always intact.
  static func checkIntact(_ region: ByteRegion) throws(FormatError) {
    let damage = state.withLock { state in
      state.open[address(region.bytes)].flatMap(Self.damage)
    }
    if let damage { throw damage.error }
  }

  /// Notes a file whose first byte is mapped at `start`.
  static func add(
    _ start: UnsafeRawPointer, path: String, stamp: FileStamp,
    hasLostBytes: @escaping @Sendable () -> Bool
  ) {
    let known = Known(path: path, stamp: stamp, hasLostBytes: hasLostBytes)
    state.withLock { $0.open[UInt(bitPattern: start)] = known }
  }

  /// Forgets the mapping at `start`, while it still stands, but not what became of it.
  static func remove(_ start: UnsafeRawPointer) {
    state.withLock { state in
      guard let known = state.open.removeValue(forKey: UInt(bitPattern: start)) else { return }
      guard isGuarding.load(ordering: .relaxed), state.past == nil else { return }
      state.past = damage(known)
    }
  }

  /// A file that was replaced or removed still stands behind its mapping; one that was written to
  /// does not.
  private static func damage(_ known: Known) -> FileDamage? {
    if known.hasLostBytes() { return .cutShort(path: known.path) }
    guard let now = FileStamp(path: known.path), now.isSameFile(as: known.stamp),
      now != known.stamp
    else { return nil }
    return .changed(path: known.path)
  }

  private static func address(_ bytes: UnsafeRawBufferPointer) -> UInt {
    UInt(bitPattern: bytes.baseAddress)
  }
}
