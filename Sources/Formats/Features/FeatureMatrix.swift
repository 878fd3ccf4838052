import Core

extension NDArray {
  /// The samples of the first axis as the rows of a matrix.
  ///
  /// Elements of a row lie side by side in this machine's byte order, so that every kernel can read
  /// them: where they do in the array too, nothing is copied.
  /// - Precondition: at least one axis.
  func featureMatrix(pool: Pooling) throws(FormatError) -> Matrix {
    let array =
      switch pool {
      case .flatten: self
      case .mean: try averagedOverPositions()
      }
    let rows = try array.hasPackedRows ? array : array.packed()
    let matrix = Matrix(
      rows: rows.shape[0], columns: rows.shape.dropFirst().reduce(1, *), type: rows.type,
      region: rows.region, offset: rows.offset, rowStride: rows.strides[0])
    guard let matrix else { throw FormatError("an array reaches outside its data") }
    return matrix
  }

  /// Columns that `featureMatrix` gives samples of the shape `sample`.
  static func features(ofSample sample: [Int], pool: Pooling) -> Int {
    switch (pool, sample.count) {
    case (.flatten, _), (.mean, 0), (.mean, 1): sample.reduce(1, *)
    case (.mean, 2): sample[1]
    case (.mean, _): sample[0]
    }
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
    if count > 0, let source = self.region.bytes.baseAddress, var target = copy.baseAddress {
      withExtendedLifetime(self.region) {
        switch type.size {
        case 1: gather(UInt8.self, source + offset, axis: 0, into: &target)
        case 2: gather(UInt16.self, source + offset, axis: 0, into: &target)
        case 4: gather(UInt32.self, source + offset, axis: 0, into: &target)
        default: gather(UInt64.self, source + offset, axis: 0, into: &target)
        }
      }
    }
    return try NDArray(
      type: type, shape: shape, packedIn: ByteSlice(region: region, range: 0..<count * type.size))
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
  /// The average over all axes that are neither samples nor channels; this array where there are
  /// none.
  ///
  /// Sums are float64, and so are the averages of float64 and of integers of four bytes and more;
  /// those of other types are stored as float32.
  fileprivate func averagedOverPositions() throws(FormatError) -> NDArray {
    guard shape.count > 2 else { return self }
    let array = try hasPackedRows ? self : packed()
    let channels = NDArray.features(ofSample: Array(shape.dropFirst()), pool: .mean)
    let positions = shape.dropFirst().reduce(1, *) / max(1, channels)
    var averages: [Double] = []
    averages.reserveCapacity(shape[0] * channels)
    for sample in 0..<shape[0] {
      let sums =
        shape.count == 3
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
    guard let matrix else { throw FormatError("an array reaches outside its data") }
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
