/// A run of immutable bytes with an owner: a file's mapping, or memory of our own.
///
/// `@unchecked Sendable`: the bytes are never written after `init`, and `release` runs once, in
/// `deinit`, when no other reference is left.
public final class ByteRegion: @unchecked Sendable {
  /// What stands behind the bytes of a mapped file.
  public struct Mapping: Sendable {
    /// Gives the memory of some of the bytes back, from where they come again when they are read.
    let setAside: @Sendable (UnsafeRawBufferPointer) -> Void
    /// Whether a read met bytes that the file no longer has; makes no system call.
    let hasLostBytes: @Sendable () -> Bool

    /// A mapping that is asked through these.
    public init(
      setAside: @escaping @Sendable (UnsafeRawBufferPointer) -> Void = { _ in },
      hasLostBytes: @escaping @Sendable () -> Bool
    ) {
      self.setAside = setAside
      self.hasLostBytes = hasLostBytes
    }
  }

  /// The bytes; valid for as long as this object lives.
  public let bytes: UnsafeRawBufferPointer
  private let release: @Sendable (UnsafeRawBufferPointer) -> Void
  private let mapping: Mapping?
  private let charge: Int

  /// Takes ownership of `bytes`; `release` is called with them when the last reference goes.
  /// - Parameters:
  ///   - mapping: the file behind the bytes; nil where they are memory of our own.
  ///   - charge: bytes that were taken from `MemoryBudget.shared`, and go back with the region.
  public init(
    owning bytes: UnsafeRawBufferPointer, mapping: Mapping? = nil, charge: Int = 0,
    release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
  ) {
    self.bytes = bytes
    self.mapping = mapping
    self.charge = charge
    self.release = release
  }

  /// Copies `contents`.
  public convenience init<C: Collection>(copying contents: C) where C.Element == UInt8 {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: contents.count, alignment: 16)
    copy.copyBytes(from: contents)
    MemoryBudget.shared.charge(copy.count)
    self.init(owning: UnsafeRawBufferPointer(copy), charge: copy.count) { $0.deallocate() }
  }

  /// How many bytes there are.
  public var count: Int { bytes.count }

  /// Whether the bytes are a mapped file's, which takes no memory that others could need.
  public var isMapped: Bool { mapping != nil }

  /// Whether a read met bytes that the mapped file no longer has: they read as 0xFF.
  public var hasLostBytes: Bool { mapping?.hasLostBytes() ?? false }

  /// Says that the bytes at `range` have been read and will not be for a while, so that a file of
  /// any size takes little memory. They stay valid.
  func setAside(_ range: Range<Int>) {
    mapping?.setAside(UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<count)]))
  }

  deinit {
    release(bytes)
    if charge > 0 { MemoryBudget.shared.give(charge) }
  }
}
