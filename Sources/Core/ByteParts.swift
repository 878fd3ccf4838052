/// Bytes that are made part by part, so that a large file is never whole in memory.
public protocol ByteParts {
  /// Calls `body` with one part after another; each is valid during its call only.
  func forEachPart<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure)
}

extension [UInt8]: ByteParts {
  /// All bytes are one part.
  public func forEachPart<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try withUnsafeBufferPointer { buffer throws(Failure) in
      try body(UnsafeRawBufferPointer(buffer))
    }
  }
}
