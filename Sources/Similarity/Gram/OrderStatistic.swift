/// Order statistics of more numbers than memory holds: exact, by passes over them.
///
/// Non-negative float64 numbers stand in the order of their bits. Each pass counts how many begin
/// with the bits known so far and any next 16, which narrows the bits; once few enough are left
/// they are collected and sorted. At most five passes, mostly two or three.
struct OrderStatistic {
  /// The numbers with the places `lower` and `upper`, which is `lower` or the next, among those
  /// that `visit` shows in ascending order.
  /// - Parameters:
  ///   - limit: numbers that may be held at once.
  ///   - visit: shows all numbers, none of them negative or NaN, in any order and any pieces; the
  ///     same at every call.
  static func values(
    lower: Int, upper: Int, limit: Int,
    visit: (_ show: (UnsafeBufferPointer<Double>) -> Void) throws -> Void
  ) rethrows -> (lower: Double, upper: Double) {
    // Of numbers whose bits above `shift` are `prefix`, the one at `place` is sought.
    var (prefix, place, shift) = (UInt64(0), lower, 64)
    while shift > 0 {
      var counts = [Int](repeating: 0, count: 1 << 16)
      let (known, next) = (prefix, shift - 16)
      try visit { numbers in
        for number in numbers {
          let bits = number.bitPattern
          if shift == 64 || bits >> UInt64(shift) == known {
            counts[Int(bits >> UInt64(next) & 0xFFFF)] += 1
          }
        }
      }
      var bin = 0
      while bin < counts.count - 1, place >= counts[bin] {
        place -= counts[bin]
        bin += 1
      }
      (prefix, shift) = (prefix << 16 | UInt64(bin), next)
      if counts[bin] <= limit { break }
    }
    return try finish(
      prefix: prefix, shift: shift, place: place, isPair: upper > lower, visit: visit)
  }

  /// Collects the numbers that begin with `prefix`; where no bit is left they are all the same.
  private static func finish(
    prefix: UInt64, shift: Int, place: Int, isPair: Bool,
    visit: (_ show: (UnsafeBufferPointer<Double>) -> Void) throws -> Void
  ) rethrows -> (lower: Double, upper: Double) {
    var (few, same, above) = ([Double](), 0, Double.infinity)
    try visit { numbers in
      for number in numbers {
        let start = number.bitPattern >> UInt64(shift)
        if start == prefix {
          if shift > 0 { few.append(number) } else { same += 1 }
        } else if start > prefix {
          above = min(above, number)
        }
      }
    }
    if shift == 0 {
      let value = Double(bitPattern: prefix)
      return (value, isPair && place + 1 >= same ? above : value)
    }
    few.sort()
    let upper = isPair ? (place + 1 < few.count ? few[place + 1] : above) : few[place]
    return (few[place], upper)
  }
}
