/// Whether two numbers are the same, or both NaN, within `tolerance`.
public func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 0) -> Bool {
  a.isNaN || b.isNaN ? a.isNaN == b.isNaN : a == b || abs(a - b) <= tolerance
}

/// Whether two lists are as long and `isClose` throughout.
public func areClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 0) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1, tolerance) }
}

/// Whether all numbers are NaN.
public func areNaN(_ values: some Sequence<Double>) -> Bool { values.allSatisfy(\.isNaN) }
