import Dispatch

/// The results of `body(0)`, …, `body(count - 1)`, computed on all cores; the order of the results
/// does not depend on the order in which they were ready.
public func concurrentMap<T: Sendable>(_ count: Int, _ body: @Sendable (Int) -> T) -> [T] {
  guard count > 1 else { return (0..<count).map(body) }
  return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
    guard let base = buffer.baseAddress else { return }
    // Proof: iteration i writes element i and nothing else, and all iterations end before the call
    // does.
    nonisolated(unsafe) let results = base
    DispatchQueue.concurrentPerform(iterations: count) { index in
      (results + index).initialize(to: body(index))
    }
    initialized = count
  }
}
