/// Memory for numbers that starts on a cache line, grows when asked, and never shrinks.
///
/// Addresses in it are valid for as long as the object lives: a local one needs
/// `withExtendedLifetime`.
final class AlignedBuffer<Element: BitwiseCopyable> {
  private var storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// Room for `count` elements. What was there before is lost, and earlier results of this function
  /// must not be used any more.
  func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
    let bytes = max(1, count) * MemoryLayout<Element>.stride
    if storage.count < bytes {
      storage.deallocate()
      storage = .allocate(byteCount: bytes, alignment: 64)
    }
    return storage.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Element.self)
  }

  deinit { storage.deallocate() }
}
