import Core

extension NDArray {
  /// The samples of the first axis as the rows of a matrix, the axes taken for what they usually
  /// are.
  /// - Precondition: at least one axis.
  func featureMatrix(pool: Pooling) throws(FormatError) -> Matrix {
    let axes = Array(FeatureAxis.assumed(rank: shape.count).dropFirst())
    return try pooled(axes, FeaturePooling(positions: pool)).rowMatrix()
  }

  /// The samples of the first axis as the rows of a matrix.
  ///
  /// Elements of a row lie side by side in this machine's byte order, so that every kernel can read
  /// them: where they do in the array too, nothing is copied.
  /// - Precondition: at least one axis.
  func rowMatrix() throws(FormatError) -> Matrix {
    let rows = try hasPackedRows ? self : packed()
    let matrix = Matrix(
      rows: rows.shape[0], columns: rows.shape.dropFirst().reduce(1, *), type: rows.type,
      region: rows.region, offset: rows.offset, rowStride: rows.strides[0])
    guard let matrix else { throw FormatError(.damaged, "an array reaches outside its data") }
    return matrix
  }

  /// The arrays one after another along their first axis; one alone is given back as it is.
  /// - Precondition: at least one; all have one type, and one shape but for the first axis.
  static func joined(_ arrays: [NDArray]) throws(FormatError) -> NDArray {
    guard arrays.count > 1 else { return arrays[0] }
    let first = arrays[0]
    let rows = arrays.reduce(0) { $0 + $1.shape[0] }
    let shape = [rows] + first.shape.dropFirst()
    let bytes = try NDArray.count(of: shape) * first.type.size
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes), alignment: 64)
    let region = ByteRegion(owning: UnsafeRawBufferPointer(copy)) { $0.deallocate() }
    if var target = copy.baseAddress, bytes > 0 {
      for array in arrays { array.copyElements(to: &target) }
    }
    return try NDArray(
      type: first.type, shape: shape, packedIn: ByteSlice(region: region, range: 0..<bytes))
  }

  /// Whether the elements of each row stand one after another, in this machine's byte order.
  private var hasPackedRows: Bool {
    var step = type.size
    for axis in shape.indices.dropFirst().reversed() where shape[axis] != 1 {
      guard strides[axis] == step else { return false }
      step *= shape[axis]
    }
    return !swapped || type.size == 1
  }
}

// MARK: Copying

extension NDArray {
  /// A row-major copy in this machine's byte order, of the same type.
  func packed() throws(FormatError) -> NDArray {
    // Views may repeat few bytes many times, but of more than a million elements every one has its
    // own.
    let copy = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, count * type.size), alignment: 64)
    let region = ByteRegion(owning: UnsafeRawBufferPointer(copy)) { $0.deallocate() }
    if var target = copy.baseAddress { copyElements(to: &target) }
    return try NDArray(
      type: type, shape: shape, packedIn: ByteSlice(region: region, range: 0..<count * type.size))
  }

  /// Writes all elements in row-major order to `target`, in this machine's byte order, and moves it
  /// on.
  fileprivate func copyElements(to target: inout UnsafeMutableRawPointer) {
    guard count > 0, let source = region.bytes.baseAddress else { return }
    withExtendedLifetime(region) {
      guard !shape.isEmpty else {
        return asOneSample().copyElements(to: &target)
      }
      switch type.size {
      case 1: gather(UInt8.self, source + offset, axis: 0, into: &target)
      case 2: gather(UInt16.self, source + offset, axis: 0, into: &target)
      case 4: gather(UInt32.self, source + offset, axis: 0, into: &target)
      default: gather(UInt64.self, source + offset, axis: 0, into: &target)
      }
    }
  }

  /// Writes the elements below `source` along `axis` and the axes after it to `target`, and moves
  /// it on.
  private func gather<T: FixedWidthInteger>(
    _ element: T.Type, _ source: UnsafeRawPointer, axis: Int,
    into target: inout UnsafeMutableRawPointer
  ) {
    let stride = strides[axis]
    guard axis == shape.count - 1 else {
      for index in 0..<shape[axis] {
        gather(element, source + index * stride, axis: axis + 1, into: &target)
      }
      return
    }
    for index in 0..<shape[axis] {
      let raw = (source + index * stride).loadUnaligned(as: T.self)
      target.storeBytes(of: swapped ? raw.byteSwapped : raw, as: T.self)
      target += MemoryLayout<T>.size
    }
  }
}

// MARK: Pooling

extension NDArray {
  /// What `pooling` makes of the samples of the first axis, whose own axes are `axes`; this array
  /// where it keeps all of them.
  ///
  /// Sums are float64, and so are the averages of float64 and of integers of four bytes and more;
  /// those of other types are stored as float32.
  func pooled(_ axes: [FeatureAxis], _ pooling: FeaturePooling) throws(FormatError) -> NDArray {
    var array = self
    var axes = axes
    for axis in axes.indices.reversed() where pooling.treatment(of: axes[axis]) == .first {
      array = array.slice(axis: axis + 1, index: 0)
      axes.remove(at: axis)
    }
    let averaged = axes.indices.filter { pooling.treatment(of: axes[$0]) == .averaged }
    guard !averaged.isEmpty else { return array }
    let kept = axes.indices.filter { !averaged.contains($0) }
    let channels = kept.reduce(1) { $0 * array.shape[$1 + 1] }
    // Where what is averaged comes first, columns are summed as they stand, else rows.
    let isFirst = averaged == Array(averaged.indices) && !kept.isEmpty
    if !isFirst { array = array.ordered([0] + (kept + averaged).map { $0 + 1 }) }
    return try array.averaged(channels: channels, positionsFirst: isFirst)
  }

  /// The averages of arrays whose samples are positions × channels, or channels × positions.
  private func averaged(channels: Int, positionsFirst: Bool) throws(FormatError) -> NDArray {
    let array = try hasPackedRows ? self : packed()
    let positions = shape.dropFirst().reduce(1, *) / max(1, channels)
    var averages: [Double] = []
    averages.reserveCapacity(shape[0] * channels)
    for sample in 0..<shape[0] {
      let sums =
        positionsFirst
        ? try array.sample(sample, rows: positions, columns: channels).columnSums()
        : try array.sample(sample, rows: channels, columns: positions).rowSums()
      averages += sums.map { $0 / Double(positions) }
    }
    let isWide = type.size == 8 || type == .int32 || type == .uint32
    let region =
      isWide
      ? averages.withUnsafeBytes { ByteRegion(copying: $0) }
      : averages.map(Float.init).withUnsafeBytes { ByteRegion(copying: $0) }
    return try NDArray(
      type: isWide ? .float64 : .float32, shape: [shape[0], channels],
      packedIn: ByteSlice(region))
  }

  /// One sample of an array with packed rows.
  private func sample(_ index: Int, rows: Int, columns: Int) throws(FormatError) -> Matrix {
    let matrix = Matrix(
      rows: rows, columns: columns, type: type, region: region,
      offset: offset + index * strides[0])
    guard let matrix else { throw FormatError(.damaged, "an array reaches outside its data") }
    return matrix
  }
}

extension Matrix {
  /// The sum of each row, in float64.
  fileprivate func rowSums() -> [Double] {
    var sums: [Double] = []
    sums.reserveCapacity(rows)
    forEachRow { values in sums.append(values.reduce(0, +)) }
    return sums
  }

  /// The sum of each column, in float64.
  fileprivate func columnSums() -> [Double] {
    var sums = [Double](repeating: 0, count: columns)
    forEachRow { values in
      for column in values.indices { sums[column] += values[column] }
    }
    return sums
  }

  private func forEachRow(_ body: (UnsafeMutableBufferPointer<Double>) -> Void) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { buffer in
      for row in 0..<rows {
        copyRow(row, columns: 0..<columns, into: buffer)
        body(buffer)
      }
    }
  }
}
