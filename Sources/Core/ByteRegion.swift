/// A run of immutable bytes with an owner: a file's mapping, or memory of our own.
///
/// `@unchecked Sendable`: the bytes are never written after `init`, and `release` runs once, in
/// `deinit`, when no other reference is left.
public final class ByteRegion: @unchecked Sendable {
  /// The bytes; valid for as long as this object lives.
  public let bytes: UnsafeRawBufferPointer
  private let release: @Sendable (UnsafeRawBufferPointer) -> Void
  private let setAside: (@Sendable (UnsafeRawBufferPointer) -> Void)?

  /// Takes ownership of `bytes`; `release` is called with them when the last reference goes.
  /// - Parameter setAside: gives the memory of some of the bytes back, from where they come again
  ///   when they are read; nil where they cannot.
  public init(
    owning bytes: UnsafeRawBufferPointer,
    setAside: (@Sendable (UnsafeRawBufferPointer) -> Void)? = nil,
    release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
  ) {
    self.bytes = bytes
    self.setAside = setAside
    self.release = release
  }

  /// Copies `contents`.
  public convenience init<C: Collection>(copying contents: C) where C.Element == UInt8 {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: contents.count, alignment: 16)
    copy.copyBytes(from: contents)
    self.init(owning: UnsafeRawBufferPointer(copy)) { $0.deallocate() }
  }

  /// How many bytes there are.
  public var count: Int { bytes.count }

  /// Whether the bytes are a file's, which the system may take out of memory at any time.
  public var isMapped: Bool { setAside != nil }

  /// Says that the bytes at `range` have been read and will not be for a while, so that a file of
  /// any size takes little memory. They stay valid.
  func setAside(_ range: Range<Int>) {
    setAside?(UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<count)]))
  }

  deinit { release(bytes) }
}
