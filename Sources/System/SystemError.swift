import Glibc

/// What the system says of a call that failed.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What cannot be done: "cannot be written".
  public var what: String
  /// The file or program that it concerns, as it was named; nil where there is none.
  public var path: String?
  /// The error's number; 0 where `what` says it all.
  public var code: Int32

  /// An error, with the number of the call that just failed unless another is given.
  public init(_ what: String, at path: String? = nil, code: Int32 = errno) {
    self.what = what
    self.path = path
    self.code = code
  }

  /// "cannot be written: No space left on device". The path stays out: who shows it makes it safe.
  public var description: String {
    code == 0 ? what : "\(what): \(String(cString: strerror(code)))"
  }
}

/// Calls `body` again for as long as a signal interrupts it; the one place that knows EINTR.
@inline(__always)
public func uninterrupted<Number: SignedInteger>(_ body: () -> Number) -> Number {
  while true {
    let result = body()
    if result >= 0 || errno != EINTR { return result }
  }
}
