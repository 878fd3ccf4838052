import Core

/// An n-dimensional numeric array over bytes as they stand in a file.
///
/// Every element that shape and strides reach lies inside the region: `init` checks it.
struct NDArray {
  let type: ScalarType
  let shape: [Int]
  /// Bytes from an element to the next along each axis; may be 0 or negative.
  let strides: [Int]
  let region: ByteRegion
  /// Byte offset of the first element.
  let offset: Int
  /// The elements are big-endian.
  let swapped: Bool
  /// Number of elements, the product of `shape`.
  let count: Int

  /// Most axes an array may have (numpy's older cap).
  static let mostAxes = 32
  /// Most elements where several of them share bytes (an expanded tensor): so few may be copied.
  static let mostAliased = 1_000_000

  /// A view of `region`.
  /// - Parameters:
  ///   - strides: bytes, one for each axis; 0 repeats an element, negative ones walk back.
  ///   - offset: byte offset of the first element in `region`.
  ///   - swapped: the elements are big-endian.
  ///   - bounds: the bytes of `region` that belong to the array's storage; all of them by default.
  /// - Throws: when a length is negative, the array has over 32 axes or over `Limits.elements`
  ///   elements, or an element would lie outside `bounds`. The error has no place: the caller knows
  ///   it.
  init(
    type: ScalarType, shape: [Int], strides: [Int], region: ByteRegion, offset: Int = 0,
    swapped: Bool = false, within bounds: Range<Int>? = nil
  ) throws(FormatError) {
    guard shape.count == strides.count else {
      throw FormatError(
        .wrongShape, "an array has \(shape.count) axes but \(strides.count) strides")
    }
    count = try NDArray.count(of: shape)
    if count > 0 {
      let bounds = (bounds ?? 0..<region.count).clamped(to: 0..<region.count)
      guard
        let reach = NDArray.reach(shape: shape, strides: strides, offset: offset),
        reach.lowerBound >= bounds.lowerBound,
        reach.upperBound <= bounds.upperBound - type.size
      else {
        throw FormatError(
          .damaged, "an array of shape \(shape) reaches outside its \(bounds.count) bytes of data",
          remedy: "save the result again; the file is damaged")
      }
      // Fewer bytes than elements need: some share theirs. Neither factor can overflow here.
      let span = reach.upperBound - reach.lowerBound + type.size
      if count > NDArray.mostAliased, count * type.size > span {
        throw FormatError(
          .unsupported, "an array of shape \(shape) repeats \(span) bytes of data",
          remedy: "save the tensor after .contiguous()")
      }
    }
    self.type = type
    self.shape = shape
    self.strides = strides
    self.region = region
    self.offset = offset
    self.swapped = swapped
  }

  /// An array whose elements stand one after another from the start of `slice`.
  /// - Parameter fortran: the first axis runs fastest, not the last.
  init(
    type: ScalarType, shape: [Int], fortran: Bool = false, packedIn slice: ByteSlice,
    swapped: Bool = false
  ) throws(FormatError) {
    try self.init(
      type: type, shape: shape,
      strides: try NDArray.packedStrides(shape, size: type.size, fortran: fortran),
      region: slice.region, offset: slice.range.lowerBound, swapped: swapped, within: slice.range)
  }

  /// The strides, in bytes, of a packed array of elements of `size` bytes.
  static func packedStrides(
    _ shape: [Int], size: Int, fortran: Bool = false
  ) throws(FormatError) -> [Int] {
    // Within the limit on elements, no partial product below overflows.
    _ = try count(of: shape)
    var strides = [Int](repeating: size, count: shape.count)
    var step = size
    for axis in fortran ? Array(shape.indices) : shape.indices.reversed() {
      strides[axis] = step
      step *= max(1, shape[axis])
    }
    return strides
  }

  /// The product of `shape`, or an error where a length is negative or the product above the limit.
  static func count(of shape: [Int]) throws(FormatError) -> Int {
    guard shape.count <= mostAxes else {
      throw FormatError(
        .tooLarge, "an array has \(shape.count) axes, more than \(mostAxes)",
        remedy: "save one matrix for each result")
    }
    var extent = 1  // as if every empty axis had one element: bounds each partial product too
    for length in shape {
      guard length >= 0 else {
        throw FormatError(
          .damaged, "an array has a negative length in its shape \(shape)",
          remedy: "save the result again; the file is damaged")
      }
      let (product, overflow) = extent.multipliedReportingOverflow(by: max(1, length))
      guard !overflow, product <= Limits.elements else {
        throw FormatError(
          .tooLarge, "an array of shape \(shape) is above the limit of \(Limits.elements) elements",
          remedy: "save a smaller array")
      }
      extent = product
    }
    return shape.contains(0) ? 0 : extent
  }

  /// Lowest and highest byte offset of an element's first byte; nil on overflow. No length is 0.
  private static func reach(shape: [Int], strides: [Int], offset: Int) -> ClosedRange<Int>? {
    var low = offset
    var high = offset
    for (length, stride) in zip(shape, strides) {
      let (far, overflow1) = (length - 1).multipliedReportingOverflow(by: stride)
      let (newLow, overflow2) = low.addingReportingOverflow(min(0, far))
      let (newHigh, overflow3) = high.addingReportingOverflow(max(0, far))
      guard !overflow1, !overflow2, !overflow3 else { return nil }
      low = newLow
      high = newHigh
    }
    return low...high
  }
}

extension NDArray {
  /// The array as a matrix, nothing copied: a scalar is 1 × 1, a vector of N is 1 × N.
  /// - Throws: where there are more than two axes.
  func matrix() throws(FormatError) -> Matrix {
    guard shape.count <= 2 else {
      throw FormatError(
        .wrongShape, "an array of shape \(shape) has \(shape.count) axes; a matrix has two",
        remedy: "save one matrix for each result")
    }
    let rows = shape.count == 2 ? shape[0] : 1
    let columns = shape.last ?? 1
    let matrix = Matrix(
      rows: rows, columns: columns, type: type, region: region, offset: offset,
      rowStride: shape.count == 2 ? strides[0] : 0, columnStride: strides.last ?? type.size,
      swapped: swapped)
    guard let matrix else {
      throw FormatError(.damaged, "an array of shape \(shape) reaches outside its data")
    }
    return matrix
  }

  /// The part at `index` of `axis`, without that axis; nothing is copied.
  func slice(axis: Int, index: Int) -> NDArray {
    precondition(shape.indices.contains(axis) && index >= 0 && index < shape[axis])
    var shape = shape
    var strides = strides
    shape.remove(at: axis)
    let stride = strides.remove(at: axis)
    return NDArray(
      partOf: self, shape: shape, strides: strides, offset: offset + index * stride)
  }

  /// The array with its axes in reverse; nothing is copied.
  var transposed: NDArray {
    NDArray(
      partOf: self, shape: shape.reversed(), strides: strides.reversed(), offset: offset)
  }

  /// Positions `range` of the first axis; nothing is copied.
  func rows(_ range: Range<Int>) -> NDArray {
    precondition(!shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0])
    return NDArray(
      partOf: self, shape: [range.count] + shape.dropFirst(), strides: strides,
      offset: range.isEmpty ? offset : offset + range.lowerBound * strides[0])
  }

  /// The part `box`, a range on each axis; nothing is copied.
  func part(_ box: [Range<Int>]) -> NDArray {
    precondition(box.count == shape.count)
    precondition(zip(box, shape).allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= $1 })
    let start = zip(box, strides).reduce(offset) {
      $1.0.isEmpty ? $0 : $0 + $1.0.lowerBound * $1.1
    }
    return NDArray(partOf: self, shape: box.map(\.count), strides: strides, offset: start)
  }

  /// The axes in another order, each of them once; nothing is copied.
  func ordered(_ axes: [Int]) -> NDArray {
    precondition(axes.sorted() == Array(shape.indices))
    return NDArray(
      partOf: self, shape: axes.map { shape[$0] }, strides: axes.map { strides[$0] },
      offset: offset)
  }

  /// The axes the other way round; nothing is copied.
  func reversed() -> NDArray { ordered(shape.indices.reversed()) }

  /// The array with an axis of length 1 before the others; nothing is copied.
  func asOneSample() -> NDArray {
    NDArray(partOf: self, shape: [1] + shape, strides: [type.size] + strides, offset: offset)
  }

  /// All values in row-major order, as float64.
  func values() -> [Double] {
    if count == 0 { return [] }
    if shape.count <= 2 { return (try? matrix())?.values() ?? [] }
    return (0..<shape[0]).flatMap { slice(axis: 0, index: $0).values() }
  }

  /// A part of a checked array, which needs no second check.
  private init(partOf whole: NDArray, shape: [Int], strides: [Int], offset: Int) {
    type = whole.type
    region = whole.region
    swapped = whole.swapped
    self.shape = shape
    self.strides = strides
    self.offset = offset
    count = shape.reduce(1, *)
  }
}
